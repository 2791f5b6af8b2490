"use strict";
// A field to write on, with mouse, finger, pen or keys. Strokes are kept, so that one can be taken back.

class Pad {
  constructor(canvas, {width, onChange, onEnd}) {
    Object.assign(this, {canvas, width, onChange, onEnd, strokes: [], now: null, pen: null, down: false, image: null});
    this.context = canvas.getContext("2d", {willReadFrequently: true});
    this.cursor = made("div", {className: "cursor", hidden: true, "aria-hidden": "true"});
    canvas.after(this.cursor);
    this.redraw();
    canvas.addEventListener("pointerdown", event => this.begin(event));
    canvas.addEventListener("pointermove", event => this.go(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => this.end());
    canvas.addEventListener("keydown", event => this.key(event));
    canvas.addEventListener("blur", () => { this.cursor.hidden = true, this.end(), this.down = false; });
  }

  get empty() {
    return !this.strokes.length && !this.image;
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * this.canvas.width / box.width,
      (event.clientY - box.top) * this.canvas.height / box.height];
  }

  begin(event) {
    if (event.button) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.start(this.place(event));
  }

  start(place) {
    this.now = {width: this.width, points: [place]};
    this.strokes.push(this.now);
    this.line(place, place, this.width);
    this.onChange();
  }

  go(event) {
    if (!this.now) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length ? events : [event]) this.add(this.place(one));
    this.onChange();
  }

  add(place) {
    this.line(this.now.points.at(-1), place, this.now.width);
    this.now.points.push(place);
  }

  end() {
    if (!this.now) return;
    this.now = null;
    this.onEnd();
  }

  line(from, to, width) {
    Object.assign(this.context, {strokeStyle: "#000", lineWidth: width, lineCap: "round"});
    this.context.beginPath();
    this.context.moveTo(...from), this.context.lineTo(...to);
    this.context.stroke();
  }

  redraw() {
    const {context, canvas} = this;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (this.image) context.drawImage(this.image, 0, 0, canvas.width, canvas.height);
    for (const {points, width} of this.strokes) {
      points.forEach((point, i) => this.line(points[Math.max(i - 1, 0)], point, width));
    }
  }

  undo() {
    if (this.strokes.pop() || this.image) {
      if (!this.strokes.length) this.image = null;
      this.redraw(), this.onChange(), this.onEnd();
    }
  }

  clear() {
    this.strokes = [], this.image = null, this.now = null;
    this.redraw(), this.onChange(), this.onEnd();
  }

  // Arrow keys move a pen, the space bar puts it down and lifts it.
  key(event) {
    const move = {ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0]}[event.key];
    if (event.key === "Backspace" || (event.key === "z" && event.ctrlKey)) return event.preventDefault(), this.undo();
    if (event.key !== " " && !move) return;
    event.preventDefault();
    this.pen ??= [this.canvas.width / 2, this.canvas.height / 4];
    if (event.key === " ") {
      this.down = !this.down;
      if (this.down) this.start([...this.pen]);
      else this.end();
    } else {
      const step = event.shiftKey ? 2 : 10;
      this.pen = this.pen.map((v, axis) => Math.min([this.canvas.width, this.canvas.height][axis] - step,
        Math.max(step, v + step * move[axis])));
      if (this.down) this.add([...this.pen]), this.onChange();
    }
    this.showPen();
  }

  showPen() {
    this.cursor.hidden = false;
    this.cursor.classList.toggle("down", this.down);
    this.cursor.style.left = `${100 * this.pen[0] / this.canvas.width}%`;
    this.cursor.style.top = `${100 * this.pen[1] / this.canvas.height}%`;
  }

  // The grey levels of what is drawn.
  grey() {
    return greyLevels(this.context.getImageData(0, 0, this.canvas.width, this.canvas.height));
  }
}
