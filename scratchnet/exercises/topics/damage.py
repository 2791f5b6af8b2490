"""The exercise on pruning: which parameters are worth keeping."""

import numpy as np

from scratchnet.exercises.definition import Case, Exercise, Factors, Wrong
from scratchnet.exercises.kinds import Pruning, earlier
from scratchnet.exercises.topics.levenberg import curvature_case
from scratchnet.exercises.topics.steps import ONLY_FIRST
from scratchnet.training.pruning import OptimalBrainDamage

REMOVED = "it should remove round(share * number of all parameters)."


def small_biases(case):
    """The case with biases that are removed first."""
    return Case(case.arrays | {"b": case.arrays["b"] / 1000}, options=case.options)


def saliency(sentence, make):
    return Wrong("saliency of W", sentence, make)


def least(s, count):
    """The indices of the `count` smallest."""
    return np.argsort(s, kind="stable")[:count]


def pruned(c, name="W", doomed=None, by=None):
    """Return W or b after pruning with a mistake. doomed: saliencies, share -> indices of what is removed."""
    h, w = np.concatenate([c.hW.ravel(), c.hb]), np.concatenate([c.W.ravel(), c.b])
    s = by(h, w) if by else h * w**2 / 2
    left = w.copy()
    left[doomed(s, c.share) if doomed else least(s, round(c.share * s.size))] = 0
    size = c.W.size
    return left[:size].reshape(c.W.shape) if name == "W" else left[size:]


def apart(c, name):
    """A share of each parameter."""
    w, h = (c.W, c.hW) if name == "W" else (c.b, c.hb)
    left = w.ravel().copy()
    left[least((h * w**2).ravel(), round(c.share * w.size))] = 0
    return left.reshape(w.shape)


def doomed(sentence, which):
    """Return the known wrong answers of a choice of entries, in W, or in b where W is right by accident."""
    return [
        Wrong(f"{name} after pruning", sentence, lambda c, name=name: pruned(c, name, which)) for name in ("W", "b")
    ]


COUNTS = (9, 10, 12, 13, 18, 19)  # of 32 parameters: the share of a whole number, and not of half of them
PRUNE_WRONG = (
    Wrong("b after pruning", ONLY_FIRST, lambda c: c.b),
    Wrong(
        "W after pruning",
        "Yours removes everything where share is 0, because s[count - 1] is s[-1] there; it should remove nothing.",
        lambda c: pruned(c) if c.share else 0 * c.W,
    ),
    *doomed(
        f"Yours takes np.quantile as the limit, which lies between two saliencies; {REMOVED}",
        lambda s, share: np.flatnonzero(s <= np.quantile(s, share)),
    ),
    *doomed(
        "Yours removes the most salient weights; it should remove the least salient.",
        lambda s, share: least(-s, round(share * s.size)),
    ),
    *doomed(
        "Yours keeps what it should remove, and removes the rest.",
        lambda s, share: np.argsort(s, kind="stable")[round(share * s.size) :],
    ),
    *doomed(f"Yours removes 1 - share of all; {REMOVED}", lambda s, share: least(s, round((1 - share) * s.size))),
    *doomed(
        "Yours removes int(share * size) weights; it should remove round(share * size).",
        lambda s, share: least(s, int(share * s.size)),
    ),
    *doomed(
        "Yours rounds up; it should remove round(share * size) weights.",
        lambda s, share: least(s, int(np.ceil(share * s.size))),
    ),
    *doomed(
        "Yours removes one weight too many; it should remove those up to np.sort(s)[count - 1].",
        lambda s, share: least(s, round(share * s.size) + 1),
    ),
    *doomed(
        "Yours removes one weight too few; it should remove the one at the limit too: '<=' and not '<'.",
        lambda s, share: least(s, max(round(share * s.size) - 1, 0)),
    ),
    *doomed(
        "Yours takes share * the largest saliency as the limit; it should remove a share of the number of parameters.",
        lambda s, share: np.flatnonzero(s <= share * s.max()),
    ),
    *doomed(
        "Yours takes the share itself as the limit of the saliency; it should remove a share of the number of "
        "parameters.",
        lambda s, share: np.flatnonzero(s <= share),
    ),
    *doomed(
        "Yours takes np.argsort for ranks; it should not: argsort gives the indices in order, and the first `count` of "
        "them are to be removed.",
        lambda s, share: np.flatnonzero(np.argsort(s) < round(share * s.size)),
    ),
    *(
        Wrong(
            f"{name} after pruning",
            "Yours takes a share of each parameter, or of the weights alone; it should order all of them together.",
            lambda c, name=name: apart(c, name),
        )
        for name in ("W", "b")
    ),
    Wrong(
        "W after pruning",
        "Yours removes the smallest weights; it should remove those of the smallest saliency.",
        lambda c: pruned(c, by=lambda h, w: np.abs(w)),
    ),
    Wrong(
        "W after pruning",
        "Yours leaves every weight as it was; it should change the parameters in place: W[...] = 0.",
        lambda c: c.W,
    ),
    Wrong(
        "W after pruning",
        "Yours makes the weights smaller; they should be 0.",
        lambda c: (c.W + pruned(c)) / 2,
    ),
)
SALIENCY_WRONG = (
    saliency(
        "Yours has the saliencies of the estimate before; it should call engine.curvatures first, and then compute all "
        "of them again.",
        lambda c: earlier(c.hW) * c.W**2 / 2,
    ),
    saliency("Yours is |w| or w^2, without the curvature; it should be h w^2 / 2.", lambda c: np.abs(c.W)),
    saliency("Yours does not square w; it should be h w^2 / 2.", lambda c: c.hW * c.W / 2),
    saliency("Yours does not square w; it should be h w^2 / 2.", lambda c: c.hW * np.abs(c.W) / 2),
    saliency("Yours has no 1/2; it should be h w^2 / 2.", lambda c: c.hW * c.W**2),
    saliency(
        "Yours has no curvature; it should be h w^2 / 2: small weights are not always the least important.",
        lambda c: c.W**2 / 2,
    ),
    saliency("Yours has no weight; it should be h w^2 / 2.", lambda c: c.hW / 2),
    saliency("Yours squares the curvature; it should square w only.", lambda c: (c.hW * c.W) ** 2 / 2),
    saliency("Yours squares everything; it should square w only.", lambda c: (c.hW * c.W / 2) ** 2),
    saliency("Yours divides by the curvature; it should multiply: h w^2 / 2.", lambda c: c.W**2 / (2 * c.hW)),
    saliency("Yours adds h and w^2; it should multiply them: h w^2 / 2.", lambda c: (c.hW + c.W**2) / 2),
    saliency("Yours is negative; it should be positive: h w^2 / 2.", lambda c: -c.hW * c.W**2 / 2),
    Factors(
        "saliency of W",
        "Yours has another factor than 1/2; it should be h w^2 / 2.",
        lambda c: np.stack([c.hW * c.W**2]),
    ),
)

