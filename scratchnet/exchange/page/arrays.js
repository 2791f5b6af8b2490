"use strict";
// What the preparation of a picture needs of NumPy, SciPy and Pillow. A picture is {H, W, data}, row by row.

function picture(H, W, data) {
  return {H, W, data: data || new Float64Array(H * W)};
}

// To the nearest whole number, halves to the even one, as Python rounds.
function roundEven(x) {
  const low = Math.floor(x);
  return x - low === 0.5 ? low + (low % 2 !== 0) : Math.round(x);
}

function sorted(values) {
  return new Float64Array(values).sort();
}

// The same for values without sign of which most are 0: those need no sorting.
function sortedSizes(values) {
  const sizes = values.map(Math.abs), rest = sizes.filter(v => v > 0).sort(), out = new Float64Array(sizes.length);
  out.set(rest, sizes.length - rest.length);
  return out;
}

// The value below which p percent of the sorted values lie, with straight lines between them.
function percentile(values, p) {
  const at = (values.length - 1) * p / 100, low = Math.floor(at);
  return values[low] + (at - low) * ((values[low + 1] ?? values[low]) - values[low]);
}

function median(values) {
  return percentile(sorted(values), 50);
}

function largest(values) {
  return values.reduce((most, v) => Math.max(most, v), -Infinity);
}

function crop({W, data}, top, left, H, V) {
  const out = picture(H, V);
  for (let r = 0; r < H; r++) {
    for (let q = 0; q < V; q++) out.data[r * V + q] = data[(top + r) * W + left + q];
  }
  return out;
}

// The smallest box around all pixels above 0: [top, left, H, W].
function inkBox({H, W, data}) {
  let top = H, left = W, bottom = -1, right = -1;
  data.forEach((v, i) => {
    if (!(v > 0)) return;
    const r = Math.floor(i / W), q = i % W;
    top = Math.min(top, r), bottom = Math.max(bottom, r), left = Math.min(left, q), right = Math.max(right, q);
  });
  return [top, left, bottom - top + 1, right - left + 1];
}

// For each new pixel of an axis: the first old pixel that it reads, and the weights of the old ones (as Pillow).
// kind: "box" is the mean over its area, "bilinear" a triangle.
function axisWeights(old, size, kind) {
  const ratio = old / size, spread = Math.max(ratio, 1), support = (kind === "box" ? 0.5 : 1) * spread;
  return Array.from({length: size}, (_, i) => {
    const centre = (i + 0.5) * ratio;
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const last = Math.min(Math.trunc(centre + support + 0.5), old);
    const weights = Array.from({length: last - first}, (_, j) => {
      const x = (j + first - centre + 0.5) / spread;
      return kind === "box" ? +(x > -0.5 && x <= 0.5) : Math.max(0, 1 - Math.abs(x));
    });
    const sum = weights.reduce((a, b) => a + b, 0);
    return [first, weights.map(w => w / sum)];
  });
}

// A picture at another size, with 32-bit numbers between columns and rows, as Pillow has them.
function resized({H, W, data}, h, w, kind) {
  const columns = axisWeights(W, w, kind), rows = axisWeights(H, h, kind);
  const wide = new Float32Array(H * w), out = picture(h, w, new Float32Array(h * w));
  for (let r = 0; r < H; r++) columns.forEach(([first, weights], q) => {
    let sum = 0;
    for (let j = 0; j < weights.length; j++) sum += weights[j] * Math.fround(data[r * W + first + j]);
    wide[r * w + q] = sum;
  });
  rows.forEach(([first, weights], p) => {
    for (let q = 0; q < w; q++) {
      let sum = 0;
      for (let j = 0; j < weights.length; j++) sum += weights[j] * wide[(first + j) * w + q];
      out.data[p * w + q] = sum;
    }
  });
  return out;
}

// The marks of neighbouring pixels where `inside` is true, diagonal ones too: {marks, count}, 0 outside, then 1, 2, ...
function labelled({H, W, data}, inside) {
  const marks = new Int32Array(H * W), stack = [];
  let count = 0;
  for (let start = 0; start < H * W; start++) {
    if (marks[start] || !inside(data[start])) continue;
    marks[start] = ++count;
    stack.push(start);
    while (stack.length) {
      const at = stack.pop(), r = Math.floor(at / W), q = at % W;
      for (let i = Math.max(r - 1, 0); i <= Math.min(r + 1, H - 1); i++) {
        for (let j = Math.max(q - 1, 0); j <= Math.min(q + 1, W - 1); j++) {
          const next = i * W + j;
          if (!marks[next] && inside(data[next])) marks[next] = count, stack.push(next);
        }
      }
    }
  }
  return {marks, count};
}

// The smallest (sign -1) or largest (sign 1) value of each window of an axis, with the picture mirrored at its border.
// The window of pixel i begins at i - before and is `size` long.
function filteredAxis({H, W, data}, size, before, sign, alongRows) {
  const n = alongRows ? H : W, lines = alongRows ? W : H, step = alongRows ? W : 1, jump = alongRows ? 1 : W;
  const out = picture(H, W), mirrored = i => {
    const k = ((i % (2 * n)) + 2 * n) % (2 * n);
    return k < n ? k : 2 * n - 1 - k;
  };
  for (let line = 0; line < lines; line++) for (let i = 0; i < n; i++) {
    const start = i - before, inside = start >= 0 && start + size <= n;
    let most = -Infinity;
    for (let k = start; k < start + size; k++) {
      const v = sign * data[line * jump + (inside ? k : mirrored(k)) * step];
      if (v > most) most = v;
    }
    out.data[line * jump + i * step] = sign * most;
  }
  return out;
}

function dilated(image, size) {
  const before = Math.floor(size / 2) - (size % 2 === 0);
  return filteredAxis(filteredAxis(image, size, before, 1, true), size, before, 1, false);
}

function eroded(image, size) {
  const before = Math.floor(size / 2);
  return filteredAxis(filteredAxis(image, size, before, -1, true), size, before, -1, false);
}

// The solution of A x = y for a small square A, by elimination; null if there is none.
function solved(A, y) {
  const n = y.length, M = A.map((row, i) => [...row, y[i]]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k; i < n; i++) if (Math.abs(M[i][k]) > Math.abs(M[pivot][k])) pivot = i;
    if (Math.abs(M[pivot][k]) < 1e-12) return null;
    [M[k], M[pivot]] = [M[pivot], M[k]];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = M[i][k] / M[k][k];
      for (let j = k; j <= n; j++) M[i][j] -= factor * M[k][j];
    }
  }
  return M.map((row, i) => row[n] / row[i]);
}
