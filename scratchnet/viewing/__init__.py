"""Everything for looking.

show.py      the live source of a thing; a picture on the screen, in a notebook or in a file
trace.py     what each layer of a network makes of an input
figures.py   every picture of a report: curves, answers, maps, filters, codes
sketches.py  small pictures for lessons: arrays, curves, bars
tables.py    results as text
"""

from scratchnet.viewing.show import ROOT, Picture, Source, gathered, picture, show, underlying
from scratchnet.viewing.trace import Step, formula, trace

__all__ = ["ROOT", "Picture", "Source", "Step", "formula", "gathered", "picture", "show", "trace", "underlying"]
