"use strict";
// Any picture of a digit becomes what MNIST has: 28 x 28 bytes, bright ink on black (paper, III.A). These are the
// functions of scratchnet/datasets/prepare.py with the same names. Each throws a sentence where no digit can be found.

const SIZE = 28, BOX = 20, LARGEST = 560;

// A picture {H, W, data} with grey levels from 0 to 255 -> {pixels: 784 bytes, doubt: a sentence or ""}.
function preparedDigit(grey) {
  const {ink, noise} = inkOn(reduced(grey, LARGEST));
  const found = withoutSpecks(ink, noise);
  return {pixels: inTheMiddle(fittedToBox(found.ink)), doubt: found.doubt};
}

function reduced(grey, most) {
  const side = Math.max(grey.H, grey.W);
  if (side <= most) return grey;
  const [H, W] = [grey.H, grey.W].map(n => Math.max(1, roundEven(n * most / side)));
  return picture(H, W, Float64Array.from(resized(grey, H, W, "box").data));
}

// Grey levels from the pixels of a canvas (RGBA): 0.299 red + 0.587 green + 0.114 blue. Under transparent pixels the
// paper is white for dark ink and black for bright ink.
function greyLevels({width, height, data}) {
  const grey = picture(height, width);
  let opaque = 0, sum = 0;
  for (let i = 0; i < width * height; i++) {
    const opacity = data[4 * i + 3] / 255;
    grey.data[i] = (data[4 * i] * 19595 + data[4 * i + 1] * 38470 + data[4 * i + 2] * 7471 + 0x8000) >> 16;
    opaque += opacity, sum += grey.data[i] * opacity;
  }
  const under = sum / Math.max(opaque, 1e-9) > 127 ? 0 : 255;
  grey.data.forEach((v, i) => { grey.data[i] = v * data[4 * i + 3] / 255 + under * (1 - data[4 * i + 3] / 255); });
  return grey;
}

// The ink on each pixel, from 0 to 1, and its noise: the difference from the paper, without sign.
function inkOn(grey) {
  const levels = sorted(grey.data);
  if (levels.at(-1) - levels[0] < 8) throw new Error("The picture is blank. Draw a digit.");
  const paper = paperUnder(grey, levels);
  const difference = grey.data.map((v, i) => v - paper.data[i]), sizes = sortedSizes(difference);
  const limit = 0.2 * percentile(sizes, 99.5);
  const noise = 1.4826 * percentile(sizes.filter(v => v <= limit), 50);
  const sign = Math.sign(difference.reduce((sum, d) => sum + d * d * d, 0));
  const ink = difference.map(d => Math.max(d * sign, 0)), most = largest(ink);
  const peak = median(ink.filter(v => v >= most / 2));
  if (peak < 5.5 * noise || peak < 8) throw new Error("The picture has noise and nothing else. Draw a digit.");
  return {ink: picture(grey.H, grey.W, ink.map(v => Math.min(v / peak, 1))), noise: noise / peak};
}

// The grey level of the paper at each pixel: one level if most of the border has it, else a curved surface.
function paperUnder(grey, levels) {
  const {H, W, data} = grey, n = Math.max(1, roundEven(0.06 * Math.min(H, W)));
  const corner = (top, left) => crop(grey, top, left, n, n).data.reduce((a, b) => a + b) / (n * n);
  const corners = [corner(0, 0), corner(0, W - n), corner(H - n, 0), corner(H - n, W - n)];
  const column = q => Array.from({length: H}, (_, r) => data[r * W + q]);
  const border = [...data.slice(0, W), ...data.slice((H - 1) * W), ...column(0), ...column(W - 1)];
  const contrast = percentile(levels, 99) - percentile(levels, 1);
  const times = Math.floor(border.length / 8) + 1;
  const level = median([...border, ...corners.flatMap(v => Array(times).fill(v))]);
  const near = border.filter(v => Math.abs(v - level) < 0.1 * contrast).length / border.length;
  if (near > 0.6 || Math.min(H, W) < 16) return picture(H, W, new Float64Array(H * W).fill(level));
  return paperSurface(grey, contrast);
}

// The surface of second order that most pixels are near to; a closing wider than a stroke removes dark strokes.
function paperSurface(grey, contrast) {
  const stroke = Math.max(3, Math.floor(Math.max(grey.H, grey.W) / 4));
  const closed = eroded(dilated(grey, stroke), stroke), opened = dilated(eroded(grey, stroke), stroke);
  const dark = closed.data.map((v, i) => v - grey.data[i]), bright = grey.data.map((v, i) => v - opened.data[i]);
  const below = values => { const half = median(values); return Array.from(values, v => v <= half); };
  const starts = [Array(dark.length).fill(true), below(dark), below(bright)];
  const surfaces = starts.map(start => surfaceThrough(grey, start, contrast));
  const nearby = s => s.data.reduce((sum, v, i) => sum + (Math.abs(grey.data[i] - v) < 0.08 * contrast), 0);
  return surfaces.reduce((best, s) => nearby(s) > nearby(best) ? s : best);
}

