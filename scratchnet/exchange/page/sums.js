"use strict";
// How one number comes about: for each layer of a stage, what it takes and what it gives, as data. `value` is always
// what the layer puts out at that place.

function at({shape, data}, c, r, q) {
  const [, H, W] = as3(shape);
  return data[(c * H + r) * W + q];
}

// The window of one map, with 0 (or another number) in the border: rows of numbers.
function windowOf(x, c, top, left, kh, kw, border = 0) {
  const [, H, W] = as3(x.shape);
  return Array.from({length: kh}, (_, i) => Array.from({length: kw}, (_, j) => {
    const r = top + i, q = left + j;
    return r >= 0 && r < H && q >= 0 && q < W ? at(x, c, r, q) : border;
  }));
}

function total(rows) {
  return rows.flat().reduce((a, b) => a + b, 0);
}

function convSum(x, layer, c, r, q) {
  const {W, b, stride, padding, reads} = layer, [, C, kh, kw] = W.shape;
  const parts = reads[c].map(map => {
    const window = windowOf(x, map, r * stride[0] - padding[0], q * stride[1] - padding[1], kh, kw);
    const weights = window.map((row, i) => row.map((_, j) => W.data[((c * C + map) * kh + i) * kw + j]));
    const products = window.map((row, i) => row.map((v, j) => v * weights[i][j]));
    return {map, window, weights, products, sum: total(products)};
  });
  const sum = parts.reduce((all, part) => all + part.sum, 0);
  return {parts, sum, bias: b.data[c], value: sum + b.data[c]};
}

function poolSum(x, {window: [kh, kw], stride, padding, share}, c, r, q) {
  const window = windowOf(x, c, r * stride[0] - padding[0], q * stride[1] - padding[1], kh, kw, share ? 0 : -Infinity);
  const sum = total(window);
  return share ? {window, sum, share, value: share * sum} : {window, value: Math.max(...window.flat())};
}

function subsamplingSum(x, {W, b}, c, r, q) {
  const window = windowOf(x, c, 2 * r, 2 * q, 2, 2), sum = total(window);
  return {window, sum, coefficient: W.data[c], bias: b.data[c], value: W.data[c] * sum + b.data[c]};
}

// terms: [{place, x, weight, product}], the largest first.
function weightedSum(row, weights, bias) {
  const terms = row.map((x, place) => ({place, x, weight: weights[place], product: x * weights[place]}));
  const sum = terms.reduce((all, term) => all + term.product, 0);
  terms.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  return {terms, sum, bias, value: sum + bias};
}

function linearSum(x, {W, b}, c, r, q) {
  const I = W.shape[1], o = x.shape.length === 3 ? q : c, [, H] = as3(x.shape);
  const start = x.shape.length === 3 ? (c * H + r) * I : 0;
  const row = Array.from(x.data.subarray(start, start + I)), weights = W.data.subarray(o * I, (o + 1) * I);
  return weightedSum(row, weights, b ? b.data[o] : 0);
}

function rbfSum(x, {codes}, c) {
  const F = codes.shape[1], code = Array.from(codes.data.subarray(c * F, (c + 1) * F));
  const squares = code.map((w, j) => (x.data[j] - w) ** 2);
  return {x: Array.from(x.data), code, squares, value: squares.reduce((a, b) => a + b)};
}

const SUMS = {
  Conv2d: convSum, MaxPool2d: poolSum, AvgPool2d: poolSum, Subsampling: subsamplingSum, Linear: linearSum,
  LastAxisLinear: linearSum, RBF: rbfSum,
};

// The steps of one number of a stage: [{kind, name, layer, x, value, ...}], from the stage before to this number.
function steps(net, outputs, input, stage, c, r, q) {
  const found = [];
  for (let n = stage.from; n <= stage.to; n++) {
    const layer = net.layers[n], x = n ? outputs[n - 1] : input;
    if (layer.kind === "Flatten" || layer.kind === "Dropout") continue;
    const one = SUMS[layer.kind] ? SUMS[layer.kind](x, layer, c, r, q) : {x: at(x, c, r, q)};
    found.push({kind: layer.kind, name: layer.name, layer, ...one, scale: largestSize(x.data),
      value: at(outputs[n], c, r, q)});
  }
  return found;
}
