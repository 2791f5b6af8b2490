"use strict";
// A line of digits: the same weights run along it (paper, section VII), and a grammar reads the string.

class StringReader {
  constructor(net, {blank, between: penalty}, samples, announce) {
    Object.assign(this, {net, blank, penalty, samples, announce});
    const one = id => document.getElementById(id);
    this.pad = new Pad(one("line-pad"), {width: 14, onChange: () => this.ask(), onEnd: () => this.say()});
    [this.read, this.doubt, this.strip, this.scores, this.picked] =
      ["line-read", "line-doubt", "line-strip", "line-scores", "line-picked"].map(one);
    this.key = one("line-key");
    one("line-undo").onclick = () => this.pad.undo();
    one("line-clear").onclick = () => this.pad.clear();
    one("line-example").onclick = () => this.example();
    one("line-about").textContent = blank
      ? "This network was trained on strings: it knows the blank between two digits."
      : "This network was trained on single digits: it never saw a digit's neighbours, so doubt what it reads. "
      + "To train one on strings: ";
    if (!blank) one("line-about").append(made("code", {textContent: "python -m scratchnet reproduce sdnn"}));
    this.clear("Write several digits beside each other.");
  }

  // Five of the pictures to choose, beside each other.
  example() {
    const {pixels, labels} = this.samples, size = 140, five = [1, 9, 9, 8, 0];
    const canvas = made("canvas", {width: this.pad.canvas.width, height: this.pad.canvas.height});
    const context = canvas.getContext("2d"), small = made("canvas");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.globalCompositeOperation = "darken";
    five.forEach((digit, n) => {
      const right = labels.findIndex((label, i) => label === digit && this.samples.read[0][i] === digit);
      const chosen = right < 0 ? labels.indexOf(digit) : right;
      paint(small, pixels.subarray(chosen * 784, (chosen + 1) * 784), 28, 28, inkColour);
      context.drawImage(small, 40 + n * 150, 25, size, size);
    });
    this.pad.strokes = [], this.pad.image = canvas;
    this.pad.redraw(), this.show(), this.say();
  }

  ask() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => { this.asked = false, this.show(); });
  }

  clear(text) {
    this.read.textContent = text, this.doubt.textContent = "";
    for (const part of [this.strip, this.scores, this.key]) part.hidden = true;
    this.picked.replaceChildren();
  }

  show() {
    if (this.pad.empty) return this.clear("Write several digits beside each other.");
    try {
      const {strip, doubt} = preparedLine(this.pad.grey());
      const known = penaltiesAlong(this.net, strip);
      const penalties = this.blank ? known : known.map(y => [...y, this.penalty]);
      const string = readString(penalties);
      this.read.textContent = string.text ? `It reads ${string.text}.` : "It reads no digit.";
      const doubts = [doubt && `Doubt it: ${doubt}.`, ...this.doubts(penalties, string)];
      this.doubt.textContent = doubts.filter(Boolean).join(" ");
      this.draw(strip, penalties, string);
    } catch (why) {
      if (!(why instanceof Error) || why.name !== "Error") throw why;
      this.clear(why.message);
    }
  }

  // A sentence for each of the first three characters that the network should doubt.
  doubts(penalties, {text, places}) {
    const names = [...CONTENT.names, "a blank"];
    return places.map((t, n) => [n, doubtOf(this.net, penalties[t], names)]).filter(([, words]) => words).slice(0, 3)
      .map(([n, words]) => `Digit ${n + 1}, ${text[n]}: ${words[0].toLowerCase()}${words.slice(1)}`);
  }

  // The strip, and below it a column for each position: red where the penalty is small. A column stands under the
  // middle of its window.
  draw(strip, penalties, {path, places}) {
    const classes = penalties[0].length, wide = strip.W / STEP, first = WINDOW / 2 / STEP;
    this.strip.hidden = this.scores.hidden = this.key.hidden = false;
    paint(this.strip, strip.data, WINDOW, strip.W, inkColour);
    const cells = Array(classes * wide).fill(null);
    penalties.forEach((y, t) => y.forEach((v, c) => { cells[c * wide + t + first] = Math.max(0, 1 - v / 60); }));
    paint(this.scores, cells, classes, wide, v => v === null ? signedColour(0) : signedColour(v));
    const label = c => c === classes - 1 ? "" : String(c);
    const shown = Array.from({length: wide}, (_, column) => {
      const t = column - first, chosen = path[t] !== undefined && places.includes(t);
      return made("span", {className: chosen ? "chosen" : ""}, chosen ? label(path[t]) : "");
    });
    this.picked.replaceChildren(...shown);
    for (const element of [this.strip, this.scores, this.picked]) element.style.width = `${strip.W * 3 / 16}rem`;
    this.strip.setAttribute("aria-label", `The strip that the network receives, ${strip.W} x 32`);
    this.scores.setAttribute("aria-label", `The scores of ${classes} classes at ${penalties.length} positions`);
  }

  say() {
    this.announce([this.read.textContent, this.doubt.textContent].filter(Boolean).join(" "));
  }
}
