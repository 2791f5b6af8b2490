"""The exercise on the training loop."""

from types import SimpleNamespace

import numpy as np

from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.first_training import TrainingLoop, two_layers
from scratchnet.exercises.later_tasks import train
from scratchnet.exercises.topics.families import wrongs
from scratchnet.losses import CrossEntropyLoss
from scratchnet.training import fit


def loop_case(rng, dtype, images, batch_size, epochs=2, sizes=(3, 4, 3)):
    """Return a Case; the images differ, and no batch has gradients near 0."""
    F, hidden, classes = sizes
    parameters = {
        "F1.W": rng.normal(size=(hidden, F)),
        "F1.b": rng.normal(size=hidden),
        "F2.W": rng.normal(size=(classes, hidden)),
        "F2.b": rng.normal(size=classes),
    }
    arrays = {"x": rng.normal(size=(images, F)).astype(dtype), "labels": rng.permutation(np.arange(images) % classes)}
    options = {"lr": 0.2, "epochs": epochs, "batch_size": batch_size, "seed": int(rng.integers(1, 1000))}
    return Case(arrays, options=options, parameters={name: value.astype(dtype) for name, value in parameters.items()})


def trained(c, **changes):
    """Return {"losses", "F1.W", ...} of a training with changes, each a function of the state s; see RULES."""
    names = ("F1.W", "F1.b", "F2.W", "F2.b")
    rules = SimpleNamespace(**RULES | changes)
    start = {name: vars(c)[name] for name in names}
    s = SimpleNamespace(c=c, net=two_layers(start), loss=CrossEntropyLoss(), rng=np.random.default_rng(c.seed))
    s.N, s.size, s.losses, s.order = len(c.x), c.batch_size, [], None
    for s.epoch in range(rules.epochs(c)):
        s.order, s.total = rules.order(s), []
        starts = range(0, rules.end(s), rules.stride(s))
        for s.first in starts:
            s.batch = rules.batch(s)
            y = s.net.forward(c.x[s.batch])
            E = s.loss.forward(y, rules.labels(s))
            s.net.backward(rules.slope(s))
            if rules.steps(s):
                for _, value, gradient, _ in s.net.parameters():
                    value -= rules.rate(s) * gradient
            s.total.append((rules.loss(s, E), len(s.batch)))
        s.losses.append(rules.mean(s))
    return {name: value for name, value, _, _ in s.net.parameters()} | {"losses": np.array(s.losses, float)}


RULES = {
    "epochs": lambda c: c.epochs,
    "order": lambda s: s.rng.permutation(s.N),
    "end": lambda s: s.N,
    "stride": lambda s: s.size,
    "batch": lambda s: s.order[s.first : s.first + s.size],
    "labels": lambda s: s.c.labels[s.batch],
    "slope": lambda s: s.loss.backward(),
    "steps": lambda s: True,
    "rate": lambda s: s.c.lr,
    "loss": lambda s, E: E,
    "mean": lambda s: sum(E * n for E, n in s.total) / s.N,
}


def again(s):
    """The loss of the batch after the step."""
    return s.loss.forward(s.net.forward(s.c.x[s.batch]), s.c.labels[s.batch])


def last_batch_only(s):
    return s.first + s.size >= s.N


