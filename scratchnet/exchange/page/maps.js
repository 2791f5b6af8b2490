"use strict";
// The maps of one layer as one picture, with a title, its scale, and frames that other layers can put on it.

// How many maps stand beside each other, and how many screen pixels a number has.
function layoutOf(shape) {
  const [C, H, W] = as3(shape);
  if (H * W > 1) {
    const columns = C === 1 ? 1 : C <= 8 ? 2 : C <= 36 ? 4 : Math.ceil(Math.sqrt(C));
    return {columns, gap: C > 1 ? 1 : 0, zoom: H > 24 ? 3 : H > 12 ? 4 : H > 8 ? 4 : H > 4 ? 7 : 9};
  }
  if (C === 84) return {columns: 7, gap: 0, zoom: 10};
  return C <= 12 ? {columns: 1, gap: 0, zoom: 16} : {columns: 8, gap: 0, zoom: 10};
}

// One stage of the network on the page. onPoint(c, r, q, pinned): somebody points at a number, or pins it.
class StageFigure {
  constructor({name, shape, caption, limit}, onPoint) {
    Object.assign(this, {name, shape, limit, onPoint, ...layoutOf(shape), place: [0, 0, 0]});
    const [C, H, W] = as3(shape);
    this.rows = Math.ceil(C / this.columns);
    this.wide = this.columns * (W + this.gap) - this.gap;
    this.high = this.rows * (H + this.gap) - this.gap;
    this.canvas = made("canvas", {tabIndex: 0, role: "application", width: this.wide, height: this.high,
      "aria-roledescription": "picture of numbers",
      "aria-label": `${name}, ${size(shape)}. Move with the arrow keys, to other maps with Page Up and Page Down.`});
    this.frames = made("div", {className: "frames", "aria-hidden": "true"});
    this.surface = made("div", {className: "surface"}, this.canvas, this.frames);
    this.surface.style.width = `${this.wide * this.zoom / 16}rem`;
    this.scale = made("span", {className: "scale"});
    this.extra = made("div", {className: "beside"});
    this.element = made("figure", {className: "stage"},
      made("figcaption", {}, made("b", {}, `${name}: ${size(shape)}`), made("span", {className: "quiet"}, caption)),
      made("div", {className: "surfaces"}, this.surface, this.extra), this.scale);
    this.listen();
  }

  listen() {
    this.canvas.addEventListener("pointermove", event => {
      if (event.pointerType !== "touch") this.point(event, false);
    });
    this.canvas.addEventListener("click", event => this.point(event, true));
    this.canvas.addEventListener("keydown", event => this.key(event));
    this.canvas.addEventListener("focus", () => {
      if (this.canvas.matches(":focus-visible")) this.onPoint(...this.place, false, true);
    });
  }

  point(event, pinned) {
    const box = this.canvas.getBoundingClientRect(), [C, H, W] = as3(this.shape);
    const x = Math.floor((event.clientX - box.left) / box.width * this.wide);
    const y = Math.floor((event.clientY - box.top) / box.height * this.high);
    const column = Math.floor(x / (W + this.gap)), row = Math.floor(y / (H + this.gap));
    const c = row * this.columns + column, r = y - row * (H + this.gap), q = x - column * (W + this.gap);
    if (c < 0 || c >= C || r >= H || q >= W || r < 0 || q < 0) return;
    this.place = [c, r, q];
    this.onPoint(c, r, q, pinned, false);
  }

  key(event) {
    const [C, H, W] = as3(this.shape), units = H * W === 1;
    const move = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
    const jump = {PageUp: -1, PageDown: 1}[event.key];
    let [c, r, q] = this.place;
    if (event.key === "Enter" || event.key === " ") return event.preventDefault(), this.onPoint(c, r, q, true, true);
    if (!move && !jump) return;
    event.preventDefault();
    if (jump) c += jump;
    else if (units) c += move[0] * this.columns + move[1];
    else r += move[0], q += move[1];
    if (c < 0 || c >= C || r < 0 || r >= H || q < 0 || q >= W) return;
    this.place = [c, r, q];
    this.onPoint(c, r, q, false, true);
  }

  // Where a number stands on the picture: column and row.
  placeOf(c, r, q) {
    const [, H, W] = as3(this.shape);
    return [c % this.columns * (W + this.gap) + q, Math.floor(c / this.columns) * (H + this.gap) + r];
  }

  draw({data}) {
    const [C, H, W] = as3(this.shape), limit = this.limit || largestSize(data);
    this.canvas.width = this.wide, this.canvas.height = this.high;
    const context = this.canvas.getContext("2d"), image = context.createImageData(this.wide, this.high);
    for (let c = 0; c < C; c++) for (let r = 0; r < H; r++) for (let q = 0; q < W; q++) {
      const [x, y] = this.placeOf(c, r, q), colour = signedColour(data[(c * H + r) * W + q] / limit);
      image.data.set([...colour, 255], 4 * (y * this.wide + x));
    }
    context.putImageData(image, 0, 0);
    this.scale.replaceChildren(`-${written(limit)} `, made("i", {className: "bar"}), ` ${written(limit)}`);
  }

  unframe() {
    this.frames.replaceChildren();
  }

  // A frame around a box of every map in it. kind: "one", "window" or "field" (style).
  frame(box, kind) {
    const [C, H, W] = as3(this.shape);
    const whole = box.maps.length === C && box.bottom - box.top === H - 1 && box.right - box.left === W - 1;
    if (whole) return this.frameAt(0, 0, this.wide, this.high, kind);
    for (const c of box.maps) {
      const [x, y] = this.placeOf(c, box.top, box.left);
      this.frameAt(x, y, box.right - box.left + 1, box.bottom - box.top + 1, kind);
    }
  }

  frameAt(x, y, w, h, kind) {
    const one = made("div", {className: `frame ${kind}`});
    one.style.left = `${100 * x / this.wide}%`, one.style.top = `${100 * y / this.high}%`;
    one.style.width = `${100 * w / this.wide}%`, one.style.height = `${100 * h / this.high}%`;
    this.frames.append(one);
  }
}
