"use strict";
// One sentence for each layer, in the words of the lessons.

function count(n, one) {
  return `${n} ${one}${n === 1 ? "" : "s"}`;
}

function size(shape) {
  if (shape.length < 3 || shape[1] * shape[2] === 1) return `${shape[0]}`;
  return `${shape[0] === 1 ? "" : `${shape[0]}@`}${shape[1]}x${shape[2]}`;
}

// What stands under the title of a stage, as below the paper's Fig. 2.
const CAPTIONS = {
  Conv2d: "convolutions", Subsampling: "subsampling", MaxPool2d: "max pooling", AvgPool2d: "average pooling",
  Linear: "full connection", LastAxisLinear: "along the rows", RBF: "penalties", Softmax: "softmax",
};

function inputWords(net) {
  const {size: n, levels, how} = net.input, ink = levels.data[255].toFixed(3), ground = levels.data[0].toFixed(3);
  const made = {pad: " The border gives the windows room around the ink.", resize: " The picture is enlarged.", "": ""};
  return `INPUT is what the network receives: ${n} x ${n} numbers, ${ground} for the background and ${ink} for full `
    + `ink.${made[how]}`;
}

function convolutionWords({name, before, layer, x, y}) {
  const [O, , kh, kw] = layer.W.shape, maps = count(O, "map");
  if (y[1] * y[2] === 1) {
    return `${name} is a convolution whose windows cover the whole maps of ${before}, so each of its ${maps} is one `
      + "number. On a wider image, it would be a row of numbers.";
  }
  if (x[0] === 1) {
    return `${name} is a convolution: each of its ${maps} slides its own ${kh} x ${kw} weights over the picture and `
      + "answers where it finds the same small feature. All places of a map share these weights.";
  }
  const table = layer.dense ? `Each of its ${maps} reads all maps of ${before}.`
    : `The paper's Table I says which maps of ${before} each of its ${maps} reads: so they learn different features.`;
  return `${name} is a convolution that combines features of several maps. ${table}`;
}

function linearWords({name, before, x, y, last}) {
  if (last) return `${name} gives a score for each class: a weighted sum of all ${x[0]} numbers. The largest wins.`;
  const picture = y[0] === 84 ? " Seen as 7 x 12 pixels, the paper's F6 learns to draw the code of the class." : "";
  return `${name} is fully connected: each of its ${y[0]} units is a weighted sum of all outputs of ${before}.`
    + picture;
}

const SENTENCES = {
  Conv2d: convolutionWords,
  Linear: linearWords,
  Subsampling: ({name}) => `${name} subsamples: it adds the 2 x 2 neighbours of a map, multiplies the sum by one `
    + "learned coefficient and adds one learned bias. The maps become half as wide, so the exact place of a feature "
    + "matters less.",
  MaxPool2d: ({name}) => `${name} takes the largest number of each window: the feature is there, and where exactly `
    + "matters less. The paper's subsampling adds them instead.",
  AvgPool2d: ({name}) => `${name} takes the mean or the sum of each window, so the exact place of a feature matters `
    + "less. The paper's subsampling also has a learned coefficient and bias.",
  RBF: ({name, before, y}) => `${name} compares the outputs of ${before} with the codes of the ${y[0]} classes: each `
    + "penalty is the squared distance from one code. The smallest penalty wins.",
  Softmax: ({name}) => `${name} makes probabilities of the scores: they are positive and add up to 1.`,
  LastAxisLinear: ({name}) => `${name} mixes the columns of each row with learned weights, the same for all rows.`,
};

function sentence(stage) {
  const write = SENTENCES[stage.layer.kind];
  const squashed = stage.squash && write ? ` Then every number is squashed by ${stage.squash}.` : "";
  return (write ? write(stage) : `${stage.name} is ${stage.layer.repr}.`) + squashed;
}

const SQUASHED_BY = {
  Tanh: ({A, S}) => A === 1 && S === 1 ? "tanh" : `${A} tanh(${S === 1 ? "" : "2/3 "}x)`,
  ReLU: () => "ReLU: negative numbers become 0", Sigmoid: () => "the sigmoid",
};

// A number as people write it: as many digits as help.
function written(value) {
  const most = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  return most >= 1000 ? value.toFixed(0) : most >= 100 ? value.toFixed(1) : most >= 0.01 || most === 0
    ? value.toFixed(2) : value.toPrecision(1);
}

// The same with a digit more, for sums that people add up themselves.
function exact(value) {
  return Math.abs(value) < 100 && Math.abs(value) >= 0.001 ? value.toFixed(3) : written(value);
}

function percent(p) {
  return p > 0.999 && p < 1 ? `${(100 * p).toFixed(2)} %` : `${(100 * p).toFixed(1)} %`;
}