BRAIN_DAMAGE = Exercise(
    name="optimal-brain-damage",
    title="which weights are worth keeping",
    target=OptimalBrainDamage,
    methods=("estimate_by", "prune"),
    task="estimate_by begins as in sdlm: engine.curvatures stores hW beside every parameter W. It sets "
    "self.saliency, a dict with the keys (leaf, name), for every leaf of self.net.leaves() and every name of "
    "leaf.params. prune sets round(share * number of all parameters) of them to 0.",
    contract={
        "": "Remove the weights that matter least (Y. LeCun, J. Denker, S. Solla, 1990).\n"
        "The saliency of a weight is what E gains, to second order, when the weight becomes 0 at a "
        "minimum of E; the curvatures are diagonal, those of SDLM.\n"
        "self.saliency: {(leaf, name): array like the parameter}, of every parameter, biases "
        "included.",
        "estimate_by": "Set every saliency from the curvatures of an engine, which has the loss.",
        "prune": "Set this share of all parameters to 0, in place: those of the smallest saliency, in all "
        "layers together.\n"
        "Parameters that are 0 already count too, also the blanks of a connection table.",
    },
    kind=Pruning(),
    tiny=lambda rng, dtype: curvature_case(rng, dtype, share=0.5),
    draw=lambda rng, dtype: small_biases(curvature_case(rng, dtype, (4, 7), share=int(rng.choice(COUNTS)) / 32)),
    real=lambda rng, dtype: [curvature_case(rng, dtype, (84, 120), share=0.4)],
    odd=lambda rng, dtype: (
        [curvature_case(rng, dtype, (3, 4), share=share) for share in (0.35, 0.15, 0.0, 0.11, 0.24, 0.64, 1.0)]
        + [curvature_case(rng, dtype, shape, share=0.45) for shape in ((2, 2), (1, 5), (4, 1))]
        + [small_biases(curvature_case(rng, dtype, (3, 4), share=share)) for share in (0.15, 0.11, 0.25)]
    ),
    points=2,
    wrong={"estimate_by": SALIENCY_WRONG, "prune": PRUNE_WRONG},
    hints=(
        "The saliency of a parameter is h w^2 / 2, entry by entry: an array of its shape.",
        "prune: np.concatenate the raveled saliencies of all arrays; np.argsort gives the smallest.",
        "Or find the largest saliency that is removed, and set to 0 where saliency <= that value.",
        "In place: W = getattr(leaf, name); W[saliency <= limit] = 0. If none is removed, there is no limit.",
    ),
)
