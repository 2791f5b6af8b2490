"use strict";
// Disturb a prepared picture, as in the authors' demonstration: shift, rotation, scale, squeeze, strokes, noise.

const AT_REST = {right: 0, down: 0, rotation: 0, scale: 1, squeeze: 0, strokes: 0, noise: 0};

// 784 bytes -> 784 bytes. right, down: pixels; rotation: degrees, clockwise; scale: 1 is as it is; squeeze: above 0
// narrower and higher; strokes: above 0 thicker, below 0 thinner; noise: the share of pixels that change, in percent.
function disturbed(pixels, how) {
  return noisy(turned(withStrokes(pixels, how.strokes), how), how.noise);
}

// Every pixel of the new picture looks where it was in the old one, and takes the mean of the four nearest pixels.
function turned(pixels, {right, down, rotation, scale: larger, squeeze}) {
  const angle = rotation * Math.PI / 180, cos = Math.cos(angle), sin = Math.sin(angle), middle = (SIZE - 1) / 2;
  const wide = larger / (1 + squeeze), high = larger * (1 + squeeze);
  return Uint8Array.from(pixels, (_, i) => {
    const y = Math.floor(i / SIZE) - middle - down, x = i % SIZE - middle - right;
    return between(pixels, (cos * y - sin * x) / high + middle, (sin * y + cos * x) / wide + middle);
  });
}

// The value at a place between pixels; outside of the picture it is 0.
function between(pixels, y, x) {
  const top = Math.floor(y), left = Math.floor(x), down = y - top, right = x - left;
  const at = (r, q) => r >= 0 && r < SIZE && q >= 0 && q < SIZE ? pixels[r * SIZE + q] : 0;
  return Math.round((1 - down) * ((1 - right) * at(top, left) + right * at(top, left + 1))
    + down * ((1 - right) * at(top + 1, left) + right * at(top + 1, left + 1)));
}

// Thicker: towards the brightest of a pixel and its four neighbours; thinner: towards the darkest.
function withStrokes(pixels, amount) {
  let now = pixels;
  for (let left = Math.abs(amount); left > 0; left -= 1) {
    const share = Math.min(left, 1), before = now, best = amount > 0 ? Math.max : Math.min;
    now = Uint8Array.from(before, (v, i) => {
      const r = Math.floor(i / SIZE), q = i % SIZE, at = (a, b) =>
        a >= 0 && a < SIZE && b >= 0 && b < SIZE ? before[a * SIZE + b] : 0;
      return Math.round((1 - share) * v + share * best(v, at(r - 1, q), at(r + 1, q), at(r, q - 1), at(r, q + 1)));
    });
  }
  return now;
}

// A share of the pixels is inverted. The same pixels change each time, more of them with more noise.
function noisy(pixels, percent) {
  let state = 1998;
  return Uint8Array.from(pixels, v => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 < percent / 100 ? 255 - v : v;
  });
}
