"use strict";
// A pixel of a convolution shows its window: its numbers, the filter, their products and the sum.

// y[h, w] = sum over i, j of W[i, j] * x[h + i, w + j], with its parts
function windowSum(x, W, h, w) {
  const window = W.map((row, i) => row.map((_, j) => x[h + i][w + j]));
  const products = W.map((row, i) => row.map((weight, j) => weight * window[i][j]));
  return {window, products, sum: products.flat().reduce((a, b) => a + b, 0)};
}

function convolution(x, W) {
  const high = x.length - W.length + 1, wide = x[0].length - W[0].length + 1;
  return Array.from({length: high}, (_, h) => Array.from({length: wide}, (_, w) => windowSum(x, W, h, w).sum));
}

// The input of LeNet-5: pixels 0 to 255 become -0.1 to 1.175, in the middle of 32 x 32.
function paperInput(pixels) {
  const value = (r, c) => r < 0 || r > 27 || c < 0 || c > 27 ? 0 : pixels[28 * r + c];
  return range(-2, 29).map(r => range(-2, 29).map(c => -0.1 + 1.275 * value(r, c) / 255));
}

// The pictures and filters of the lesson.
function examples(pixels) {
  const seven = paperInput(pixels), row = value => Array(5).fill(value / 10);
  const edge = [row(1), row(1), row(0), row(-1), row(-1)], right = edge.map((_, i) => edge.map(line => line[i]));
  const falling = edge.map((_, i) => edge.map((_, j) => 0.04 - (i === j) / 5));
  return [
    {name: "a block and a stroke, 2 x 2 filter", x: [[1, 1, 0, 0], [1, 1, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]], W: [[-1, 1], [1, -1]]},
    {name: "a seven, filter for lower edges", x: seven, W: edge},
    {name: "a seven, filter for right edges", x: seven, W: right},
    {name: "a seven, filter against falling strokes", x: seven, W: falling},
  ];
}

// White at 0, red above, blue below, as the pictures of the lessons.
function shade(value, largest) {
  const part = Math.min(1, Math.abs(value) / largest), [r, g, b] = value < 0 ? [33, 102, 172] : [178, 24, 43];
  return `rgb(${[r, g, b].map(c => Math.round(255 + part * (c - 255))).join(",")})`;
}

// An array as squares; `grey`: from the smallest value, white, to the largest, black.
function squares(rows, grey) {
  const all = rows.flat(), low = Math.min(...all), high = Math.max(...all), largest = Math.max(-low, high);
  const colour = value => grey ? `rgb(${Array(3).fill(Math.round(255 * (high - value) / (high - low))).join(",")})` : shade(value, largest);
  return rows.flatMap((row, r) => row.map((value, c) => drawn("rect", {x: c, y: r, width: 1.02, height: 1.02, fill: colour(value)})));
}

function frame(c, r, wide, high, size) {
  const box = {x: c, y: r, width: wide, height: high, fill: "none"};
  return [drawn("rect", {...box, class: "frame", "stroke-width": size / 60}), drawn("rect", {...box, class: "inner", "stroke-width": size / 130})];
}

function table(name, rows, digits) {
  const cells = rows.map(row => element("tr", {}, ...row.map(value => element("td", {}, minus(value.toFixed(digits))))));
  return element("table", {}, element("caption", {}, name), element("tbody", {}, ...cells));
}

widgets.window = figure => {
  const all = examples(JSON.parse(figure.querySelector("script").textContent));
  const which = choice("Picture", all.map(one => one.name), choose);
  const row = slider("Row h", {min: 0, max: 2, step: 1, value: 0}, show), column = slider("Column w", {min: 0, max: 2, step: 1, value: 0}, show);
  const picture = drawn("svg", {role: "img"}), map = drawn("svg", {role: "img", class: "points"});
  const tables = element("div", {class: "tables"});
  const says = widget(figure, "Try it: point at a pixel of the map, or move the sliders. The picture shows its window.", which.whole,
    row.whole, column.whole, element("div", {class: "pair"}, element("div", {}, "picture x", picture), element("div", {}, "map y", map)), tables);
  for (const kind of ["click", "pointermove"]) map.addEventListener(kind, event => {
    const box = map.getBoundingClientRect(), size = row.input.max * 1 + 1, place = part => Math.max(0, Math.min(size - 1, Math.floor(part * size)));
    row.value = place((event.clientY - box.top) / box.height);
    column.value = place((event.clientX - box.left) / box.width);
    show();
  });

  function choose() {
    const {x, W} = all[which.value], y = convolution(x, W);
    row.limit(y.length - 1);
    column.limit(y.length - 1);
    const largest = y.flat().indexOf(Math.max(...y.flat()));  // begin where the map is largest
    row.value = Math.floor(largest / y.length);
    column.value = largest % y.length;
    for (const [svg, rows, grey] of [[picture, x, true], [map, y, false]]) {
      svg.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
      svg.replaceChildren(drawn("g", {}, ...squares(rows, grey)), drawn("g", {}));
    }
    picture.setAttribute("aria-label", `The picture, ${x.length} by ${x.length}, with the window of the chosen pixel.`);
    map.setAttribute("aria-label", `The map, ${y.length} by ${y.length}: red is positive, blue negative, white 0.`);
    show();
  }

  function show() {
    const {x, W} = all[which.value], h = row.value, w = column.value, {window, products, sum} = windowSum(x, W, h, w);
    const rounded = Math.abs(sum) < 1e-12 ? 0 : sum;  // what is left over by rounding is not shown
    picture.lastChild.replaceChildren(...frame(w, h, W.length, W.length, x.length));
    map.lastChild.replaceChildren(...frame(w, h, 1, 1, x.length));
    tables.replaceChildren(table("window of x", window, 2), table("filter W", W, 2),
      table("products", products, 3));
    says.textContent = `y[${h}, ${w}] is the sum of the ${products.flat().length} products: ${number(rounded, 3)}.`;
  }
  choose();
};