PATHS = {  # {sentence: what differs}; they change the parameters
    "Yours does not shuffle; each epoch should take the images in the order rng.permutation(len(x)).": {
        "order": lambda s: np.arange(s.N)
    },
    "Yours shuffles once; each epoch should have an order of its own: rng.permutation inside of the loop over "
    "epochs.": {"order": lambda s: s.rng.permutation(s.N) if s.order is None else s.order},
    "Yours shuffles what the epoch before has shuffled. That learns as well, but the check compares numbers: the order "
    "should be rng.permutation(len(x)), and x[order] of x as it was given.": {
        "order": lambda s: s.rng.permutation(s.N) if s.order is None else s.order[s.rng.permutation(s.N)]
    },
    "Yours shuffles the images and not the labels; both should be taken by the same indices.": {
        "labels": lambda s: s.c.labels[s.first : s.first + s.size]
    },
    "Yours leaves out the last batch where it is smaller; it should take all images.": {
        "end": lambda s: s.N // s.size * s.size
    },
    "Yours makes one step for each epoch; it should make one for each batch, inside of the loop over batches.": {
        "steps": last_batch_only
    },
    "Yours takes the first batch each time; it should take order[first : first + batch_size].": {
        "batch": lambda s: s.order[: s.size]
    },
    "Yours moves by one image from batch to batch; it should move by batch_size.": {"stride": lambda s: 1},
    "Yours takes the whole set as one batch; it should take batch_size images at a time.": {
        "stride": lambda s: s.N,
        "batch": lambda s: s.order,
    },
    "Yours trains one epoch too many; it should train `epochs`.": {"epochs": lambda c: c.epochs + 1},
    "Yours draws some images for each batch; it should use every image once in each epoch: a permutation, in pieces.": {
        "order": lambda s: None,
        "batch": lambda s: s.rng.choice(s.N, min(s.size, s.N - s.first), replace=False),
    },
    "Yours draws images with repetition; it should use every image once in each epoch.": {
        "order": lambda s: None,
        "batch": lambda s: s.rng.integers(0, s.N, s.size),
    },
    "Yours multiplies the gradient by the loss; net.backward should get loss.backward(), the slopes.": {
        "slope": lambda s: s.loss.backward() * again(s)
    },
    "Yours divides by the batch size once more; it should not: the loss is a mean already.": {
        "slope": lambda s: s.loss.backward() / len(s.batch)
    },
    "Yours multiplies by the batch size; the loss is a mean, and should stay one.": {
        "slope": lambda s: s.loss.backward() * len(s.batch)
    },
    "Yours goes up: the step should be optimizer.step(), with gradients of the sign that backward gives.": {
        "rate": lambda s: -s.c.lr
    },
    "Yours makes no step; optimizer.step() should follow net.backward.": {"steps": lambda s: False},
    "Yours makes two steps for each batch; it should make one.": {"rate": lambda s: 2 * s.c.lr},
}
LOSSES = {  # they leave the parameters as they should be
    "Yours is the mean over the batches; the last one is smaller, so it should count less: weigh by the number of "
    "images.": {"mean": lambda s: np.mean([E for E, _ in s.total])},
    "Yours is the sum over the batches; it should be the mean over the images.": {
        "mean": lambda s: sum(E for E, _ in s.total)
    },
    "Yours divides the sum over the batches by the number of images; weigh each by its images first: it should be the "
    "mean over the images.": {"mean": lambda s: sum(E for E, _ in s.total) / s.N},
    "Yours is the sum over the images; it should be their mean: divide by len(x).": {
        "mean": lambda s: sum(E * n for E, n in s.total)
    },
    "Yours is the loss of the last batch; it should be the mean over all images of the epoch.": {
        "mean": lambda s: s.total[-1][0]
    },
    "Yours is the loss of the first batch; it should be the mean over all images of the epoch.": {
        "mean": lambda s: s.total[0][0]
    },
    "Yours measures the loss after the step; it should be that of before, which loss.forward gave.": {
        "loss": lambda s, E: again(s)
    },
    "Yours is the mean of all epochs so far; it should begin anew in each epoch.": {
        "mean": lambda s: (
            (s.losses[-1] * s.epoch if s.epoch else 0) / (s.epoch + 1)
            + sum(E * n for E, n in s.total) / s.N / (s.epoch + 1)
        )
    },
    "Yours adds up from epoch to epoch; it should begin at 0 in each epoch.": {
        "mean": lambda s: (s.losses[-1] if s.epoch else 0) + sum(E * n for E, n in s.total) / s.N
    },
    "Yours multiplies each loss by batch_size; the last batch is smaller, and should be weighed by its own number.": {
        "mean": lambda s: sum(E for E, _ in s.total) * s.size / s.N
    },
}


