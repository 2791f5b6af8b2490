"""Does the learner take the four parts of a parameter in another order? The checker tries the other orders."""

import itertools
from dataclasses import replace

import numpy as np

from scratchnet.errors import CheckFailed, Mistake, ScratchnetError
from scratchnet.exercises.definition import close

PARTS = ("name", "value", "gradient", "curvature")
MOVED = sorted(
    itertools.permutations(range(4)), key=lambda order: sum(place != part for place, part in enumerate(order))
)[1:]


def other_orders(case):
    """Yield each wrong order, and the case in which the network, or its layers, yield the parts in that order."""
    for order, leaves in itertools.product(MOVED, (False, True)):
        yield order, replace(case, arrays=case.arrays | {"order": np.array(order), "of leaves": leaves})


def arranged(net, arrays):
    """Return the network; its parameters come in the order of the case, if it has one."""
    if "order" in arrays:
        order = [int(part) for part in arrays["order"]]
        for thing in net.leaves() if arrays["of leaves"] else [net]:
            thing.parameters = lambda thing=thing: (
                tuple(parts[part] for part in order) for parts in type(thing).parameters(thing)
            )
    return net


def tell_another_order(exercise, answer, method, case, right, why):
    """Raise CheckFailed if the learner's results are right once the parts come in another order."""
    if isinstance(why, Mistake) and "Error: " not in str(why):  # an endless loop has no second try
        return
    if isinstance(why, CheckFailed) and gives(answer, method, case, right):
        return
    for order, other in other_orders(case):
        if gives(answer, method, other, right):
            taken = ", ".join(PARTS[part] for part in order)
            raise CheckFailed(
                getattr(why, "fact", str(why)),
                f"Yours takes the parts of each parameter as ({taken}); it should be (name, value, gradient, "
                "curvature), in that order.",
            ) from None


def gives(answer, method, case, right):
    """Return whether the learner's results of a case are the right ones."""
    try:
        (got,) = answer.run(method, case)
    except ScratchnetError:
        return False
    return all(isinstance(got.get(name), np.ndarray) and agrees(got[name], right[name]) for name in right)


def agrees(mine, expected):
    return mine.dtype.kind == "f" and mine.shape == expected.shape and close(mine, expected)
