"""What is derived by hand: each function returns {field: its value} for numbers that are drawn for a student."""

import math


def two_layers(X, W, B, V, U, T):
    """A graph of two layers, with x in two places, and its derivatives:

    a = w x + b        h = max(a, 0)        y = v h + u x        E = (y - t)^2 / 2

    dE/dy = y - t      dE/dv = dE/dy h      dE/dh = dE/dy v      dE/da = dE/dh where a > 0, else 0
    dE/dw = dE/da x    dE/dx = dE/da w + dE/dy u: x is used twice, so its gradients add up
    """
    a = W * X + B
    h = max(a, 0)
    y = V * h + U * X
    dy = y - T
    da = dy * V * (a > 0)
    return {"E": dy**2 / 2, "DE_DV": dy * h, "DE_DW": da * X, "DE_DX": da * W + dy * U}


def sizes(HEIGHT, WIDTH, KERNEL, STRIDE, PADDING, MAPS, IMAGES):
    """OH = floor((H + 2 padding - kernel) / stride) + 1, and OW likewise.

    A column of im2col has maps x kernel x kernel rows; there is one for each place in each image.
    """
    rows, columns = ((size + 2 * PADDING - KERNEL) // STRIDE + 1 for size in (HEIGHT, WIDTH))
    return {
        "OUT_HEIGHT": rows,
        "OUT_WIDTH": columns,
        "ROWS_OF_X": MAPS * KERNEL**2,
        "COLUMNS_OF_X": IMAGES * rows * columns,
    }


def receptive_field(KERNEL_1, WINDOW, KERNEL_2):
    """field = 1 + (kernel1 - 1) + (window - 1) + (kernel2 - 1) window, pixels on a side.

    Each layer adds its size less 1, times the distance in pixels of two neighbours of its input.
    The distance is 1 up to the window, and then window, because windows do not overlap.
    """
    return {"FIELD": KERNEL_1 + WINDOW - 1 + (KERNEL_2 - 1) * WINDOW, "DISTANCE": WINDOW}


def connections(MAPS_IN, READ_THREE, READ_FOUR, KERNEL, SIZE):
    """parameters = (number of pairs of connected maps) kernel^2 + (number of output maps, for the biases)

    connections = parameters x the number of places of an output map, (size - kernel + 1)^2
    """
    pairs, maps = 3 * READ_THREE + 4 * READ_FOUR + MAPS_IN, READ_THREE + READ_FOUR + 1
    parameters = pairs * KERNEL**2 + maps
    return {"PARAMETERS": parameters, "CONNECTIONS": parameters * (SIZE - KERNEL + 1) ** 2}


def step_sizes(ETA, MU, H, G):
    """eps = eta / (mu + h)        change of w = -eps g        (paper, appendix C, eqs 18 and 21)

    On a parabola of curvature h, plain gradient descent multiplies the distance to the minimum by 1 - eta h:
    it arrives in one step for eta = 1 / h, and runs away for eta > 2 / h.
    """
    eps = ETA / (MU + H)
    return {"EPS": eps, "CHANGE": -eps * G, "ONE_STEP": 1 / H, "LARGEST": 2 / H}


def error_bar(WRONG, DIGITS, TIMES):
    """p = wrong / digits        standard deviation of p = sqrt(p (1 - p) / digits)

    The deviation goes with 1 / sqrt(digits): it is `times` times as small with times^2 as many digits.
    """
    p = WRONG / DIGITS
    return {"ERROR": 100 * p, "DEVIATION": 100 * math.sqrt(p * (1 - p) / DIGITS), "ENOUGH": DIGITS * TIMES**2}