def both(c, key, changes):
    """Return the losses or the change of a parameter, with these changes."""
    found = trained(c, **changes)
    return found["losses"][: c.epochs] if key == "losses" else found[key] - vars(c)[key]


def known(result, key, table):
    """Return the known mistakes of a table, as seen in one result."""
    return wrongs(
        result, {sentence: lambda c, changes=changes: both(c, key, changes) for sentence, changes in table.items()}
    )


ONE_TOO_MANY = "Yours trains one epoch too many; it should train `epochs`."
SEEN = {sentence: changes for sentence, changes in PATHS.items() if sentence != ONE_TOO_MANY}

PLAY = """\
from scratchnet import SGD, Linear, ScaledTanh, Sequential
from scratchnet.lessons import own_number

(images, labels), _ = own_number.digits()
for lr in (0.001, 0.01, 0.05):  # lesson 4 has 0.01
    rng = np.random.default_rng(0)
    net = Sequential(hidden=Linear(1024, 30, rng=rng), squash=ScaledTanh(), out=Linear(30, 10, rng=rng))
    parts = net, own_number.SquaredError(), SGD(net, lr=lr), images.reshape(5000, 1024), labels
    print(lr, train(*parts, epochs=3, batch_size=10, rng=rng))"""

TRAINING_LOOP = Exercise(
    name="training-loop",
    title="epochs, batches, and four calls: a network learns",
    target=train,
    task="For each epoch, for each batch: forward, loss, backward, step. Each epoch uses every image once, in a new "
    "order; the last batch is smaller if need be. Call rng.permutation(len(x)) once in each epoch, before its first "
    "batch, and take the images in that order from x as it was given: then your numbers are those of the check. The "
    "loss and the optimizer are objects, as at the end of lesson 4. Run the file to train lesson 4's network with "
    "three learning rates.",
    contract={
        "": "Train the network in place, and return the mean loss of each epoch, (epochs,).\n"
        "net: net.forward(x), net.backward(dy). loss: loss.forward(y, labels), which returns the mean over the "
        "batch, and loss.backward(), which takes nothing. optimizer: optimizer.step().\n"
        "x: (N, F); labels: (N,); rng: a numpy.random.Generator. An epoch's mean is over its N images, and each loss "
        "is that of before the step. In the check net is F1, a ScaledTanh and F2, and the loss is CrossEntropyLoss "
        "(lesson 20)."
    },
    play=PLAY,
    open=True,
    shows=(fit,),
    kind=TrainingLoop(),
    tiny=lambda rng, dtype: loop_case(rng, dtype, 3, 2, sizes=(2, 2, 2)),
    draw=lambda rng, dtype: loop_case(rng, dtype, int(rng.choice([8, 11])), 3, 3),
    real=lambda rng, dtype: [loop_case(rng, dtype, 50, 16, 2, (64, 20, 10))],
    odd=lambda rng, dtype: [
        loop_case(rng, dtype, 6, 3, 2),
        loop_case(rng, dtype, 4, 10, 2),
        loop_case(rng, dtype, 5, 1, 1),
        loop_case(rng, dtype, 7, 4, 1),
    ],
    wrong={
        "": known("mean losses", "losses", LOSSES)
        + known("mean losses", "losses", SEEN)
        + known("change of F1.W", "F1.W", PATHS)
    },
    hints=(
        "Two loops: for epoch in range(epochs), and inside for first in range(0, len(x), batch_size).",
        "order = rng.permutation(len(x)) at the start of an epoch; batch = order[first : first + batch_size] are "
        "indices.",
        "In the inner loop: y = net.forward(x[batch]), then the loss, then net.backward(loss.backward()), then the "
        "step.",
        "Add E * len(batch) to a sum that begins at 0 in each epoch, and divide it by len(x) at the end of the epoch.",
    ),
)
