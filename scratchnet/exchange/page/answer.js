"use strict";
// The answer of a network: the class, the runner-up, the doubt, and a bar for each class.

// How good the best answer is and how far ahead of the runner-up, as in scratchnet/runs/doubt.py: minus the penalty, or
// the logarithm of the probability.
function certainty(net, outputs) {
  const scores = scoresOf(net, outputs);
  const values = net.penalties ? scores : probabilities(scores).map(p => Math.log(Math.max(p, 1e-300)));
  const ordered = [...values].sort((a, b) => b - a);
  return {best: ordered[0], ahead: ordered[0] - ordered[1]};
}

// A sentence if an answer is beyond what 99.9 % of the right answers reach, else "".
function doubtOf(net, outputs, names) {
  const {best, ahead} = certainty(net, outputs), limits = net.limits;
  const what = CONTENT.digits ? "digit" : "picture of this kind";
  if (limits.best === undefined) return "";
  if (best < limits.best && net.penalties) {
    return `Perhaps no ${what}: 99.9 % of the right answers have a penalty below ${(-limits.best).toFixed(1)}.`;
  }
  if (best < limits.best) {
    return `Perhaps no ${what}: 99.9 % of the right answers have a probability above `
      + `${(100 * Math.exp(limits.best)).toFixed(1)} %.`;
  }
  return ahead < limits.ahead
    ? `Perhaps ${names[ranking(net, outputs)[1]]}: for 99.9 % of the right answers the runner-up is farther away.` : "";
}

function amounts(net, outputs) {
  return net.penalties ? Array.from(outputs) : probabilities(scoresOf(net, outputs));
}

function amountInWords(net, value) {
  return net.penalties ? `penalty ${value.toFixed(1)}` : percent(value);
}

class Answer {
  constructor(net, names) {
    this.net = net, this.names = names;
    this.digit = made("p", {className: "digit"}, "?");
    this.text = made("p", {className: "reading"}, "Draw a digit, or choose a picture.");
    this.doubt = made("p", {className: "doubt", hidden: true});
    this.bars = names.map(name => {
      const bar = made("span", {className: "amount"}), value = made("td", {className: "value"}), rank = made("td");
      return {bar, value, rank, row: made("tr", {}, made("th", {scope: "row"}, name),
        made("td", {className: "track"}, bar), value, rank)};
    });
    const wins = net.penalties ? "Penalties: the smallest wins." : "Probabilities: the largest wins.";
    this.element = made("div", {className: "answer"},
      made("div", {className: "said"}, this.digit, this.text), this.doubt,
      made("table", {className: "bars"}, made("caption", {}, wins), ...this.bars.map(bar => bar.row)));
  }

  show(outputs) {
    const order = ranking(this.net, outputs), values = amounts(this.net, outputs);
    const most = this.net.penalties ? Math.max(...values) : 1;
    this.bars.forEach(({bar, value, rank, row}, k) => {
      bar.style.width = `${100 * values[k] / most}%`;
      value.textContent = this.net.penalties ? values[k].toFixed(1) : percent(values[k]);
      rank.textContent = ["first", "second"][order.indexOf(k)] || "";
      row.className = rank.textContent;
    });
    this.digit.textContent = this.names[order[0]];
    this.text.textContent = `It reads ${this.names[order[0]]} (${amountInWords(this.net, values[order[0]])}), then `
      + `${this.names[order[1]]} (${amountInWords(this.net, values[order[1]])}).`;
    this.doubt.textContent = doubtOf(this.net, outputs, this.names);
    this.doubt.hidden = !this.doubt.textContent;
  }

  clear(text) {
    this.digit.textContent = "?", this.text.textContent = text, this.doubt.hidden = true;
    for (const {bar, value, rank, row} of this.bars) {
      bar.style.width = "0", value.textContent = "", rank.textContent = "", row.className = "";
    }
  }

  // For a screen reader: the answer and the doubt.
  get words() {
    return [this.text.textContent, this.doubt.textContent].filter(Boolean).join(" ");
  }
}
