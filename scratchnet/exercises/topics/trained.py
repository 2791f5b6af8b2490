"""The exercises on a trained network: what it is without one map, and how many to refuse for fewer errors."""

import copy

import numpy as np

from scratchnet.exercises.cases import gaps
from scratchnet.exercises.definition import Case, Exercise, Wrong
from scratchnet.exercises.kinds import Function
from scratchnet.exercises.tasks import Erasing, errors_without_each_map, small_network
from scratchnet.exercises.topics.refusals import REFUSAL_WRONG, answers, told_apart
from scratchnet.metrics import share_to_refuse


def network_case(rng, images=40, maps=(4, 3), side=8, name="C3"):
    """Return a Case with a small network that reads most of its images right."""
    shapes = {"C1": (maps[0], 1, 3, 3), "C3": (maps[1], maps[0], 3, 3)}
    parameters = {}
    for layer, shape in shapes.items():
        parameters |= {f"{layer}.W": rng.normal(size=shape) / 2, f"{layer}.b": rng.normal(size=shape[0])}
    parameters["codes"] = rng.normal(size=(5, maps[1] * (side - 4) ** 2))
    x = rng.normal(size=(images, 1, side, side))
    read = small_network(parameters).forward(x).argmin(axis=1)
    labels = np.where(rng.random(images) < 0.2, rng.integers(0, 5, images), read)
    sizes = {"images": images, "maps": maps[1]}
    return Case({"x": x, "labels": labels}, options={"name": name}, parameters=parameters, sizes=sizes)


def erased(c, chosen, W=True, b=True, inputs=False, best="argmin"):
    """Return the errors in percent with the maps chosen(o) of the layer erased, for each map o, with a mistake."""
    errors = []
    for o in range(len(vars(c)[f"{c.name}.W"])):
        parameters = copy.deepcopy({name: vars(c)[name] for name in ("C1.W", "C1.b", "C3.W", "C3.b", "codes")})
        weights, maps = parameters[f"{c.name}.W"], chosen(o)
        if W:
            weights[(slice(None), maps) if inputs else maps] = 0
        if b:
            parameters[f"{c.name}.b"][maps] = 0
        read = getattr(small_network(parameters).forward(c.x), best)(axis=1)
        errors.append(100 * np.mean(read != c.labels))
    return np.array(errors)


def just(o):
    return slice(o, o + 1)


def nothing(o):
    return slice(0, 0)


ERASE = Exercise(
    name="erase",
    title="which map is missed most",
    target=errors_without_each_map,
    task="Erase one map after the other, each alone, and measure. net[name] is the layer; its W is (maps, input maps, "
    "height, width), its b (maps,). evaluate(net, (x, labels)).error is the error in percent. You may change the "
    "network, if it is the same again at the end.",
    contract={
        "": "Return the error in percent that the network has without map 0, 1, 2, ... of a convolution: "
        "(maps,).\n"
        "net: a Sequential; name: of the convolution in it. A map is erased if its weights and its "
        "bias are 0.\n"
        "x (N, 1, H, W), labels (N,): the images to measure the error on. The network is left as it "
        "was.",
    },
    gives=("import copy", "", "from scratchnet import evaluate"),
    kind=Erasing(),
    open=True,
    tiny=lambda rng, dtype: network_case(rng, 20, (4, 3), 6),
    draw=lambda rng, dtype: network_case(rng, 100, (5, 4)),
    real=lambda rng, dtype: [network_case(rng, 50, (6, 16), 14)],
    odd=lambda rng, dtype: [
        network_case(rng, 40, (3, 4), name="C1"),
        network_case(rng, 40, (3, 5)),
        network_case(rng, 1, (2, 1)),
    ],
    wrong={
        "": (
            Wrong("errors", "Yours is a share; it should be in percent, 100 times that.", lambda c: c.errors / 100),
            Wrong("errors", "Yours is how many are read right; it should be the error.", lambda c: 100 - c.errors),
            Wrong("errors", "Yours is how many are read right; it should be the error.", lambda c: 1 - c.errors / 100),
            Wrong(
                "errors",
                "Yours counts the images; it should be in percent of them.",
                lambda c: c.errors * len(c.x) / 100,
            ),
            Wrong("errors", "Yours leaves b; it should set b[o] to 0 too.", lambda c: erased(c, just, b=False)),
            Wrong("errors", "Yours leaves W; it should set W[o] to 0 too.", lambda c: erased(c, just, W=False)),
            Wrong(
                "errors",
                "Yours erases what the layer reads of an input map, W[:, o]; it should erase the output map, W[o].",
                lambda c: erased(c, just, inputs=True),
            ),
            Wrong(
                "errors",
                "Yours erases what the layer reads of an input map, W[:, o]; it should erase the output map, W[o].",
                lambda c: erased(c, just, b=False, inputs=True),
            ),
            Wrong(
                "errors",
                "Yours erases the maps before too; it should put each back, or begin each time with a new copy.",
                lambda c: erased(c, lambda o: slice(0, o + 1)),
            ),
            Wrong(
                "errors",
                "Yours erases all other maps; it should erase map o and leave the others.",
                lambda c: erased(c, lambda o: [n for n in range(len(c.errors)) if n != o]),
            ),
            Wrong(
                "errors",
                "Yours erases all maps at once; it should erase one at a time.",
                lambda c: erased(c, lambda o: slice(None)),
            ),
            Wrong(
                "errors",
                "Yours is the error of the whole network, for each map; it should evaluate the copy that lacks a map.",
                lambda c: erased(c, nothing),
            ),
            Wrong(
                "errors",
                "Yours is by how much the error rises; it should be the error itself.",
                lambda c: c.errors - erased(c, nothing),
            ),
            Wrong(
                "errors",
                "Yours is by how much the error falls; it should be the error itself.",
                lambda c: erased(c, nothing) - c.errors,
            ),
            Wrong(
                "errors",
                "Yours is the error divided by that of the whole network; it should be the error itself.",
                lambda c: c.errors / erased(c, nothing),
            ),
            Wrong(
                "errors",
                "Yours reads the class of the largest penalty; it should be the smallest. evaluate knows that.",
                lambda c: erased(c, just, best="argmax"),
            ),
        )
    },
    hints=(
        "A loop over the maps: for o in range(len(net[name].W)). Collect the errors in a list; return np.array of it.",
        "In the loop: other = copy.deepcopy(net) is a network of its own, with arrays of its own.",
        "other[name].W[o] = 0 and other[name].b[o] = 0 erase map o. W[:, o] would be another thing.",
        "Then evaluate(other, (x, labels)).error, into the list.",
    ),
)


