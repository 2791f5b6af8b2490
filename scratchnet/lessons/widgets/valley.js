"use strict";
// Gradient descent in the valley E = (100 u^2 + v^2) / 2, from (1, 1).

const CURVATURE = [100, 1];

// w <- w - eps dE/dw, where dE/dw = curvature * w; eps has a number for each of u and v. All points, the first included.
function descent(eps, steps) {
  const path = [[1, 1]];
  for (let n = 0; n < steps; n++) path.push(path[n].map((w, i) => w - eps[i] * CURVATURE[i] * w));
  return path;
}

function valley([u, v]) {
  return (CURVATURE[0] * u ** 2 + CURVATURE[1] * v ** 2) / 2;
}

// Points of the ellipse on which E has this value.
function level(E) {
  return range(0, 120).map(i => 2 * Math.PI * i / 120).map(angle =>
    [Math.sqrt(2 * E / CURVATURE[0]) * Math.cos(angle), Math.sqrt(2 * E / CURVATURE[1]) * Math.sin(angle)]);
}

widgets.valley = figure => {
  const picture = drawing(400, 320);
  const size = slider("Step size", {min: 0.001, max: 0.022, step: 0.0005, value: 0.019, written: x => number(x, 4)}, show);
  const steps = slider("Steps", {min: 0, max: 300, step: 1, value: 20}, show);
  const box = element("input", {type: "checkbox"});
  box.addEventListener("change", show);
  const each = element("label", {class: "choice"}, box, element("span", {}, "a step size for each: half of 1 / curvature"));
  const {parts, line, dot} = axes({width: 400, height: 320, x: [-1.2, 1.2], y: [-0.2, 1.2], xTicks: [-1, -0.5, 0, 0.5, 1],
    yTicks: [0, 0.5, 1], xLabel: "u, where the valley is steep", yLabel: "v, where it is flat"});
  const levels = [0.02, 0.1, 0.5, 2, 8, 20, 50].map(E => line(level(E), "level"));
  const says = widget(figure, "Try it: the path of gradient descent. Each ellipse joins points where E is the same.",
    size.whole, steps.whole, each, picture.svg);

  function show() {
    size.input.disabled = box.checked;
    const eps = box.checked ? CURVATURE.map(c => 0.5 / c) : [size.value, size.value];
    const path = descent(eps, steps.value), [u, v] = path[steps.value], E = valley([u, v]);
    picture.redraw(`The path from (1, 1) over ${steps.value} steps. The lowest point of the valley is (0, 0).`, ...parts,
      ...levels, line(path, "curve"), ...path.map(w => dot(w, "step", 3)), dot([u, v], "now"));
    says.textContent = `After ${steps.value} steps: u = ${number(u, 3)}, v = ${number(v, 3)}, E = ${number(E, 4)}.` +
      (Math.abs(u) > 1.2 ? " The point is outside of the picture." : "");
  }
  show();
};
