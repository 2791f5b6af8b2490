"""Training: the loop, its measurements and its callbacks.

agreement.py   do network, loss, optimizer and settings belong together?
loop.py        fit: for each epoch, for each batch, forward, loss, backward, step
engines.py     which engine runs the network: the fast one or the readable one
rank_engine.py the engine of one of several ranks of MPI; same_arguments.py: do the ranks agree?
evaluation.py  evaluate and predict, and the checks of the data for both
on_the_fly.py  what is measured while the weights move
history.py     the numbers of every epoch, in lists and as a .csv
callbacks.py   hooks for logging; Ctrl-C
pruning.py     remove weights by their curvature
"""

from scratchnet.training.callbacks import Callback
from scratchnet.training.engines import engine_for
from scratchnet.training.evaluation import Evaluation, evaluate, mode, predict
from scratchnet.training.history import History
from scratchnet.training.loop import fit

__all__ = ["Callback", "Evaluation", "History", "engine_for", "evaluate", "fit", "mode", "predict"]
