"use strict";
// A picture with a line of digits becomes a strip of 32 rows, as in scratchnet/datasets/lines.py.

const WINDOW = 32, STEP = 4, HIGHEST = 28, LONGEST = 100, LARGEST_LINE = 2000;

// {H, W, data} with grey levels -> {strip: {H: 32, W, data: bytes}, doubt}. The digits become 20 pixels high.
function preparedLine(grey) {
  const {ink, noise} = inkOn(reduced(grey, LARGEST_LINE));
  const found = digitsOn(ink, noise);
  const doubt = twoLines(found.ink) ? "there are perhaps two lines: write one" : "";
  return {strip: stripOf(found.ink, BOX / found.height), doubt};
}

// The ink without specks, cropped, and the height of a digit on it: the median of the larger marks.
function digitsOn(ink, noise) {
  const {marks, count} = labelled(ink, v => v > Math.max(0.25, 4 * noise));
  const boxes = Array.from({length: count}, () => [Infinity, Infinity, -1, -1]);
  marks.forEach((mark, i) => {
    if (!mark) return;
    const box = boxes[mark - 1], r = Math.floor(i / ink.W), q = i % ink.W;
    boxes[mark - 1] = [Math.min(box[0], r), Math.min(box[1], q), Math.max(box[2], r), Math.max(box[3], q)];
  });
  const heights = boxes.map(([top, , bottom]) => bottom - top + 1), most = Math.max(...heights);
  const widths = boxes.map(([, left, , right]) => right - left + 1), tall = heights.map(h => h >= 0.5 * most);
  const keep = heights.map((h, k) => tall[k] || Math.max(h, widths[k]) >= 0.25 * most);
  if (keep.filter(Boolean).length > LONGEST) throw new Error(`The line has ${count} marks. Write one line of digits.`);
  const wide = Math.max(1, roundEven(most / 28));
  const line = inkAround(ink, marks, keep, wide, Math.max(2.5 * noise, 0.02));
  if (line.W > LONGEST * line.H || Math.max(...widths.filter((_, k) => tall[k])) > 20 * most) {
    throw new Error("The line has a long stroke and no digit. Write one line of digits, without a frame.");
  }
  return {ink: line, height: Math.max(median(heights.filter((_, k) => tall[k])), BOX / HIGHEST * line.H)};
}

// Whether a row without ink has a third of the ink or more above it, and as much below.
function twoLines({H, W, data}) {
  const rows = Array.from({length: H}, (_, r) => data.subarray(r * W, (r + 1) * W).reduce((a, b) => a + b, 0));
  const all = rows.reduce((a, b) => a + b);
  let above = 0;
  return rows.some(v => (above += v, v === 0 && above > all / 3 && above < 2 * all / 3));
}

// The ink on a strip of 32 rows, scaled, its centre of mass as near to the middle row as it fits.
function stripOf(ink, scale) {
  const H = Math.max(1, roundEven(ink.H * scale)), W = Math.max(1, roundEven(ink.W * scale));
  const small = resized(ink, H, W, scale < 1 ? "box" : "bilinear");
  let mass = 0, down = 0;
  small.data.forEach((v, i) => { mass += v, down += v * Math.floor(i / W); });
  const top = Math.min(WINDOW - H, Math.max(0, roundEven((WINDOW - 1) / 2 - down / mass)));
  const strip = picture(WINDOW, Math.ceil((W + WINDOW) / STEP) * STEP), bytes = asBytes(small.data);
  bytes.forEach((v, i) => { strip.data[(top + Math.floor(i / W)) * strip.W + WINDOW / 2 + i % W] = v; });
  return strip;
}
