"use strict";
// The MAP loss: how hard it pushes the penalties of the right class and of one wrong class that have the same y.

// p = e^-y / (e^-j + sum of e^-y over the classes): the size of the gradient of a wrong class, and 1 - p that of the right.
function probability(y, j, penalties) {
  return Math.exp(-y) / (Math.exp(-j) + penalties.reduce((sum, other) => sum + Math.exp(-other), 0));
}

widgets.penalties = figure => {
  const picture = drawing(400, 260);
  const j = slider("j", {min: 0, max: 84, step: 1, value: 10}, show);
  const y = slider("Penalty of both", {min: 0, max: 84, step: 0.5, value: 12, written: x => number(x, 1)}, show);
  const {parts, line, dot} = axes({width: 400, height: 260, x: [0, 84], y: [0, 1], xTicks: [0, 20, 40, 60, 80],
    yTicks: [0, 0.25, 0.5, 0.75, 1], xLabel: "penalty of the right and of one wrong class", yLabel: "size of the gradient"});
  const says = widget(figure, "Try it: what j does. The solid line is the push on the wrong class, the dashed line the " +
    "pull on the right class.", j.whole, y.whole, picture.svg);

  function show() {
    const push = x => probability(x, j.value, [x, x]), at = range(0, 84, 0.5), p = push(y.value);
    picture.redraw(`With j = ${j.value} the push on the wrong class is 0.5 for small penalties and falls to 0 around j.`,
      ...parts, drawn("g", {}, line([[j.value, 0], [j.value, 1]], "mark")), line(at.map(x => [x, push(x)]), "curve"),
      line(at.map(x => [x, 1 - push(x)]), "other"), dot([y.value, p], "now"), dot([y.value, 1 - p], "step"));
    says.textContent = `With j = ${j.value} and both penalties ${number(y.value, 1)}: the wrong class is pushed with ` +
      `${number(p, 4)}, the right class is pulled with ${number(1 - p, 4)}.`;
  }
  show();
};
