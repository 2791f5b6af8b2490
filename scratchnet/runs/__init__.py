"""Runs: what to train and how, the folder that a training leaves, its report.

recipes.py  networks with all that is needed to train them: the paper's, the tutorials'
folder.py   a run folder: to repeat a training, to go on with it, to look at it
report.py   what a trained network does, in pictures, in words and on a page
"""

from scratchnet.runs.folder import Run, load_model
from scratchnet.runs.recipes import RECIPES, Recipe

__all__ = ["RECIPES", "Recipe", "Run", "load_model"]
