"use strict";
// Signed colours, blue for negative and red for positive: apart for every kind of colour blindness. 0 has the colour of
// the page, white or nearly black.

const DARK = matchMedia("(prefers-color-scheme: dark)");
const SCALES = {
  light: {zero: [255, 255, 255], negative: [24, 92, 170], positive: [190, 24, 40]},
  dark: {zero: [30, 33, 38], negative: [96, 170, 255], positive: [255, 128, 96]},
};

// The colour [red, green, blue] of a value from -1 to 1; what is beyond has the colour of the end.
function signedColour(value) {
  const {zero, negative, positive} = SCALES[DARK.matches ? "dark" : "light"];
  const amount = Math.min(1, Math.abs(value) || 0) ** 0.8, end = value < 0 ? negative : positive;
  return zero.map((from, k) => Math.round(from + amount * (end[k] - from)));
}

// Black or white, whichever can be read on a colour: by its luminance, as WCAG 2 defines it.
function inkOnColour(colour) {
  const [r, g, b] = colour.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

// Paint one small picture: a value for each pixel, by a function of the value that gives [red, green, blue].
function paint(canvas, values, H, W, colour) {
  canvas.width = W, canvas.height = H;
  const context = canvas.getContext("2d"), image = context.createImageData(W, H);
  for (let i = 0; i < H * W; i++) image.data.set([...colour(values[i]), 255], 4 * i);
  context.putImageData(image, 0, 0);
}

function greyColour(value) {
  return [value, value, value];
}

// Ink is black, and white on a dark page, where page.css inverts it.
function inkColour(value) {
  return greyColour(255 - value);
}

function largestSize(values) {
  return values.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1;
}

// Make an element: made("p", {className: "quiet"}, "text", another element).
function made(name, settings = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(settings)) {
    if (key in element && key !== "role" && !key.startsWith("aria")) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}
