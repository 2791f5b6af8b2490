"""The paper's own experiments, each beside the paper's figure: python -m scratchnet reproduce.

experiment.py    what an experiment is: its runs, and what is found in their results
many.py          many runs on many processes; what is done is kept
disturb.py       test digits that are moved, turned, resized, thickened, noisy
trainings.py     trained networks that several experiments look at
reading.py       a network trained to read strings, and how well it does
methods.py       the methods of Fig. 9, and the runs that give ours
peers.py         those that are no networks, by scikit-learn; tangents.py: the tangent distance
multilayer.py    the fully connected networks; boosting.py: three LeNet-5 that add their scores
combinations.py  a recipe with every combination of some settings, for people's own questions
publish.py       the findings of an experiment as files and on the screen; published.py reads their runs again

One file for each experiment: NAMES has them in the paper's order.
"""

import importlib
from typing import Any

from scratchnet.errors import InputError, nearest

NAMES = ("fig5", "fig6", "fig7", "fig8", "fig9", "fig10", "fig13", "sdnn", "silences", "regularisation", "ancestors")


def find_experiment(name: str) -> Any:
    """Return the Experiment of this name. Raise InputError, with the nearest name, if there is none."""
    if name not in NAMES:
        raise InputError(f"There is no experiment {name!r}.{nearest(name, NAMES)}")
    return importlib.import_module(f"scratchnet.experiments.{name}").EXPERIMENT


__all__ = ["NAMES", "find_experiment"]
