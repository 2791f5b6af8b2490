"use strict";
// One unit of a subsampling layer: f(w s + b), where s is the sum of four pixels, and f the squashing function.

function squash(a) {
  return 1.7159 * Math.tanh(2 / 3 * a);
}

// dark pixels are +1, light ones -1: s = 2 dark - 4
function unit(dark, w, b) {
  return squash(w * (2 * dark - 4) + b);
}

widgets.coefficient = figure => {
  const picture = drawing(400, 260);
  const w = slider("Coefficient w", {min: 0, max: 4, step: 0.1, value: 0.1, written: x => number(x, 1)}, show);
  const b = slider("Bias b", {min: -10, max: 10, step: 0.5, value: 0, written: x => number(x, 1)}, show);
  const {parts, line, dot} = axes({width: 400, height: 260, x: [0, 4], y: [-2, 2], xTicks: [0, 1, 2, 3, 4],
    yTicks: [-2, -1, 0, 1, 2], xLabel: "dark pixels among the four", yLabel: "answer of the unit"});
  const says = widget(figure, "Try it: the answer of a unit to 0, 1, 2, 3 or 4 dark pixels.", w.whole, b.whole, picture.svg);

  function show() {
    const answers = range(0, 4).map(dark => unit(dark, w.value, b.value));
    picture.redraw(`The answer of the unit over the number of dark pixels, for w = ${number(w.value, 1)} and b = ` +
      `${number(b.value, 1)}.`, ...parts, line(range(0, 4, 0.05).map(dark => [dark, unit(dark, w.value, b.value)]), "curve"),
      ...answers.map((y, dark) => dot([dark, y], "now")));
    says.textContent = `Answers to 0, 1, 2, 3 and 4 dark pixels: ${answers.map(y => number(y)).join(", ")}.`;
  }
  show();
};
