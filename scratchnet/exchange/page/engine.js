"use strict";
// The network in the browser: one function a layer, with the layer's formula as its comment, as in scratchnet/layers.
// A tensor is {shape, data}: shape [C, H, W] or [F], data a Float32Array, row by row. There is no batch here: one
// picture at a time. Sums are 64 bits wide and are stored with 32, so they agree with NumPy but for rounding.

function tensor(shape, data) {
  return {shape, data: data || new Float32Array(shape.reduce((a, b) => a * b, 1))};
}

function each(x, f) {
  return tensor(x.shape, x.data.map(f));
}

// The maps with a border: n rows and columns of `fill` around them, and `extra` more at the bottom and on the right.
function withBorder(x, [top, left], [below, right], fill) {
  if (!top && !left && !below && !right) return x;
  const [C, H, V] = x.shape;
  const y = tensor([C, H + 2 * top + below, V + 2 * left + right]);
  y.data.fill(fill);
  for (let c = 0; c < C; c++) for (let r = 0; r < H; r++) {
    const row = x.data.subarray((c * H + r) * V, (c * H + r + 1) * V);
    y.data.set(row, (c * y.shape[1] + r + top) * y.shape[2] + left);
  }
  return y;
}

function outputSize(n, kernel, stride) {
  return Math.floor((n - kernel) / stride) + 1;
}

// y[o] = b[o] + sum_c W[o,c] * x[c]: every output map is a sum of filtered input maps (paper, II.A; not flipped).
// reads[o]: the input maps that output map o reads (paper, Table I); the weights of the others are 0.
function conv2d(picture, {W, b, stride: [sh, sw], padding, extra, reads}) {
  const x = withBorder(picture, padding, extra, 0);
  const [C, H, V] = x.shape, [O, , kh, kw] = W.shape;
  const y = tensor([O, outputSize(H, kh, sh), outputSize(V, kw, sw)]);
  let at = 0;
  for (let o = 0; o < O; o++) for (let r = 0; r < y.shape[1]; r++) for (let q = 0; q < y.shape[2]; q++) {
    let sum = b.data[o];
    for (const c of reads[o]) for (let i = 0; i < kh; i++) {
      const weights = ((o * C + c) * kh + i) * kw, pixels = (c * H + r * sh + i) * V + q * sw;
      for (let j = 0; j < kw; j++) sum += W.data[weights + j] * x.data[pixels + j];
    }
    y.data[at++] = sum;
  }
  return y;
}

// Calls visit(place of the output, places of the window in x) for every window of every map.
function windows(x, [kh, kw], [sh, sw], visit) {
  const [C, H, V] = x.shape, OH = outputSize(H, kh, sh), OW = outputSize(V, kw, sw);
  const places = new Int32Array(kh * kw);
  let at = 0;
  for (let c = 0; c < C; c++) for (let r = 0; r < OH; r++) for (let q = 0; q < OW; q++) {
    for (let i = 0; i < kh; i++) for (let j = 0; j < kw; j++) {
      places[i * kw + j] = (c * H + r * sh + i) * V + q * sw + j;
    }
    visit(at++, places);
  }
  return [C, OH, OW];
}

function pooled(x, layer, one) {
  const [C, H, V] = x.shape;
  const sizes = [H, V].map((n, axis) => outputSize(n, layer.window[axis], layer.stride[axis]));
  const y = tensor([C, ...sizes]);
  windows(x, layer.window, layer.stride, (at, places) => { y.data[at] = one(places); });
  return y;
}

// y = the largest x of each window. Padding is never the largest.
function maxPool2d(picture, layer) {
  const x = withBorder(picture, layer.padding, [0, 0], -Infinity);
  return pooled(x, layer, places => places.reduce((most, p) => Math.max(most, x.data[p]), -Infinity));
}

// y = share times the sum over each window. The zeros of the padding count as pixels.
function avgPool2d(picture, layer) {
  const x = withBorder(picture, layer.padding, [0, 0], 0);
  return pooled(x, layer, places => layer.share * places.reduce((sum, p) => sum + x.data[p], 0));
}

// y = W s + b, where s is the SUM of a 2x2 window; one W and one b for each map (paper, II.B, S2).
function subsampling(x, {W, b}) {
  const y = avgPool2d(x, {window: [2, 2], stride: [2, 2], padding: [0, 0], share: 1});
  const pixels = y.shape[1] * y.shape[2];
  return each(y, (s, i) => W.data[Math.floor(i / pixels)] * s + b.data[Math.floor(i / pixels)]);
}

