"use strict";
// The panel that shows how one number comes about: window, weights, products, sum, bias, squashing, in numbers.

// A table of numbers, each on its colour.
function numbers(title, rows, limit) {
  const body = rows.map(row => made("tr", {}, ...row.map(value => {
    const colour = signedColour(value / limit), text = Math.abs(value) < 0.005 ? "0.00" : written(value);
    const cell = made("td", {}, text);
    cell.style.background = `rgb(${colour})`, cell.style.color = inkOnColour(colour);
    return cell;
  })));
  return made("table", {className: "numbers"}, made("caption", {}, title), ...body);
}

function line(text, className = "") {
  return made("p", {className}, text);
}

function signed(value) {
  return value < 0 ? `- ${exact(-value)}` : `+ ${exact(value)}`;
}

function grids(tables) {
  return made("div", {className: "grids"}, ...tables);
}

// A convolution: the parts of all input maps as buttons, and the tables of the one that is chosen.
function convDetails(step, stage) {
  const shown = made("div"), list = made("div", {className: "parts", role: "group", "aria-label": "input maps"});
  const most = step.parts.reduce((best, part) => Math.abs(part.sum) > Math.abs(best.sum) ? part : best);
  const choose = part => {
    shown.replaceChildren(grids([
      numbers(`window of ${stage.before}${step.parts.length > 1 ? `, map ${part.map}` : ""}`, part.window, step.scale),
      numbers("weights", part.weights, largestSize(step.parts.flatMap(p => p.weights.flat()))),
      numbers("products", part.products, largestSize(step.parts.flatMap(p => p.products.flat()))),
    ]), line(`The products${step.parts.length > 1 ? ` of map ${part.map}` : ""} add up to ${exact(part.sum)}.`));
    for (const button of list.children) button.setAttribute("aria-pressed", button.dataset.map === String(part.map));
  };
  if (step.parts.length > 1) {
    list.append(...step.parts.map(part => {
      const button = made("button", {type: "button", onclick: () => choose(part)}, `${part.map}: ${written(part.sum)}`);
      button.dataset.map = part.map;
      return button;
    }));
  }
  choose(most);
  const maps = step.parts.length > 1
    ? line(`It reads ${step.parts.length} maps of ${stage.before}. The sum of each map's products:`) : "";
  return [maps, step.parts.length > 1 ? list : "", shown,
    line(`${step.name}: sum ${exact(step.sum)} ${signed(step.bias)} (bias) = ${exact(step.value)}`, "result")];
}

function subsamplingDetails(step, stage) {
  return [grids([numbers(`window of ${stage.before}`, step.window, step.scale)]),
    line(`${step.name}: coefficient ${exact(step.coefficient)} x sum ${exact(step.sum)} ${signed(step.bias)} (bias) = `
      + exact(step.value), "result")];
}

function poolDetails(step, stage) {
  const text = step.share ? `${step.name}: sum ${exact(step.sum)} x ${exact(step.share)} = ${exact(step.value)}`
    : `${step.name}: the largest is ${exact(step.value)}`;
  return [grids([numbers(`window of ${stage.before}`, step.window.map(row => row.map(v => Number.isFinite(v) ? v : 0)),
    step.scale)]), line(text, "result")];
}

function linearDetails(step, stage) {
  const shown = step.terms.slice(0, 10), rest = step.sum - shown.reduce((sum, term) => sum + term.product, 0);
  const rows = shown.map(term => made("tr", {}, ...[term.place, written(term.x), written(term.weight),
    written(term.product)].map(text => made("td", {}, String(text)))));
  const others = step.terms.length - shown.length;
  const head = made("tr", {}, ...["input", "value", "weight", "product"].map(text => made("th", {scope: "col"}, text)));
  return [made("table", {className: "terms"}, made("caption", {}, `The ${shown.length} largest of ${step.terms.length} `
    + "products"), head, ...rows),
  others ? line(`The other ${others} products add up to ${exact(rest)}.`) : "",
  line(`${step.name}: sum ${exact(step.sum)}${step.bias === 0 ? "" : ` ${signed(step.bias)} (bias)`} = `
    + exact(step.value), "result")];
}

