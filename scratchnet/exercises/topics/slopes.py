"""The exercise on measured slopes: the gradient of a function by central differences."""

import numpy as np

from scratchnet.exercises.cases import gaps, whole
from scratchnet.exercises.definition import Case, Exercise, Wrong
from scratchnet.exercises.tasks import E, Measured, measured_gradient, polynomial


def function_case(rng, shape, h=0.5, draw=None, memory=np.ascontiguousarray):
    """Return a Case for the gradient of E; h None: the default."""
    x, a = (draw(rng, shape, float) if draw else rng.normal(size=shape) for _ in range(2))
    return Case({"x": memory(x)} | ({"h": h} if h else {}), options={"E": E}, parameters={"a": a})


def step(c):
    """Return h, the default if the case has none."""
    return vars(c).get("h", 1e-5)


def slopes(c, up=1, down=-1, h=None, restored=True):
    """Return (E(x + up h) - E(x + down h)) / (2 h) for each entry, with a mistake."""
    h, energy, gradient = h or step(c), polynomial(c.a), np.zeros_like(c.x)
    x = c.x.copy()
    for i in range(x.size):
        value = x.flat[i]
        x.flat[i] = value + up * h
        above = energy(x)
        x.flat[i] = value + down * h
        below = energy(x)
        if restored:
            x.flat[i] = value
        gradient.flat[i] = (above - below) / (2 * h)
    return gradient


def first_only(c):
    """Return the gradient for as many entries as there are rows, 0 for the others."""
    return np.where(np.arange(c.x.size) < len(c.x), c.gradient.ravel(), 0).reshape(c.x.shape)


def whole_rows(c):
    """Return the slope for whole rows moved at once."""
    gradient, energy = np.zeros_like(c.x), polynomial(c.a)
    for i in range(len(c.x)):
        up, down = c.x.copy(), c.x.copy()
        up[i] += step(c)
        down[i] -= step(c)
        gradient[i] = (energy(up) - energy(down)) / (2 * step(c))
    return gradient


def moved_at_once(c, groups):
    """Return the slope for entries that are moved together: those of one index in each group."""
    gradient, energy = np.zeros_like(c.x), polynomial(c.a)
    for at in groups(c.x):
        up, down = c.x.copy(), c.x.copy()
        up[at] += step(c)
        down[at] -= step(c)
        gradient[at] = (energy(up) - energy(down)) / (2 * step(c))
    return gradient


def columns(x):
    return [(..., j) for j in range(x.shape[-1])]


def further(c):
    """Return the slopes of copies that are made once, before the loop."""
    up, down, gradient, energy = c.x.copy(), c.x.copy(), np.zeros_like(c.x), polynomial(c.a)
    for i in range(c.x.size):
        up.flat[i] += step(c)
        down.flat[i] -= step(c)
        gradient.flat[i] = (energy(up) - energy(down)) / (2 * step(c))
    return gradient


def each(c, formula):
    """Return formula(E(x + h), E(x), E(x - h)) for each entry."""
    energy, found = polynomial(c.a), np.zeros_like(c.x)
    for i in range(c.x.size):
        move = np.zeros_like(c.x)
        move.flat[i] = step(c)
        found.flat[i] = formula(energy(c.x + move), energy(c.x), energy(c.x - move))
    return found


def by_share(c):
    """Return the differences of steps that are a share h of each entry."""
    energy, found = polynomial(c.a), np.zeros_like(c.x)
    for i in range(c.x.size):
        move = np.zeros_like(c.x)
        move.flat[i] = step(c) * c.x.flat[i]
        found.flat[i] = energy(c.x + move) - energy(c.x - move)
    return found


