"use strict";
// The page: what is drawn or chosen goes through the sliders to every network.

const EMPTY = CONTENT.digits ? "Draw a digit, or choose a picture." : "Choose a picture.";

class App {
  constructor() {
    const one = id => document.getElementById(id);
    this.pixels = null, this.doubt = "", this.how = {...AT_REST};
    this.live = one("live"), this.message = one("message");
    this.networks = CONTENT.networks.map(net =>
      new NetworkView(net, net.names, one("networks").appendChild(made("section", {className: "network"})),
        text => this.announce(text)));
    this.pad = new Pad(one("pad"), {width: 22, onChange: () => this.ask(), onEnd: () => this.say()});
    this.chooser = new Chooser(one("samples"), CONTENT.samples, CONTENT.names, i => this.choose(i));
    one("undo").onclick = () => this.pad.undo();
    one("clear").onclick = () => this.pad.clear();
    one("width").oninput = event => { this.pad.width = +event.target.value; };
    one("file").onchange = event => { if (event.target.files[0]) this.open(event.target.files[0]); };
    this.listenForFiles(), this.makeSliders(), this.makeString();
    DARK.addEventListener("change", () => this.networks.forEach(view => view.draw()));
    this.clear();
  }

  listenForFiles() {
    document.addEventListener("dragover", event => event.preventDefault());
    document.addEventListener("drop", event => {
      event.preventDefault();
      if (event.dataTransfer.files[0]) this.open(event.dataTransfer.files[0]);
    });
  }

  makeSliders() {
    for (const slider of document.querySelectorAll("#disturb input")) {
      slider.oninput = () => {
        this.how[slider.name] = +slider.value;
        slider.nextElementSibling.textContent = slider.value;
        this.show();
      };
      slider.onchange = () => this.say();
    }
    document.getElementById("rest").onclick = () => {
      this.how = {...AT_REST};
      for (const slider of document.querySelectorAll("#disturb input")) {
        slider.value = AT_REST[slider.name], slider.nextElementSibling.textContent = slider.value;
      }
      this.show(), this.say();
    };
  }

  makeString() {
    const {string, networks, samples} = CONTENT, section = document.getElementById("string");
    if (!string) return void (section.hidden = true);
    const net = typeof string.network === "number" ? networks[string.network] : string.network;
    this.string = new StringReader(net, string, samples, text => this.announce(text));
  }

  // At most one reading for each picture of the screen.
  ask() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => { this.asked = false, this.take(); });
  }

  // Read what is on the pad.
  take() {
    this.chooser.unchoose();
    if (this.pad.empty) return this.clear();
    this.receive(() => prepared(this.pad.grey()));
  }

  receive(prepare) {
    try {
      const found = prepare();
      this.pixels = found.pixels, this.doubt = found.doubt;
      this.show();
    } catch (why) {
      if (!(why instanceof Error) || why.name !== "Error") throw why;
      this.clear(why.message);
    }
  }

  choose(i) {
    this.pad.strokes = [], this.pad.image = null, this.pad.redraw();
    this.pixels = CONTENT.samples.pixels.slice(784 * i, 784 * i + 784), this.doubt = "";
    this.show(), this.say();
  }

  async open(file) {
    this.chooser.unchoose();
    try {
      const grey = await greyOfFile(file);
      this.receive(() => prepared(grey));
    } catch (why) {
      this.clear(why.message);
    }
    this.say();
  }

  show() {
    if (!this.pixels) return;
    this.shown = disturbed(this.pixels, this.how);
    this.message.textContent = this.doubt ? `Doubt it: ${this.doubt}.` : "";
    for (const view of this.networks) view.update(this.shown);
    this.drawReceived();
  }

  drawReceived() {
    const pixels = this.shown || new Uint8Array(784);
    paint(document.getElementById("seen28"), pixels, 28, 28, inkColour);
    const {input} = (this.networks.find(view => view.net.input.size > 28) || this.networks[0]).net;
    const bigger = document.getElementById("seen32");
    bigger.parentElement.hidden = input.size === 28;
    if (input.size === 28) return;
    const bytes = (input.how === "pad" ? paddedBytes : resizedBytes)(pixels, 28, input.size);
    paint(bigger, bytes, input.size, input.size, inkColour);
  }

  clear(text = EMPTY) {
    this.pixels = this.shown = null, this.message.textContent = "";
    for (const view of this.networks) view.clear(text);
    this.drawReceived();
  }

  // For screen readers: what the networks read now.
  say() {
    const several = this.networks.length > 1;
    requestAnimationFrame(() => this.announce(this.pixels ? this.networks.map(view =>
      (several ? `${view.net.title}: ` : "") + view.answer.words).concat(this.message.textContent).join(" ").trim()
      : this.networks[0].answer.text.textContent));
  }

  announce(text) {
    this.live.textContent = text;
  }
}

unpacked(CONTENT);
const app = new App();

// For tests, and for other pages: which = 0 is the first network. pixels: 784 numbers from 0 to 255.
window.scratchnet = {
  read: (pixels, which = 0) => readPixels(CONTENT.networks[which], pixels),
  gradient: (pixels, k, which = 0) => {
    const net = CONTENT.networks[which];
    return gradient(net, received(net, pixels), k);
  },
  // grey levels, H x W numbers from 0 to 255, row by row -> {pixels: 784 bytes, doubt}
  prepare: (grey, H, W) => prepared(picture(H, W, Float64Array.from(grey))),
};
