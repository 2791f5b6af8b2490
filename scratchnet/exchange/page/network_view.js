"use strict";
// One network on the page: its answer, the maps of all its layers as in the paper's Fig. 2, and what people ask.

// The stages: a layer together with its squashing, [{name, before, from, to, layer, shape, ...}].
function stagesOf(net, input, outputs) {
  const stages = [];
  net.layers.forEach((layer, n) => {
    const before = stages.at(-1);
    if (!layer.stage) return;
    if (before && before.name === layer.stage) before.to = n;
    else stages.push({name: layer.stage, from: before ? before.to + 1 : 0, to: n, layer, first: n});
  });
  stages.forEach((stage, k) => {
    const inside = net.layers.slice(stage.from, stage.to + 1), squash = inside.find(layer => SQUASHED_BY[layer.kind]);
    stage.before = k ? stages[k - 1].name : "INPUT";
    stage.squash = squash ? SQUASHED_BY[squash.kind](squash) : "";
    stage.limit = inside.at(-1).kind === "Tanh" ? inside.at(-1).A : 0;
    stage.y = outputs[stage.to].shape;
    stage.x = as3(stage.first ? outputs[stage.first - 1].shape : input.shape);
    stage.last = k === stages.length - 1 || net.layers[stage.to + 1]?.kind === "Softmax";
    stage.caption = CAPTIONS[stage.layer.kind] || "";
  });
  return stages;
}

class NetworkView {
  constructor(net, names, element, announce) {
    Object.assign(this, {net, names, announce, pinned: false, chosen: null, walking: -1});
    this.input = received(net, new Uint8Array(784)), this.outputs = forward(net, this.input);
    this.stages = stagesOf(net, this.input, this.outputs);
    this.answer = new Answer(net, names);
    this.panel = made("div", {className: "panel"});
    this.figures = [this.figure("INPUT", this.input.shape, "what it receives", Math.abs(this.input.data[0]) > 2 ? 0
      : largestSize(net.input.levels.data), -1),
    ...this.stages.map((stage, s) => this.figure(stage.name, stage.y, stage.caption, stage.limit, s))];
    this.addCode();
    this.maps = made("div", {className: "maps"}, ...this.figures.map(figure => figure.element));
    this.maps.addEventListener("pointerleave", () => this.leave());
    this.maps.addEventListener("keydown", event => { if (event.key === "Escape") this.pinned = false, this.leave(); });
    this.walk = made("div", {className: "walk"}), this.makeWalk();
    this.matters = this.makeMatters();
    const title = CONTENT.networks.length > 1 ? net.title : "The answer, and every layer";
    element.append(made("h2", {}, title), made("div", {className: "top"}, this.answer.element, this.matters), this.walk,
      this.maps, this.panel);
    this.rest();
  }

  figure(name, shape, caption, limit, s) {
    return new StageFigure({name, shape, caption, limit}, (c, r, q, pinned, keyboard) =>
      this.point(s, [c, r, q], pinned, keyboard));
  }

  // Beside F6 stands the code that is nearest to it, as 7 x 12 pixels.
  addCode() {
    const rbf = this.net.layers.at(-1), figure = this.figures.at(-2);
    if (rbf.kind !== "RBF" || rbf.codes.shape[1] !== 84) return;
    this.code = made("canvas", {className: "code", role: "img"});
    figure.extra.append(this.code, made("span", {className: "quiet"}));
  }

  update(pixels) {
    const began = performance.now();
    this.input = received(this.net, pixels), this.outputs = forward(this.net, this.input);
    this.took = performance.now() - began;
    this.answer.show(this.outputs.at(-1).data);
    this.draw();
  }

  draw() {
    this.figures[0].draw(this.input);
    this.stages.forEach((stage, s) => this.figures[s + 1].draw(this.outputs[stage.to]));
    const best = ranking(this.net, this.outputs.at(-1).data)[0];
    if (this.code) {
      const {data} = this.net.layers.at(-1).codes;
      paint(this.code, data.subarray(84 * best, 84 * best + 84), 12, 7, v => signedColour(v / 1.7159));
      this.code.setAttribute("aria-label", `The code of ${this.names[best]}`);
      this.code.nextSibling.textContent = `code of ${this.names[best]}`;
    }
    this.frameAnswer(best);
    if (this.chosen) this.explain();
    if (this.matters.open) this.drawMatters();
  }

  frameAnswer(best) {
    const figure = this.figures.at(-1);
    figure.unframe();
    figure.frame({maps: [best], top: 0, bottom: 0, left: 0, right: 0}, "answered");
  }

  // Somebody points at a number of stage s (-1: the input).
  point(s, place, pinned, keyboard) {
    if (this.pinned && !pinned && !keyboard) return;
    this.pinned = pinned ? !(this.pinned && String(this.chosen?.place) === String(place) && this.chosen.s === s)
      : this.pinned;
    this.chosen = {s, place};
    if (pinned && !this.pinned) return this.leave();
    this.explain();
    if (keyboard) this.announce(this.panel.querySelector("h3").textContent);
  }

