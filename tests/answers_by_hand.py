"""Answers to the exercises that are derived by hand: formulas of the numbers in the file, and mistakes to plant."""

ANSWERS = {
    "backpropagation": (
        "(V * (W * X + B) + U * X - T) ** 2 / 2",
        "(V * (W * X + B) + U * X - T) * (W * X + B)",
        "(V * (W * X + B) + U * X - T) * V * X",
        "(V * (W * X + B) + U * X - T) * (V * W + U)",
    ),
    "output-size": (
        "(HEIGHT + 2 * PADDING - KERNEL) // STRIDE + 1",
        "(WIDTH + 2 * PADDING - KERNEL) // STRIDE + 1",
        "MAPS * KERNEL * KERNEL",
        "IMAGES * OUT_HEIGHT * OUT_WIDTH",
    ),
    "receptive-field": ("WINDOW * KERNEL_2 + KERNEL_1 - 1", "WINDOW"),
    "connections": (
        "(3 * READ_THREE + 4 * READ_FOUR + MAPS_IN) * KERNEL**2 + READ_THREE + READ_FOUR + 1",
        "PARAMETERS * (SIZE - KERNEL + 1) ** 2",
    ),
    "step-size": ("round(ETA / (MU + H), 5)", "round(-ETA / (MU + H) * G, 5)", "round(1 / H, 4)", "round(2 / H, 3)"),
    "error-bar": (
        "100 * WRONG / DIGITS",
        "round(100 * (WRONG / DIGITS * (1 - WRONG / DIGITS) / DIGITS) ** 0.5, 5)",
        "DIGITS * TIMES**2",
    ),
}
ANSWERS = {name: [f"{text}\n" for text in texts] for name, texts in ANSWERS.items()}
ARGUMENTS = dict.fromkeys(ANSWERS, ())

PLANTS = {
    "backpropagation": (
        ("- T) ** 2 / 2", "- T) ** 2", "Yours has no factor 1/2"),
        ("+ U * X - T) ** 2", "- T) ** 2", "Yours leaves out u x"),
        ("(V * (W * X + B) + U * X - T) * (W * X + B)", "W * X + B", "Yours is h alone"),
        ("(V * (W * X + B) + U * X - T) * (W * X + B)", "(T - V * (W * X + B) - U * X) * (W * X + B)", "other sign"),
        ("* V * X", "* X", "Yours does not go through v"),
        ("* V * X", "* V", "Yours has no x"),
        ("* (V * W + U)", "* V * W", "x is used twice, and both gradients should be added"),
        ("* (V * W + U)", "* U", "Yours goes through u only"),
        ("* (V * W + U)", "* (W + U)", "Yours leaves v out"),
        ("T) ** 2 / 2", "T) ** 2 / 2 + 0.1", "and that is not right for X = "),
        ("(V * (W * X + B) + U * X - T) ** 2 / 2", "'12'", "E should be a number, got '12'"),
        ("(V * (W * X + B) + U * X - T) ** 2 / 2", "1\nX = 100", "Yours has numbers that do not belong to this name"),
        ("(V * (W * X + B) + U * X - T) ** 2 / 2", "1\nSTUDENT = 'bob'", "for STUDENT = 'bob' it is"),
        ("(V * (W * X + B) + U * X - T) ** 2 / 2", "1\nSTUDENT = ' '", "STUDENT should be a name in quotes"),
    ),
    "output-size": (
        ("(HEIGHT + 2 * PADDING - KERNEL) // STRIDE + 1", "(HEIGHT + 2 * PADDING - KERNEL) // STRIDE", "one too small"),
        ("(HEIGHT + 2 * PADDING", "(HEIGHT + PADDING", "Yours has the padding on one side only"),
        ("(WIDTH + 2 * PADDING", "(WIDTH", "Yours has no padding"),
        ("(WIDTH + 2 * PADDING - KERNEL) // STRIDE", "(WIDTH + 2 * PADDING - KERNEL) / STRIDE", "does not round"),
        ("MAPS * KERNEL * KERNEL", "KERNEL**2", "Yours counts one map"),
        ("IMAGES * OUT_HEIGHT", "OUT_HEIGHT", "Yours counts one image"),
    ),
    "receptive-field": (
        ("WINDOW * KERNEL_2 + KERNEL_1 - 1", "KERNEL_1 + WINDOW + KERNEL_2", "Yours adds the sizes"),
        ("WINDOW * KERNEL_2 + KERNEL_1 - 1", "KERNEL_1 * WINDOW * KERNEL_2", "Yours multiplies the sizes"),
        ("+ KERNEL_1 - 1", "", "Yours leaves the first convolution out"),
        ("KERNEL_1 - 1", "KERNEL_1", "Yours is one too large"),
        ("WINDOW * KERNEL_2 + KERNEL_1 - 1", "KERNEL_1 + WINDOW + KERNEL_2 - 2", "they should be WINDOW apart"),
    ),
    "connections": (
        ("+ READ_THREE + READ_FOUR + 1", "", "Yours has no biases"),
        ("+ READ_FOUR + 1", "+ READ_FOUR", "Yours forgets the bias of the map that reads all"),
        ("(3 * READ_THREE + 4 * READ_FOUR + MAPS_IN)", "MAPS_IN * (READ_THREE + READ_FOUR + 1)", "Yours connects all"),
        ("(SIZE - KERNEL + 1)", "SIZE", "Yours multiplies by the pixels of the input"),
        ("(SIZE - KERNEL + 1)", "(SIZE - KERNEL)", "one place too few in each direction"),
        ("* (SIZE - KERNEL + 1) ** 2", "", "Yours counts each parameter once"),
    ),
    "step-size": (
        ("ETA / (MU + H), 5", "ETA / H, 5", "Yours has no mu"),
        ("ETA / (MU + H), 5", "ETA / MU + H, 5", "brackets are missing"),
        ("round(-ETA", "round(ETA", "Yours has the other sign"),
        ("round(1 / H", "round(2 / H", "Yours is the largest rate"),
        ("round(2 / H", "round(1 / H", "Yours is the rate of one step"),
        ("round(1 / H, 4)", "True", "should be a number, got True"),
    ),
    "error-bar": (
        ("100 * WRONG / DIGITS", "WRONG / DIGITS", "Yours is a share; it should be in percent"),
        (" / DIGITS) ** 0.5", ") ** 0.5", "Yours is that of one digit"),
        ("** 0.5", "** 1", "Yours is the variance"),
        ("round(100 * (WRONG", "round(196 * (WRONG", "Yours is an interval of 95 %"),
        ("TIMES**2", "TIMES", "Yours is TIMES times as many"),
    ),
}
