"use strict";
// From 28 x 28 bytes to the numbers that a network receives, as scratchnet/datasets/pixels.py has it.

const UNIT = 2 ** 22; // Pillow rounds the weights of a resize to multiples of 1 / UNIT

// The weight of each old pixel in each new one, in units of 1 / UNIT: a triangle, two pixels wide.
function triangleWeights(old, size) {
  const ratio = old / size;
  return Array.from({length: size}, (_, i) => {
    const centre = (i + 0.5) * ratio;
    const weights = Array.from({length: old}, (_, j) =>
      Math.max(1 - Math.abs(j + 0.5 - centre) / Math.max(ratio, 1), 0));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map(w => Math.floor(w / sum * UNIT + 0.5));
  });
}

function toByte(sum) {
  return Math.min(255, Math.max(0, Math.floor(sum / UNIT + 0.5)));
}

// A square picture of bytes at another size, bilinear; rows first, then columns, both rounded to bytes.
function resizedBytes(bytes, old, size) {
  const weights = triangleWeights(old, size), rows = new Float64Array(old * size), out = new Float64Array(size * size);
  for (let r = 0; r < old; r++) for (let q = 0; q < size; q++) {
    rows[r * size + q] = toByte(weights[q].reduce((sum, w, j) => sum + w * bytes[r * old + j], 0));
  }
  for (let p = 0; p < size; p++) for (let q = 0; q < size; q++) {
    out[p * size + q] = toByte(weights[p].reduce((sum, w, r) => sum + w * rows[r * size + q], 0));
  }
  return out;
}

// A border of 0 around a square picture of bytes, up to the new size.
function paddedBytes(bytes, old, size) {
  const out = new Float64Array(size * size), start = Math.floor((size - old) / 2);
  for (let r = 0; r < old; r++) for (let q = 0; q < old; q++) {
    out[(r + start) * size + q + start] = bytes[r * old + q];
  }
  return out;
}

// The network's input, [1, size, size]: padded or resized bytes, then the number of each byte.
function received(net, pixels) {
  const bytes = Float64Array.from(pixels, p => Math.min(255, Math.max(0, Math.round(p))));
  const {size, how, levels} = net.input, old = Math.round(Math.sqrt(bytes.length));
  const way = {pad: paddedBytes, resize: resizedBytes}[how], sized = way ? way(bytes, old, size) : bytes;
  return tensor([1, size, size], Float32Array.from(sized, p => levels.data[p]));
}

// Arrays arrive as base64 of little-endian numbers. This makes tensors and bytes of them, in place.
function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked);
  if (value === null || typeof value !== "object") return value;
  if (value.base64 === undefined) {
    for (const key of Object.keys(value)) value[key] = unpacked(value[key]);
    return value;
  }
  const bytes = Uint8Array.from(atob(value.base64), letter => letter.charCodeAt(0));
  return value.type === "uint8" ? bytes : tensor(value.shape, new Float32Array(bytes.buffer));
}
