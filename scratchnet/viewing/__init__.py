"""Source code, pictures and tables.

show.py      the source code of an object; a picture in a notebook or in a file
trace.py     the output of every layer of a network for an input
figures.py   every picture of a report: curves, answers, and those of insides.py
insides.py   the inside of a network: maps, filters, codes
tiles.py     many small pictures with texts, as one picture
pieces.py    what all share
sketches.py  small pictures for lessons: arrays, curves, bars
drawings.py  drawings that explain: a neuron, a layer, a window, the network; as SVG
tables.py    results as text
"""

from scratchnet.viewing.show import ROOT, Picture, Source, gathered, picture, show, underlying
from scratchnet.viewing.trace import Step, formula, trace

__all__ = ["ROOT", "Picture", "Source", "Step", "formula", "gathered", "picture", "show", "trace", "underlying"]
