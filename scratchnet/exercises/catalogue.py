"""All exercises: their numbers, which are those of the files, and the order in which they are learnt."""

import re
from dataclasses import replace
from pathlib import Path

from scratchnet.errors import InputError, nearest
from scratchnet.exercises.topics import (
    adam,
    average_pool,
    batch_norm,
    choices,
    columns,
    conv_back,
    conv_layer,
    cross_entropy,
    damage,
    derive_numbers,
    derive_sizes,
    descent,
    distorted,
    drawn,
    first_input,
    first_layers,
    free,
    full_convolution,
    fully_connected,
    in_a_row,
    judge_layers,
    levenberg,
    map_loss,
    modern,
    paper,
    penalties,
    rbf_codes,
    ring,
    slopes,
    the_loop,
    torch_network,
    trained,
    two_by_two,
)

COURSE = {  # {lesson: its exercises, in the order in which they are learnt}; `exercise` and the next one follow it
    1: ("paper-input",),
    2: ("scaled-tanh",),
    3: ("linear",),
    4: ("backpropagation", "sequential", "training-loop"),
    5: ("central-differences", "check-gradients"),
    6: ("convolution-by-loops",),
    7: ("output-size", "im2col", "conv-forward"),
    8: ("col2im", "conv-backward", "full-convolution"),
    9: ("subsampling", "average-pooling", "receptive-field"),
    10: ("table-one", "connections"),
    11: ("rbf",),
    12: ("mle-loss", "map-loss"),
    13: ("lenet5",),
    14: ("initial-weights",),
    15: ("step-size", "linear-backward2", "conv-backward2", "sdlm", "optimal-brain-damage"),
    16: ("sgd", "momentum"),
    17: ("erase",),
    18: ("rejection",),
    19: ("distortions", "dropout", "early-stopping"),
    20: ("relu", "max-pool-backward", "cross-entropy", "adam"),
    21: ("batch-norm",),
    22: ("pytorch",),
    23: ("capstone",),
    24: ("all-reduce",),
    25: ("error-bar", "honest-table"),
}
LESSONS = {name: lesson for lesson, names in COURSE.items() for name in names}
EXERCISES = [
    replace(exercise, number=number, lesson=LESSONS[exercise.name])
    for number, exercise in enumerate(
        (
            first_input.PAPER_INPUT,
            first_layers.SCALED_TANH,
            fully_connected.LINEAR,
            conv_layer.LOOPS,
            columns.IM2COL,
            columns.COL2IM,
            conv_layer.CONV_FORWARD,
            conv_back.CONV_BACKWARD,
            two_by_two.SUBSAMPLING,
            paper.TABLE_ONE,
            rbf_codes.RBF_LAYER,
            penalties.MLE_LOSS,
            map_loss.MAP_LOSS,
            paper.LENET5,
            fully_connected.LINEAR_BACKWARD2,
            conv_back.CONV_BACKWARD2,
            levenberg.SDLM_STEP,
            descent.SGD_STEP,
            descent.MOMENTUM,
            modern.RELU,
            modern.MAX_POOL_BACKWARD,
            cross_entropy.CROSS_ENTROPY,
            adam.ADAM,
            free.CAPSTONE,
            damage.BRAIN_DAMAGE,
            slopes.CENTRAL_DIFFERENCES,  # from here on in the order in which they came: the files keep their names
            trained.ERASE,
            trained.REJECTION,
            torch_network.PYTORCH,
            derive_numbers.TWO_LAYERS,
            derive_sizes.OUTPUT_SIZE,
            derive_sizes.RECEPTIVE_FIELD,
            derive_sizes.CONNECTIONS,
            derive_numbers.STEP_SIZE,
            derive_numbers.ERROR_BAR,
            in_a_row.SEQUENTIAL,
            the_loop.TRAINING_LOOP,
            judge_layers.CHECK_GRADIENTS,
            full_convolution.FULL_CONVOLUTION,
            average_pool.AVERAGE_POOLING,
            drawn.INITIAL_WEIGHTS,
            drawn.DROPOUT,
            distorted.DISTORTIONS,
            choices.EARLY_STOPPING,
            batch_norm.BATCH_NORM,
            ring.ALL_REDUCE,
            choices.HONEST_TABLE,
        )
    )
]

IN_ORDER = [exercise for name in LESSONS for exercise in EXERCISES if exercise.name == name]

# What no exercise asks for: passes that are given, and why.
GIVEN = {
    "Loss": "what fit needs of a loss",
    "AvgPool2d.backward2": "backward with the share squared",
    "BatchNorm2d.backward2": "s^2 hy, in the docstring",
    "Dropout.backward2": "backward with the mask squared",
    "Flatten": "a reshape",
    "LastAxisLinear": "Linear along one axis, for a tutorial's network",
    "Scale": "Subsampling's coefficient without its windows",
    "Sequential.backward2": "as backward",
    "Sigmoid": "ScaledTanh with another slope",
    "Softmax": "cross-entropy has it",
    "Tanh": "ScaledTanh with another factor",
    "BCELoss": "for one tutorial's network",
    "ScaledTanh.backward2": "backward twice",
    "Subsampling.backward2": "as in linear-backward2 and conv-backward2",
    "RBF.backward2": "a constant, explained there",
    "MLELoss.backward2": "what backward returns",
    "MAPLoss.backward2": "what MLELoss's backward returns",
    "CrossEntropyLoss.backward2": "p (1 - p) / N, in the docstring",
    "ReLU.backward2": "backward",
    "MaxPool2d.forward": "a loop over windows as in Subsampling",
    "MaxPool2d.backward2": "backward",
}


def find_exercise(word):
    """Return the exercise with this number, name or file: "7", "07", "conv-backward", "my/ex07_conv_backward.py".

    Raises InputError, with the names of all, when there is none.
    """
    asked = Path(word).name.removesuffix(".py")
    number = re.fullmatch(r"(?:ex)?0*(\d{1,4})(?:_.*)?", asked)
    asked = re.sub(r"^(ex)?\d+_", "", asked).replace("_", "-")
    for exercise in EXERCISES:
        if asked == exercise.name or (number and int(number[1]) == exercise.number):
            return exercise
    raise InputError(f"There is no exercise {word!r}.{alone(asked)}{nearest(asked, [e.name for e in EXERCISES])}")


def alone(name):
    """Return a sentence if a lesson's task of this name is made of several exercises."""
    from scratchnet.lessons.scripts import all_lessons

    for lesson in all_lessons():
        if lesson.exercise[0] == name:
            return f" Lesson {lesson.number} has {', '.join(COURSE.get(lesson.number, ()))}."
    return ""
