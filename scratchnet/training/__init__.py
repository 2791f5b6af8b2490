"""Training: the loop, what it measures, what watches it.

loop.py        fit: for each epoch, for each batch, forward, loss, backward, step
engines.py     which engine runs the network: the fast one or the readable one
evaluation.py  evaluate, and the data that both take
on_the_fly.py  what is measured while the weights move
history.py     what each epoch brought, as numbers and as a .csv
callbacks.py   hooks for logging; Ctrl-C
pruning.py     fewer weights by the same curvatures
"""

from scratchnet.training.callbacks import Callback
from scratchnet.training.engines import engine_for
from scratchnet.training.evaluation import Evaluation, evaluate, mode
from scratchnet.training.history import History
from scratchnet.training.loop import fit

__all__ = ["Callback", "Evaluation", "History", "engine_for", "evaluate", "fit", "mode"]
