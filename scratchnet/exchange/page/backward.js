"use strict";
// The backward pass to the picture: dE/dy -> dE/dx, one function a layer, as `backward` in scratchnet/layers. The
// weights do not learn here, so their gradients are left out. x is the layer's input, y its output.

// dE/dX = W' dY, and back to pixels: each output gives its gradient to all pixels of its window.
function conv2dBack(dy, picture, y, {W, stride: [sh, sw], padding, extra, reads}) {
  const x = withBorder(picture, padding, extra, 0), dx = tensor(x.shape);
  const [C, H, V] = x.shape, [O, , kh, kw] = W.shape;
  let at = 0;
  for (let o = 0; o < O; o++) for (let r = 0; r < y.shape[1]; r++) for (let q = 0; q < y.shape[2]; q++, at++) {
    if (dy.data[at] === 0) continue;
    for (const c of reads[o]) for (let i = 0; i < kh; i++) for (let j = 0; j < kw; j++) {
      dx.data[(c * H + r * sh + i) * V + q * sw + j] += W.data[((o * C + c) * kh + i) * kw + j] * dy.data[at];
    }
  }
  return withoutBorder(dx, padding, picture.shape);
}

function withoutBorder(x, [top, left], shape) {
  const [C, H, V] = shape, y = tensor(shape);
  for (let c = 0; c < C; c++) for (let r = 0; r < H; r++) for (let q = 0; q < V; q++) {
    y.data[(c * H + r) * V + q] = x.data[(c * x.shape[1] + r + top) * x.shape[2] + q + left];
  }
  return y;
}

// dE/dx = the sum of dE/dy over the windows where x is the largest.
function maxPool2dBack(dy, picture, y, layer) {
  const x = withBorder(picture, layer.padding, [0, 0], -Infinity), dx = tensor(x.shape);
  windows(x, layer.window, layer.stride, (at, places) => {
    dx.data[places.find(p => x.data[p] === y.data[at])] += dy.data[at];
  });
  return withoutBorder(dx, layer.padding, picture.shape);
}

// dE/dx = share times the sum of dE/dy over the windows that x is in.
function avgPool2dBack(dy, picture, y, layer) {
  const x = withBorder(picture, layer.padding, [0, 0], 0), dx = tensor(x.shape);
  windows(x, layer.window, layer.stride, (at, places) => {
    for (const p of places) dx.data[p] += layer.share * dy.data[at];
  });
  return withoutBorder(dx, layer.padding, picture.shape);
}

// dE/dx = W dy for each of the four pixels of the window.
function subsamplingBack(dy, x, y, {W}) {
  const pixels = dy.shape[1] * dy.shape[2], weighted = each(dy, (d, i) => W.data[Math.floor(i / pixels)] * d);
  return avgPool2dBack(weighted, x, y, {window: [2, 2], stride: [2, 2], padding: [0, 0], share: 1});
}

// dE/dx = dy W
function linearBack(dy, x, y, {W}) {
  const [O, I] = W.shape, rows = x.data.length / I, dx = tensor(x.shape);
  for (let r = 0; r < rows; r++) for (let i = 0; i < I; i++) {
    let sum = 0;
    for (let o = 0; o < O; o++) sum += W.data[o * I + i] * dy.data[r * O + o];
    dx.data[r * I + i] = sum;
  }
  return dx;
}

// dE/dx_k = sum_i dE/dy_i 2 (x_k - w_ik)
function rbfBack(dy, x, y, {codes}) {
  const [K, F] = codes.shape;
  return each(x, (v, j) => {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += 2 * dy.data[k] * (v - codes.data[k * F + j]);
    return sum;
  });
}

// dE/dx = f'(x) dE/dy with f' = S A (1 - tanh^2) = S A - (S/A) y^2
function tanhBack(dy, x, y, {A, S}) {
  return each(dy, (d, i) => d * (S * A - S / A * y.data[i] ** 2));
}

// dE/dx = dE/dy where x > 0, else 0
function reluBack(dy, x) {
  return each(dy, (d, i) => x.data[i] > 0 ? d : 0);
}

// f' = y (1 - y)
function sigmoidBack(dy, x, y) {
  return each(dy, (d, i) => d * y.data[i] * (1 - y.data[i]));
}

// dE/dx_i = y_i (dE/dy_i - sum_k y_k dE/dy_k)
function softmaxBack(dy, x, y) {
  const sum = y.data.reduce((total, v, k) => total + v * dy.data[k], 0);
  return each(dy, (d, i) => y.data[i] * (d - sum));
}

// dE/dx = W dy
function scaleBack(dy, x, y, {W}) {
  return each(dy, d => W.data[0] * d);
}

// dE/dx = s dy with s = W / sqrt(var + eps)
function batchNorm2dBack(dy, x, y, {W, running_var: variance, eps}) {
  const pixels = x.shape[1] * x.shape[2];
  return each(dy, (d, i) => {
    const c = Math.floor(i / pixels);
    return W.data[c] / Math.sqrt(variance.data[c] + eps) * d;
  });
}

// The entries do not change.
function sameBack(dy, x) {
  return tensor(x.shape, dy.data);
}

const BACKWARD = {
  Conv2d: conv2dBack, MaxPool2d: maxPool2dBack, AvgPool2d: avgPool2dBack, Subsampling: subsamplingBack,
  Linear: linearBack, LastAxisLinear: linearBack, RBF: rbfBack, Tanh: tanhBack, ReLU: reluBack, Sigmoid: sigmoidBack,
  Softmax: softmaxBack, Scale: scaleBack, BatchNorm2d: batchNorm2dBack, Flatten: sameBack, Dropout: sameBack,
};

// The gradient of one output (a penalty or a score) with respect to the network's input: which pixel matters.
function gradient(net, input, k) {
  const outputs = forward(net, input);
  let dy = tensor(outputs.at(-1).shape);
  dy.data[k] = 1;
  for (let n = net.layers.length - 1; n >= 0; n--) {
    const layer = net.layers[n], x = n ? outputs[n - 1] : input;
    dy = BACKWARD[layer.kind](dy, x, outputs[n], layer);
  }
  return dy;
}