// A penalty: the units, the code and the squared differences, as pictures of 7 x 12 if there are 84.
function rbfDetails(step, stage) {
  const pictureOf = (title, values, limit) => {
    const canvas = made("canvas", {className: "code", role: "img", "aria-label": title});
    paint(canvas, values, values.length / 7, 7, v => signedColour(v / limit));
    return made("figure", {}, canvas, made("figcaption", {className: "quiet"}, title));
  };
  const far = step.squares.filter(v => v > 1).length;
  const pictures = step.x.length % 7 ? "" : grids([pictureOf(stage.before, step.x, 1.7159),
    pictureOf("the code", step.code, 1.7159), pictureOf("squared differences", step.squares, 4)]);
  const away = `${count(far, "unit")} of ${step.x.length} ${far === 1 ? "is" : "are"} farther than 1 from the code.`;
  return [pictures, line(away),
    line(`${step.name}: the squared differences add up to the penalty ${exact(step.value)}`, "result")];
}

// What a layer does to one number alone.
const POINTWISE = {
  Tanh: ({layer: {A, S}, x, value}) => `squashed: ${A} tanh(${S === 1 ? "" : "2/3 x "}${exact(x)}) = ${exact(value)}`,
  ReLU: ({x, value}) => `ReLU: max(${exact(x)}, 0) = ${exact(value)}`,
  Sigmoid: ({x, value}) => `sigmoid: 1 / (1 + e^-x) of ${exact(x)} = ${exact(value)}`,
  Softmax: ({x, value}) => `softmax: e^${exact(x)} / the sum over all classes = ${exact(value)}`,
  Scale: ({layer, x, value}) =>
    `${exact(layer.W.data[0])} x ${exact(x)} ${signed(layer.b.data[0])} (bias) = ${exact(value)}`,
  BatchNorm2d: ({x, value}) => `normalised by the map's mean and spread: ${exact(x)} becomes ${exact(value)}`,
};

const DETAILS = {
  Conv2d: convDetails, Subsampling: subsamplingDetails, MaxPool2d: poolDetails, AvgPool2d: poolDetails,
  Linear: linearDetails, LastAxisLinear: linearDetails, RBF: rbfDetails,
};

// "C3, map 4, row 2, column 7" or "F6, unit 12".
function placeInWords(name, shape, [c, r, q]) {
  const [, H, W] = as3(shape);
  if (H * W === 1) return `${name}, ${shape.length === 3 ? "map" : "unit"} ${c}`;
  return `${name}, map ${c}, row ${r}, column ${q}`;
}

// Table I as it is printed: a column for each map of this layer, the one that is looked at marked.
function connectionTable({reads, W}, chosen, before) {
  const cells = row => reads.map((maps, o) => made("td", {className: o === chosen ? "lit" : ""},
    maps.includes(row) ? "X" : ""));
  const head = made("tr", {}, made("td"), ...reads.map((_, o) => made("th", {scope: "col"}, String(o))));
  const rows = Array.from({length: W.shape[1]}, (_, c) =>
    made("tr", {}, made("th", {scope: "row"}, String(c)), ...cells(c)));
  const caption = made("caption", {}, `Table I: which maps of ${before} (rows) map ${chosen} reads`);
  return made("div", {className: "wide", tabIndex: 0, role: "region", "aria-label": "Table I"},
    made("table", {className: "connections"}, caption, head, ...rows));
}

// Fill the panel for one number of a stage.
function explain(panel, stage, shape, place, found, field) {
  const parts = [made("h3", {}, placeInWords(stage.name, shape, place), ": ", written(found.at(-1).value))];
  if (field) parts.push(line(field, "quiet"));
  for (const step of found) {
    const details = DETAILS[step.kind] ? DETAILS[step.kind](step, stage)
      : [line(POINTWISE[step.kind] ? POINTWISE[step.kind](step) : `${step.name}: ${exact(step.value)}`, "result")];
    parts.push(...details.filter(part => part !== ""));
  }
  if (stage.layer.kind === "Conv2d" && !stage.layer.dense) {
    parts.push(connectionTable(stage.layer, place[0], stage.before));
  }
  panel.classList.add("chosen");
  panel.replaceChildren(...parts);
}
