"""The bank of short questions, in the order of the lessons."""

from dataclasses import replace

from scratchnet.exercises.questions_on_layers import ON_LAYERS
from scratchnet.exercises.questions_on_training import ON_TRAINING

BANK = [replace(question, number=number) for number, question in enumerate(ON_LAYERS + ON_TRAINING, start=1)]
