"use strict";
// What the widgets use: sliders, choices, drawings. A widget is a function in `widgets`; it fills its figure.

const widgets = {};

document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-widget]").forEach(figure => {
  widgets[figure.dataset.widget](figure);
  figure.hidden = false;
}));

// The frame: a heading, the parts, and the line that says in words what is seen.
function widget(figure, heading, ...parts) {
  const says = element("p", {class: "says", role: "status"});
  const name = element("figcaption", {id: `widget-${figure.dataset.widget}`}, heading);
  figure.setAttribute("aria-labelledby", name.id);
  figure.append(name, ...parts, says);
  return says;
}

// A labelled slider; `written` makes text of its value, `moved` is called when it moves.
function slider(label, {min, max, step, value, written = String}, moved) {
  const input = element("input", {type: "range", min, max, step, value});
  const number = element("span", {class: "number", "aria-hidden": "true"});
  const note = () => {
    number.textContent = written(+input.value);
    input.setAttribute("aria-valuetext", number.textContent);
  };
  input.addEventListener("input", () => {
    note();
    moved();
  });
  note();
  const whole = element("label", {class: "slider"}, element("span", {}, label), input, number);
  return {
    whole,
    input,
    get value() { return +input.value; },
    set value(x) {
      input.value = x;
      note();
    },
    limit(max) {
      input.max = max;
      note();
    },
  };
}

// A labelled list to choose from; its value is the place of the choice.
function choice(label, names, chosen) {
  const select = element("select", {}, ...names.map((name, i) => element("option", {value: i}, name)));
  select.addEventListener("change", chosen);
  return {whole: element("label", {class: "choice"}, element("span", {}, label), select), get value() { return +select.value; }};
}

function drawn(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// A drawing of width x height units; `redraw` replaces what is in it, and says in words what it shows.
function drawing(width, height) {
  const svg = drawn("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", class: "plot"});
  return {svg, redraw(words, ...parts) {
    svg.setAttribute("aria-label", words);
    svg.replaceChildren(...parts);
  }};
}

// Axes in a drawing: `at` takes numbers to places in it, `parts` are the lines and their labels.
function axes({width, height, x: [x0, x1], y: [y0, y1], xTicks, yTicks, xLabel, yLabel}) {
  const left = 54, right = width - 10, top = 10, bottom = height - 42;
  const h = x => left + (x - x0) / (x1 - x0) * (right - left), v = y => bottom - (y - y0) / (y1 - y0) * (bottom - top);
  const text = (words, x, y, anchor, more = {}) => drawn("text", {x, y, "text-anchor": anchor, ...more}, words);
  const parts = [
    ...xTicks.map(x => drawn("line", {x1: h(x), y1: bottom, x2: h(x), y2: top, class: "grid"})),
    ...yTicks.map(y => drawn("line", {x1: left, y1: v(y), x2: right, y2: v(y), class: "grid"})),
    ...xTicks.map(x => text(minus(String(x)), h(x), bottom + 16, "middle")),
    ...yTicks.map(y => text(minus(String(y)), left - 5, v(y) + 4, "end")),
    text(xLabel, (left + right) / 2, height - 6, "middle"),
    text(yLabel, 16, (top + bottom) / 2, "middle", {transform: `rotate(-90 16 ${(top + bottom) / 2})`}),
  ];
  const inside = drawn("clipPath", {id: `inside-${width}-${height}`},
    drawn("rect", {x: left, y: top, width: right - left, height: bottom - top}));
  const line = (points, name) => drawn("polyline", {points: points.map(([x, y]) => `${h(x)},${v(y)}`).join(" "),
    class: name, "clip-path": `url(#${inside.id})`});
  const dot = ([x, y], name, radius = 5) => drawn("circle", {cx: h(x), cy: v(y), r: radius, class: name,
    visibility: x0 <= x && x <= x1 && y0 <= y && y <= y1 ? "visible" : "hidden"});
  return {parts: [inside, ...parts], line, dot};
}

// Numbers from first to last, both included.
function range(first, last, step = 1) {
  return Array.from({length: Math.round((last - first) / step) + 1}, (_, i) => first + i * step);
}

// A text with a minus sign instead of each hyphen.
function minus(text) {
  return text.replaceAll("-", "\u2212");
}

// A number with so many digits after the point; large and tiny ones as 1.2e-5.
function number(x, digits = 2) {
  const tiny = x !== 0 && Math.abs(x) < 0.5 * 10 ** -digits;
  return minus(tiny || Math.abs(x) >= 1e5 ? x.toExponential(1) : x.toFixed(digits));
}
