"""The exercise on pruning: which parameters are worth keeping."""

import numpy as np

from scratchnet.exercises.definition import Exercise, Wrong
from scratchnet.exercises.kinds import Pruning
from scratchnet.exercises.topics.descent import curvature_case
from scratchnet.training.pruning import OptimalBrainDamage

BRAIN_DAMAGE = Exercise(
    number=0,
    name="optimal-brain-damage",
    lesson=13,
    title="which weights are worth keeping",
    target=OptimalBrainDamage,
    methods=("estimate_by", "prune"),
    task="estimate_by begins as in sdlm: engine.curvatures stores hW beside every parameter W. It sets "
    "self.saliency, a dict with the keys (leaf, name), for every leaf of self.net.leaves() and every name of "
    "leaf.params. prune sets round(share * number of all parameters) of them to 0.",
    kind=Pruning(),
    tiny=lambda rng, dtype: curvature_case(rng, dtype, share=0.5),
    draw=lambda rng, dtype: curvature_case(rng, dtype, (4, 5), share=float(rng.uniform(0.3, 0.7))),
    real=lambda rng, dtype: [curvature_case(rng, dtype, (84, 120), share=0.4)],
    odd=lambda rng, dtype: [curvature_case(rng, dtype, (3, 4), share=share) for share in (0.0, 0.11, 0.24, 0.64, 1.0)],
    points=2,
    wrong={
        "estimate_by": (
            Wrong("saliency of W", "Yours does not square w; it should be h w^2 / 2.", lambda c: c.hW * c.W / 2),
            Wrong(
                "saliency of W", "Yours does not square w; it should be h w^2 / 2.", lambda c: c.hW * np.abs(c.W) / 2
            ),
            Wrong("saliency of W", "Yours has no 1/2; it should be h w^2 / 2.", lambda c: c.hW * c.W**2),
            Wrong(
                "saliency of W",
                "Yours has no curvature; it should be h w^2 / 2: small weights are not always the least important.",
                lambda c: c.W**2 / 2,
            ),
            Wrong("saliency of W", "Yours has no weight; it should be h w^2 / 2.", lambda c: c.hW / 2),
            Wrong(
                "saliency of W",
                "Yours squares the curvature; it should square w only.",
                lambda c: (c.hW * c.W) ** 2 / 2,
            ),
        ),
        "prune": (
            Wrong(
                "W after pruning",
                "Yours removes the most salient weights; it should remove the least salient.",
                lambda c: pruned(c, most=True),
            ),
            Wrong(
                "W after pruning",
                "Yours takes a share of each parameter; it should order all of them together.",
                lambda c: pruned(c, apart=True),
            ),
            Wrong(
                "W after pruning",
                "Yours removes the smallest weights; it should remove those of the smallest saliency.",
                lambda c: pruned(c, by_size=True),
            ),
            Wrong(
                "W after pruning",
                "Yours removes int(share * size) weights; it should remove round(share * size).",
                lambda c: pruned(c, count=int),
            ),
            Wrong(
                "W after pruning",
                "Yours leaves every weight as it was; it should change the parameters in place: W[...] = 0.",
                lambda c: c.W,
            ),
        ),
    },
    hints=(
        "The saliency of a parameter is h w^2 / 2, entry by entry: an array of its shape.",
        "prune: np.concatenate the raveled saliencies of all arrays; np.argsort gives the smallest.",
        "Or find the largest saliency that is removed, and set to 0 where saliency <= that value.",
        "In place: W = getattr(leaf, name); W[saliency <= limit] = 0. If none is removed, there is no limit.",
    ),
)


def pruned(c, most=False, apart=False, by_size=False, count=round):
    """Return W after pruning with a mistake."""
    h = np.concatenate([c.hW.ravel(), c.hb])
    w = np.concatenate([c.W.ravel(), c.b])
    s = np.abs(w) if by_size else h * w**2 / 2
    s = s[: c.W.size] if apart else s
    order = np.argsort(-s if most else s, kind="stable")[: count(c.share * s.size)]
    left = w.copy()
    left[order] = 0
    return left[: c.W.size].reshape(c.W.shape)