SLOPES_WRONG = (
    Wrong(
        "gradient",
        "Yours is (E(x + h) - E(x)) / h; it should go to both sides: (E(x + h) - E(x - h)) / (2 h).",
        lambda c: 2 * slopes(c, down=0),
    ),
    Wrong(
        "gradient",
        "Yours is (E(x) - E(x - h)) / h; it should go to both sides: (E(x + h) - E(x - h)) / (2 h).",
        lambda c: 2 * slopes(c, up=0),
    ),
    Wrong(
        "gradient",
        "Yours divides E(x + h) - E(x) by 2 h; it should go to both sides: E(x + h) - E(x - h).",
        lambda c: slopes(c, down=0),
    ),
    Wrong(
        "gradient",
        "Yours divides E(x) - E(x - h) by 2 h; it should go to both sides: E(x + h) - E(x - h).",
        lambda c: slopes(c, up=0),
    ),
    Wrong(
        "gradient",
        "Yours divides by h; it should divide by 2 h, the distance of the two points.",
        lambda c: 2 * c.gradient,
    ),
    Wrong(
        "gradient",
        "Yours divides by 2 and multiplies by h; it should divide by both: write / (2 * h).",
        lambda c: c.gradient * step(c) ** 2,
    ),
    Wrong(
        "gradient",
        "Yours does not divide; it should divide by 2 h.",
        lambda c: 2 * step(c) * c.gradient,
    ),
    Wrong(
        "gradient",
        "Yours divides by 2 h^2; it should divide by 2 h.",
        lambda c: c.gradient / step(c),
    ),
    Wrong("gradient", "Yours has the other sign; it should be E(x + h) - E(x - h).", lambda c: -c.gradient),
    Wrong(
        "gradient",
        "Yours has a step of its own; it should use the h that it is given.",
        lambda c: slopes(c, h=1e-5),
    ),
    Wrong(
        "gradient",
        "Yours is 0 everywhere: E got the same numbers twice. It should get the array in which an entry was "
        "moved; x.flatten() is a copy, and so is x.ravel() or x.reshape(-1) of an array with gaps.",
        lambda c: 0 * c.x,
    ),
    Wrong(
        "gradient",
        "Yours moves entries further and further, and does not put them back before the next; it should.",
        lambda c: slopes(c, restored=False),
    ),
    Wrong(
        "gradient",
        "Yours moves whole rows; it should move one entry at a time: np.ndindex(x.shape) gives all indices.",
        whole_rows,
    ),
    Wrong(
        "gradient",
        "Yours computes len(x) entries only, and len(x) counts the rows; it should compute x.size of them.",
        first_only,
    ),
    Wrong(
        "gradient",
        "Yours moves whole columns; it should move one entry at a time: np.ndindex(x.shape) gives all indices.",
        lambda c: moved_at_once(c, columns),
    ),
    Wrong(
        "gradient",
        "Yours moves all entries at once; it should move one at a time: np.ndindex(x.shape) gives all indices.",
        lambda c: moved_at_once(c, lambda x: [...]),
    ),
    Wrong(
        "gradient",
        "Yours makes its copies once, before the loop, and moves them further and further; it should make new ones for "
        "each entry, or put the entry back.",
        further,
    ),
    Wrong(
        "gradient",
        "Yours moves by h / 2 and divides by 2 h; it should move by h to both sides.",
        lambda c: slopes(c, 0.5, -0.5),
    ),
    Wrong(
        "gradient",
        "Yours moves by h / 2 to both sides; it should move by h, and divide by 2 h.",
        lambda c: 2 * slopes(c, 0.5, -0.5),
    ),
    Wrong(
        "gradient",
        "Yours moves by 2 h to both sides; it should move by h.",
        lambda c: slopes(c, 2, -2),
    ),
    Wrong(
        "gradient",
        "Yours moves by 2 h to both sides; it should move by h, and divide by 2 h.",
        lambda c: slopes(c, 2, -2) / 2,
    ),
    Wrong(
        "gradient",
        "Yours moves by 2 h to one side; it should move by h to both: E(x + h) - E(x - h).",
        lambda c: slopes(c, 2, 0),
    ),
    Wrong("gradient", "Yours divides by 4 h; it should divide by 2 h.", lambda c: c.gradient / 2),
    Wrong("gradient", "Yours divides by h / 2; it should divide by 2 h.", lambda c: 4 * c.gradient),
    Wrong(
        "gradient",
        "Yours divides by 2 and not by h; it should divide by 2 h.",
        lambda c: c.gradient * step(c),
    ),
    Wrong(
        "gradient",
        "Yours adds E(x - h); it should subtract it: (E(x + h) - E(x - h)) / (2 h).",
        lambda c: each(c, lambda up, here, down: (up + down) / (2 * step(c))),
    ),
    Wrong(
        "gradient",
        "Yours lacks brackets around the difference, and divides E(x - h) alone; it should be (E(x + h) - E(x - h)) / "
        "(2 h).",
        lambda c: each(c, lambda up, here, down: up - down / (2 * step(c))),
    ),
    *(
        Wrong(
            "gradient",
            "Yours is a second difference; it should be the first: (E(x + h) - E(x - h)) / (2 h).",
            lambda c, by=by: each(c, lambda up, here, down: (up - 2 * here + down) / by(step(c))),
        )
        for by in (lambda h: h**2, lambda h: 2 * h)
    ),
    *(
        Wrong(
            "gradient",
            "Yours moves an entry by a share of it, x (1 + h); it should add h: x + h.",
            lambda c, by=by: by_share(c) / by(c),
        )
        for by in (lambda c: 2 * step(c), lambda c: 2 * step(c) * c.x)
    ),
    Wrong("gradient", "Yours is |dE/dx|; it should keep the sign.", lambda c: np.abs(c.gradient)),
)

CENTRAL_DIFFERENCES = Exercise(
    name="central-differences",
    title="the gradient of any function, measured",
    target=measured_gradient,
    task="The judge of lesson 5 for every entry of x. E is called with arrays of the shape of x. The check "
    "compares with central differences of the same h, and not with the exact slope: for h as large as 0.5 they differ.",
    contract={
        "": "Return dE/dx by central differences, an array like x.\n"
        "E: a function of an array like x that returns a number; x: float64, any number of axes; h: "
        "the step.\n"
        "In each difference one entry of x is moved, by h to both sides. x is left as it was.",
    },
    play="print(measured_gradient(lambda x: np.sum(x**2), np.arange(6.0).reshape(2, 3)))",
    kind=Measured(),
    tiny=lambda rng, dtype: function_case(rng, (2, 3), draw=whole),
    draw=lambda rng, dtype: function_case(rng, (int(rng.integers(3, 5)), 5), h=float(rng.uniform(0.1, 0.5))),
    real=lambda rng, dtype: [function_case(rng, (84, 10), h=0.1)],
    odd=lambda rng, dtype: [
        function_case(rng, (1,)),
        function_case(rng, (2, 3, 2, 2)),
        function_case(rng, (3, 4), memory=gaps),
        function_case(rng, (2, 2), h=None),
    ],
    wrong={"": SLOPES_WRONG},
    hints=(
        "gradient = np.zeros_like(x). Then a loop over all entries: for index in np.ndindex(x.shape).",
        "For each: up, down = x.copy(), x.copy(); up[index] += h; down[index] -= h. So x is left as it was.",
        "gradient[index] = (E(up) - E(down)) / (2 * h), with the parentheses. At the end: return gradient.",
    ),
)
