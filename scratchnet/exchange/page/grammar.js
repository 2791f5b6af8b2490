"use strict";
// A string from a wide image: LeNet-5 at every position (paper, VII), then the path with the smallest sum of penalties,
// as in scratchnet/models/displacement.py and grammar.py.

// The penalties of a strip {H: 32, W, data}: an array of positions, each an array of classes. The maps are computed
// once for all positions, which are 4 pixels apart; F6 and the output layer then answer at each position of C5.
function penaltiesAlong(net, strip) {
  let x = tensor([1, strip.H, strip.W], Float32Array.from(strip.data, p => net.input.levels.data[p]));
  const flat = net.layers.findIndex(layer => layer.kind === "Flatten");
  for (const layer of net.layers.slice(0, flat)) x = FORWARD[layer.kind](x, layer);
  const [units, , positions] = x.shape;
  return Array.from({length: positions}, (_, k) => {
    let y = tensor([units], Float32Array.from({length: units}, (_, u) => x.data[u * positions + k]));
    for (const layer of net.layers.slice(flat + 1)) y = FORWARD[layer.kind](y, layer);
    return Array.from(y.data);
  });
}

// cost[c, t] = y[c, t] + min(cost[c, t - 1], cost[blank, t - 1])     for a character c
// cost[blank, t] = y[blank, t] + min over all classes of cost[:, t - 1]
// The last class is the blank. Returns the class at each position.
function cheapestPath(penalties) {
  const classes = penalties[0].length, blank = classes - 1, before = [];
  let cost = penalties[0];
  for (const y of penalties.slice(1)) {
    const best = cost.indexOf(Math.min(...cost));
    before.push(cost.map((v, c) => c === blank ? best : cost[blank] < v ? blank : c));
    cost = y.map((v, c) => v + cost[before.at(-1)[c]]);
  }
  const path = [cost.indexOf(Math.min(...cost))];
  for (const step of before.reverse()) path.unshift(step[path[0]]);
  return path;
}

// {text, places, path}: a character is read where the path enters it; its place is where its penalty is smallest.
function readString(penalties) {
  const path = cheapestPath(penalties), blank = penalties[0].length - 1, places = [];
  path.forEach((c, t) => {
    if (c === blank) return;
    if (path[t - 1] !== c) places.push(t);
    else if (penalties[t][c] < penalties[places.at(-1)][c]) places[places.length - 1] = t;
  });
  return {text: places.map(t => path[t]).join(""), places, path};
}
