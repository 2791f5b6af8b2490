"use strict";
// Pictures to choose, and pictures from a file.

// The test images as a grid: one stop for the Tab key, arrow keys inside. onChoose(place): an image is chosen.
class Chooser {
  constructor(element, {pixels, labels, read, places}, names, onChoose) {
    this.element = element, this.current = 0;
    this.choices = labels.map((label, i) => {
      const canvas = made("canvas", {"aria-hidden": "true"});
      const wrong = read.some(answers => answers[i] !== label);
      const answers = wrong ? `, read as ${[...new Set(read.map(all => names[all[i]]))].join(" and ")}` : "";
      const title = `${names[label]}${answers}, test image ${places[i]}`;
      paint(canvas, pixels.subarray(i * 784, (i + 1) * 784), 28, 28, inkColour);
      return made("button", {type: "button", role: "option", className: wrong ? "wrong" : "", title,
        tabIndex: i ? -1 : 0, "aria-label": title, "aria-selected": "false",
        onclick: () => { this.choose(i); onChoose(i); }}, canvas);
    });
    element.append(...this.choices);
    element.addEventListener("keydown", event => this.key(event));
  }

  key(event) {
    const columns = getComputedStyle(this.element).gridTemplateColumns.split(" ").length;
    const move = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns}[event.key];
    const next = this.current + (move || 0);
    if (!move || next < 0 || next >= this.choices.length) return;
    event.preventDefault();
    this.goTo(next);
    this.choices[next].focus();
  }

  goTo(i) {
    this.choices[this.current].tabIndex = -1;
    this.choices[i].tabIndex = 0;
    this.current = i;
  }

  choose(i) {
    this.goTo(i);
    this.choices.forEach((choice, k) => choice.setAttribute("aria-selected", String(k === i)));
  }

  unchoose() {
    for (const choice of this.choices) choice.setAttribute("aria-selected", "false");
  }
}

const MOST_SIDE = 4000;

// The grey levels of a picture file.
async function greyOfFile(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(`${file.name} cannot be read as a picture. Choose a PNG or a JPEG file.`);
  }
  const ratio = Math.min(1, MOST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = made("canvas", {width: Math.max(1, Math.round(ratio * bitmap.width)),
    height: Math.max(1, Math.round(ratio * bitmap.height))});
  const context = canvas.getContext("2d", {willReadFrequently: true});
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return greyLevels(context.getImageData(0, 0, canvas.width, canvas.height));
}

// A picture of clothes has no box and no centre: it is only made 28 x 28, bright on black.
function asItIs(grey) {
  const small = resized(grey, SIZE, SIZE, "box").data, bright = median(small) > 127;
  return {pixels: Uint8Array.from(small, v => Math.round(bright ? 255 - v : v)), doubt: ""};
}

// A drawing or a file, prepared, with a sentence if it is perhaps not one digit: a small network tells letters apart.
function prepared(grey) {
  if (!CONTENT.digits) return asItIs(grey);
  const found = preparedDigit(grey);
  if (!found.doubt && readPixels(CONTENT.letters, found.pixels).digit === 1) {
    found.doubt = "perhaps no digit: it looks more like a letter or another sign";
  }
  return found;
}