// y = x W' + b: every output is a weighted sum of all inputs (paper, II.B, F6).
// y[..., o] = sum_i W[o, i] x[..., i] + b[o] is the same along the last axis of maps (LastAxisLinear).
function linear(x, {W, b}) {
  const [O, I] = W.shape, rows = x.data.length / I;
  const y = tensor([...x.shape.slice(0, -1), O]);
  for (let r = 0; r < rows; r++) for (let o = 0; o < O; o++) {
    let sum = b ? b.data[o] : 0;
    for (let i = 0; i < I; i++) sum += W.data[o * I + i] * x.data[r * I + i];
    y.data[r * O + o] = sum;
  }
  return y;
}

// y_i = sum_k (x_k - w_ik)^2: how far x is from the code of class i, a penalty (paper, eq. 7).
function rbf(x, {codes}) {
  const [K, F] = codes.shape, y = tensor([K]);
  for (let k = 0; k < K; k++) {
    let sum = 0;
    for (let j = 0; j < F; j++) sum += (x.data[j] - codes.data[k * F + j]) ** 2;
    y.data[k] = sum;
  }
  return y;
}

// y = A tanh(S x), with A = 1.7159 and S = 2/3 in the paper (eq. 6 and appendix A).
function tanh(x, {A, S}) {
  return each(x, v => A * Math.tanh(S * v));
}

// y = max(x, 0)
function relu(x) {
  return each(x, v => Math.max(v, 0));
}

// y = 1 / (1 + e^-x)
function sigmoid(x) {
  return each(x, v => 1 / (1 + Math.exp(-v)));
}

// y_i = exp(x_i) / sum_k exp(x_k); the largest x is subtracted first, so that nothing overflows.
function softmax(x) {
  const most = Math.max(...x.data), e = Array.from(x.data, v => Math.exp(v - most));
  const sum = e.reduce((a, b) => a + b);
  return tensor(x.shape, Float32Array.from(e, v => v / sum));
}

// y = W x + b with two numbers, the same for all maps.
function scale(x, {W, b}) {
  return each(x, v => W.data[0] * v + b.data[0]);
}

// y = W (x - mean) / sqrt(var + eps) + b for each map, with the running mean and var of the training.
function batchNorm2d(x, {W, b, running_mean: mean, running_var: variance, eps}) {
  const pixels = x.shape[1] * x.shape[2];
  return each(x, (v, i) => {
    const c = Math.floor(i / pixels);
    return W.data[c] * (v - mean.data[c]) / Math.sqrt(variance.data[c] + eps) + b.data[c];
  });
}

// [C, H, W] -> [C H W]; the entries do not change.
function flatten(x) {
  return tensor([x.data.length], x.data);
}

// y = x: only training drops units.
function dropout(x) {
  return x;
}

const FORWARD = {
  Conv2d: conv2d, MaxPool2d: maxPool2d, AvgPool2d: avgPool2d, Subsampling: subsampling, Linear: linear,
  LastAxisLinear: linear, RBF: rbf, Tanh: tanh, ReLU: relu, Sigmoid: sigmoid, Softmax: softmax, Scale: scale,
  BatchNorm2d: batchNorm2d, Flatten: flatten, Dropout: dropout,
};

// The output of every layer for a network's input, in order: [{name, shape, data}].
function forward(net, input) {
  let x = input;
  return net.layers.map(layer => ({name: layer.name, ...(x = FORWARD[layer.kind](x, layer))}));
}

// A score per class from the outputs: the logarithm of its probability, up to a constant. The largest wins.
function scoresOf(net, outputs) {
  const last = net.layers.at(-1).kind;
  if (last === "RBF") return Array.from(outputs, y => -y);
  if (last === "Softmax" || last === "Sigmoid") return Array.from(outputs, y => Math.log(Math.max(y, 1.17549435e-38)));
  return Array.from(outputs);
}

function probabilities(scores) {
  const most = Math.max(...scores), e = scores.map(s => Math.exp(s - most)), sum = e.reduce((a, b) => a + b);
  return e.map(v => v / sum);
}

// The classes from the best answer to the worst.
function ranking(net, outputs) {
  const scores = scoresOf(net, outputs);
  return scores.map((_, k) => k).sort((a, b) => scores[b] - scores[a] || a - b);
}

// 784 numbers from 0 to 255 -> {digit, scores, layers}; scores: the network's outputs.
function readPixels(net, pixels) {
  const layers = forward(net, received(net, pixels));
  const scores = layers.at(-1).data;
  return {digit: ranking(net, scores)[0], scores: Array.from(scores), layers};
}
