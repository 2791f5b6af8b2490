"""Runs: recipes, the folder that a training writes, and its report.

recipes.py     networks and how to train them: the paper's, the tutorials'
folder.py      a run folder: to repeat, resume and examine a training
model_file.py  a network or an optimizer of a run, and what it belongs to
doubt.py       when a model should doubt its answer
report.py      a trained network in pictures, in text and on a page (report_page.py)
"""

from scratchnet.runs.folder import Run
from scratchnet.runs.model_file import load_model
from scratchnet.runs.recipes import RECIPES, Recipe

__all__ = ["RECIPES", "Recipe", "Run", "load_model"]