// Fit a surface of second order to the pixels inside, then again and again to all pixels that are near it.
function surfaceThrough({H, W, data}, start, contrast) {
  const terms = i => {
    const y = -1 + 2 * Math.floor(i / W) / (H - 1), x = -1 + 2 * (i % W) / (W - 1);
    return [1, x, y, x * x, x * y, y * y];
  };
  let inside = start, surface = null;
  for (const near of [0.3, 0.2, 0.15, 0.1, 0.1]) {
    const A = Array.from({length: 6}, () => Array(6).fill(0)), right = Array(6).fill(0);
    if (inside.reduce((sum, v) => sum + v, 0) < 12) break;
    for (let i = 0; i < data.length; i++) {
      if (!inside[i]) continue;
      const t = terms(i);
      for (let a = 0; a < 6; a++) {
        right[a] += t[a] * data[i];
        for (let b = 0; b < 6; b++) A[a][b] += t[a] * t[b];
      }
    }
    const weights = solved(A, right);
    if (!weights) break;
    surface = picture(H, W, data.map((_, i) => terms(i).reduce((sum, t, k) => sum + t * weights[k], 0)));
    inside = Array.from(data, (v, i) => Math.abs(v - surface.data[i]) < near * contrast);
  }
  return surface;
}

function sumsOf(ink, marks, count) {
  const sums = new Float64Array(count);
  marks.forEach((mark, i) => { if (mark) sums[mark - 1] += ink[i]; });
  return sums;
}

// The ink near the marks that are kept, cropped.
function inkAround(ink, marks, keep, wide, least) {
  const strokes = picture(ink.H, ink.W, marks.map(mark => +(mark > 0 && keep[mark - 1])));
  const around = dilated(strokes, 2 * wide + 1).data;
  const kept = picture(ink.H, ink.W, ink.data.map((v, i) => around[i] && v > least ? v : 0));
  return crop(kept, ...inkBox(kept));
}

// The ink of the marks that are large enough for a stroke, and a sentence if they are perhaps two digits.
function withoutSpecks(ink, noise) {
  const {marks, count} = labelled(ink, v => v > Math.max(0.25, 4 * noise));
  const sizes = sumsOf(ink.data, marks, count), most = largest(sizes), keep = Array.from(sizes, v => v >= 0.06 * most);
  const kept = sizes.reduce((sum, v, k) => sum + (keep[k] ? v : 0), 0), all = sizes.reduce((a, b) => a + b, 0);
  if (keep.filter(Boolean).length > 6 || kept < 0.5 * all) {
    throw new Error(`The picture has ${count} small marks and no large one. Draw one digit.`);
  }
  const wide = Math.max(1, roundEven(Math.max(ink.H, ink.W) / 56));
  const digit = inkAround(ink, marks, keep, wide, Math.max(2.5 * noise, 0.02));
  return {ink: digit, doubt: twoDigits(ink.W, marks, keep, sizes)};
}

// A sentence if two marks of similar size stand side by side, else "".
function twoDigits(W, marks, keep, sizes) {
  const spans = Array.from(sizes, () => [W, -1]);
  marks.forEach((mark, i) => {
    if (mark) spans[mark - 1] = [Math.min(spans[mark - 1][0], i % W), Math.max(spans[mark - 1][1], i % W)];
  });
  const first = sizes.indexOf(largest(sizes));
  const beside = spans.some(([left, right], k) => k !== first && keep[k] && sizes[k] > 0.3 * sizes[first]
    && (spans[first][0] > right + 1 || left > spans[first][1] + 1));
  return beside ? "there are perhaps two digits side by side: write them on the field for strings" : "";
}

// The ink as bytes, its longer side 20 pixels long: each pixel is the mean over its area, as in MNIST.
function fittedToBox(ink) {
  const scale = BOX / Math.max(ink.H, ink.W);
  const H = Math.max(1, roundEven(ink.H * scale)), W = Math.max(1, roundEven(ink.W * scale));
  const small = H === ink.H && W === ink.W ? ink : resized(ink, H, W, scale < 1 ? "box" : "bilinear");
  return picture(H, W, asBytes(small.data));
}

function asBytes(data) {
  const most = largest(data), short = data instanceof Float32Array ? Math.fround : v => v;
  return Uint8Array.from(data, v => roundEven(short(short(255 * v) / most)));
}

// 28 x 28 bytes with the centre of mass of the ink as near to the middle as whole pixels allow.
function inTheMiddle({H, W, data}) {
  let mass = 0, down = 0, right = 0;
  data.forEach((v, i) => { mass += v, down += v * Math.floor(i / W), right += v * (i % W); });
  const start = (centre, n) => Math.min(SIZE - n, Math.max(0, roundEven(SIZE / 2 - centre)));
  const top = start(down / mass, H), left = start(right / mass, W), pixels = new Uint8Array(SIZE * SIZE);
  data.forEach((v, i) => { pixels[(top + Math.floor(i / W)) * SIZE + left + i % W] = v; });
  return pixels;
}