  leave() {
    if (!this.pinned && this.chosen) this.chosen = null, this.rest();
  }

  // A pinned panel has a button that closes it.
  addClose() {
    const close = () => { this.pinned = false, this.leave(); };
    if (this.pinned) this.panel.prepend(made("button", {type: "button", className: "close", onclick: close}, "Close"));
  }

  rest() {
    this.figures.forEach(figure => figure.unframe());
    this.panel.classList.remove("chosen");
    this.panel.replaceChildren(line("Point at any number of any map, or move there with Tab and the arrow keys: "
      + "the panel shows how it comes about. A click or Enter keeps it.", "quiet"));
  }

  explain() {
    const {s, place} = this.chosen, [c, r, q] = place, one = {maps: [c], top: r, bottom: r, left: q, right: q};
    this.figures.forEach(figure => figure.unframe());
    this.frameAnswer(ranking(this.net, this.outputs.at(-1).data)[0]);
    this.figures[s + 1].frame(one, "one");
    if (s < 0) {
      const value = at(this.input, c, r, q);
      this.panel.replaceChildren(made("h3", {}, `INPUT, row ${r}, column ${q}: ${written(value)}`),
        line(inputWords(this.net)));
      return this.addClose();
    }
    const stage = this.stages[s];
    const reach = from => reachOf(this.net, this.outputs, this.input, one, from, stage.to);
    if (s) this.figures[s].frame(reach(stage.from), "window");
    const field = reach(0), high = field.bottom - field.top + 1, wide = field.right - field.left + 1;
    this.figures[0].frame({...field, maps: [0]}, s ? "field" : "window");
    explain(this.panel, stage, stage.y, place, steps(this.net, this.outputs, this.input, stage, c, r, q),
      `It depends on ${high} x ${wide} pixels of the input: its receptive field.`);
    this.addClose();
  }

  makeWalk() {
    const text = made("p", {}), go = by => this.walkTo(this.walking + by);
    this.walkText = text;
    this.walkButtons = [["Walk through the layers", () => this.walkTo(0)], ["Back", () => go(-1)],
      ["Next", () => go(1)], ["End", () => this.walkTo(-1)]]
      .map(([name, onclick]) => made("button", {type: "button", onclick}, name));
    this.walk.append(...this.walkButtons, text);
    this.walkTo(-1);
  }

  // Show one figure and its sentence: 0 is the input, then the stages; -1 ends the walk.
  walkTo(place) {
    const walks = place >= 0 && place < this.figures.length, [start, back, next, end] = this.walkButtons;
    this.walking = walks ? place : -1;
    start.hidden = walks, back.hidden = next.hidden = end.hidden = !walks;
    back.disabled = place === 0, next.disabled = place === this.figures.length - 1;
    this.figures.forEach((figure, k) => figure.element.classList.toggle("dim", walks && k !== place));
    const words = !walks ? "" : place ? sentence(this.stages[place - 1]) : inputWords(this.net);
    this.walkText.textContent = walks ? `${place + 1} of ${this.figures.length}. ${words}` : "";
    if (walks) this.announce(this.walkText.textContent), this.figures[place].element.scrollIntoView({block: "nearest"});
  }

  // "Which pixel matters": the gradient of a penalty or score with respect to the input.
  makeMatters() {
    this.which = made("select", {"aria-label": "class", onchange: () => this.drawMatters()},
      made("option", {value: ""}, "the answer"),
      ...this.names.map((name, k) => made("option", {value: String(k)}, name)));
    const side = this.net.input.size;
    this.slope = made("canvas", {className: "slope", role: "img", width: side, height: side});
    this.slopeText = made("p", {className: "quiet"});
    const details = made("details", {className: "matters"}, made("summary", {}, "Which pixel matters"),
      made("label", {}, "For ", this.which), this.slope, this.slopeText);
    details.addEventListener("toggle", () => { if (details.open) this.drawMatters(); });
    return details;
  }

  drawMatters() {
    const best = ranking(this.net, this.outputs.at(-1).data)[0], k = this.which.value === "" ? best : +this.which.value;
    const {data, shape} = gradient(this.net, this.input, k), limit = largestSize(data);
    paint(this.slope, data, shape[1], shape[2], v => signedColour(v / limit));
    const what = this.net.penalties ? "penalty" : this.net.layers.at(-1).kind === "Softmax" ? "probability" : "score";
    this.slopeText.textContent = `Red: more ink there raises the ${what} of ${this.names[k]}. Blue: more ink lowers `
      + `it. The scale ends at ${written(limit)} for a change of 1.`;
    this.slope.setAttribute("aria-label", `The gradient of the ${what} of ${this.names[k]}, a number for each pixel`);
  }

  clear(text) {
    this.answer.clear(text);
    this.input = received(this.net, new Uint8Array(784)), this.outputs = forward(this.net, this.input);
    this.draw();
    this.figures.at(-1).unframe();
  }
}
