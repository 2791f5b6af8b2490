"use strict";
// Which numbers a number depends on. A box is {maps: [...], top, bottom, left, right}, the ends included; a row of
// units [F] is F maps of 1 x 1.

function as3(shape) {
  return shape.length === 3 ? shape : [shape[0], 1, 1];
}

function everything(shape) {
  const [C, H, W] = as3(shape);
  return {maps: Array.from({length: C}, (_, c) => c), top: 0, bottom: H - 1, left: 0, right: W - 1};
}

function windowBox(box, [kh, kw], [sh, sw], [ph, pw], shape, maps) {
  const [, H, W] = as3(shape);
  return {
    maps, top: Math.max(0, box.top * sh - ph), bottom: Math.min(H - 1, box.bottom * sh - ph + kh - 1),
    left: Math.max(0, box.left * sw - pw), right: Math.min(W - 1, box.right * sw - pw + kw - 1),
  };
}

const REACH = {
  Conv2d: (box, {W, stride, padding, reads}, shape) => windowBox(
    box, W.shape.slice(2), stride, padding, shape, [...new Set(box.maps.flatMap(o => reads[o]))]),
  Subsampling: (box, layer, shape) => windowBox(box, [2, 2], [2, 2], [0, 0], shape, box.maps),
  MaxPool2d: (box, {window: w, stride, padding}, shape) => windowBox(box, w, stride, padding, shape, box.maps),
  AvgPool2d: (box, {window: w, stride, padding}, shape) => windowBox(box, w, stride, padding, shape, box.maps),
  LastAxisLinear: (box, layer, shape) =>
    shape.length === 3 ? {...box, left: 0, right: shape[2] - 1} : everything(shape),
  Linear: (box, layer, shape) => everything(shape),
  RBF: (box, layer, shape) => everything(shape),
  Softmax: (box, layer, shape) => everything(shape),
  Flatten: flattenedBox,
};

// Units back to pixels: the smallest box around the pixels of these units.
function flattenedBox(box, layer, shape) {
  const [, H, W] = as3(shape), rows = box.maps.map(u => Math.floor(u / W) % H), columns = box.maps.map(u => u % W);
  const least = values => values.reduce((a, b) => Math.min(a, b));
  const most = values => values.reduce((a, b) => Math.max(a, b));
  return {
    maps: [...new Set(box.maps.map(u => Math.floor(u / (H * W))))],
    top: least(rows), bottom: most(rows), left: least(columns), right: most(columns),
  };
}

// The box in the input of layer `from` that a box in the output of layer `to` depends on. outputs: of every layer.
function reachOf(net, outputs, input, box, from, to) {
  for (let n = to; n >= from; n--) {
    const shape = n ? outputs[n - 1].shape : input.shape, reach = REACH[net.layers[n].kind];
    if (reach) box = reach(box, net.layers[n], shape);
  }
  return box;
}