def doubts_case(rng, dtype, images, error=None, memory=np.ascontiguousarray, same=0):
    """Return a Case in which the wrong answers are mostly doubtful ones. same: how many values a doubt can have."""
    doubt = rng.permutation(images) / images if not same else rng.integers(0, same, images) / same
    wrong = rng.random(images) < 0.05 + 0.6 * doubt**2
    error = float(rng.uniform(0.3, 0.7) * 100 * wrong.mean()) if error is None else error
    return Case({"doubt": memory((10 * doubt).astype(dtype)), "wrong": memory(wrong), "error": error})


def given_case(doubt, wrong, error):
    return Case({"doubt": np.array(doubt, float), "wrong": np.array(wrong, bool), "error": float(error)})


BY_HAND = [1, 5, 7, 6, 11, 2, 9, 3, 8, 4, 10], [0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 0], 50


def telling_case(rng, dtype):
    """Return a random Case in which mistakes differ that are alike in the case by hand."""
    small = given_case(*BY_HAND)
    alike = answers(small, share_to_refuse(**small.arrays))
    while True:
        case = doubts_case(rng, dtype, int(rng.integers(60, 90)))
        if told_apart(alike, answers(case, share_to_refuse(**case.arrays))):
            return case


REJECTION = Exercise(
    name="rejection",
    title="how many to refuse for fewer errors",
    target=share_to_refuse,
    task="Any sign of doubt will do: minus the margin, the smallest penalty, minus the probability. Where it is "
    "larger, the answer is less sure. error is in percent, like what you return.",
    contract={
        "": "Return the smallest share of digits (%) to refuse, so that of those that are read at most "
        "`error` % are wrong.\n"
        "doubt: (N,), larger for a less sure answer; wrong: (N,) bool, whether the answer is wrong.\n"
        "The most doubtful are refused first, digits of equal doubt together. If all are refused, "
        "none is read wrong.",
    },
    play="print(share_to_refuse(np.arange(8), np.arange(8) > 5, 10))",
    kind=Function("share"),
    tiny=lambda rng, dtype: given_case(*BY_HAND),
    draw=lambda rng, dtype: telling_case(rng, dtype),
    real=lambda rng, dtype: [doubts_case(rng, dtype, 5_000)],
    odd=lambda rng, dtype: [
        given_case([1, 2, 3, 4], [0, 0, 0, 0], 0),
        given_case([1, 2, 3, 4], [1, 0, 0, 1], 10),
        given_case([1, 2, 3, 4], [1, 1, 1, 1], 50),
        given_case([1, 2, 3, 3, 3], [0, 1, 0, 0, 1], 25),
        given_case([1, 2, 2, 2, 3], [0, 0, 1, 0, 1], 20),
        given_case([5, 5, 5, 5], [0, 0, 0, 1], 10),
        doubts_case(rng, dtype, 60, same=6),
        doubts_case(rng, dtype, 40, memory=gaps),
        doubts_case(rng, dtype, 50, error=100.0),
        given_case([2], [1], 0),
    ],
    wrong={"": REFUSAL_WRONG},
    hints=(
        "order = np.argsort(doubt) puts the surest first. wrong[order] is in the same order.",
        "If the n surest are read, np.cumsum(wrong[order])[n - 1] of them are wrong: 100 * that / n percent.",
        "Look for the largest n for which that is <= error; the rest is refused, 100 * (N - n) / N. If there is no "
        "such n, all are refused: 100.",
        "Equal doubts stay together: n is possible only if doubt[order][n - 1] < doubt[order][n], or if n is N.",
    ),
)
