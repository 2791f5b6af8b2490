"""Results as text, in ASCII only: old consoles show nothing else."""

import math

import numpy as np

SHADES = np.array(list(" .:-=+*#%@"))


def ascii_picture(pixels):
    """Return uint8 pixels (H, W) as text in a frame; a pixel is two characters wide, so that it is square."""
    shades = SHADES[pixels.astype(int) * len(SHADES) // 256]
    edge = "+" + "--" * pixels.shape[1] + "+"
    return "\n".join([edge, *("|" + "".join(np.repeat(line, 2)) + "|" for line in shades), edge])


def ascii_strip(pixels):
    """Return uint8 pixels (32, W) as text for a wide picture: a character is two rows of one column, the brighter."""
    pairs = pixels.reshape(-1, 2, pixels.shape[1]).max(axis=1)
    rows = ["".join(line).rstrip() for line in SHADES[pairs.astype(int) * len(SHADES) // 256]]
    return "\n".join(rows).strip("\n")


def output_rows(y, read):
    """Return penalties (classes, positions) as text under `ascii_strip`, the smaller the darker: a row for each class.

    A position is four columns wide, as in the strip, and begins below the middle of its window. read: a Reading, whose
    string stands below.
    """
    levels = np.clip((1 - y / 80) * len(SHADES), 0, len(SHADES) - 1).astype(int)
    left = 14
    names = [*map(str, range(len(y) - 1)), "blank"]
    rows = [f"{name:>{left - 2}}  " + "".join(np.repeat(SHADES[row], 4)) for name, row in zip(names, levels)]
    below = [" "] * 4 * y.shape[1]
    for character, place in zip(read.string, read.places):
        below[4 * place + 2] = str(character)
    rows.append(f"{'read':>{left - 2}}  " + "".join(below))
    return "\n".join(row.rstrip() for row in rows)


def percent(p: float) -> str:
    """Return a probability in percent, never rounded up to 100."""
    return "> 99.99 %" if p > 0.9999 else f"{100 * p:.2f} %" if p > 0.99 else f"{100 * p:.0f} %"


def table(rows):
    """Return rows of texts as a table: columns of numbers are aligned to the right, all others to the left."""
    width = [max(map(len, column)) for column in zip(*rows)]
    numeric = [all(text[:1].isdigit() or not text for text in column[1:]) for column in zip(*rows)]
    lines = [
        "  ".join(f"{text:{'>' if right else '<'}{size}}" for text, size, right in zip(row, width, numeric)).rstrip()
        for row in rows
    ]
    return "\n".join(lines)


def confusion_table(confusion, names):
    """Return a confusion matrix as text: rows are the true class, columns the number of the class read, dots zeros."""
    width = max(6, len(str(confusion.max())) + 1)
    labels = [name if name == str(i) else f"{i} {name}" for i, name in enumerate(names)]
    corner = "true \\ read"
    first = max(map(len, [*labels, corner]))
    lines = [f"{corner:>{first}}" + "".join(f"{i:{width}}" for i in range(len(names))) + "   wrong"]
    for i, row in enumerate(confusion):
        cells = "".join(f"{count or '.':>{width}}" for count in row)
        lines.append(f"{labels[i]:>{first}}{cells}{row.sum() - row[i]:8}")
    return "\n".join(lines)


def rate_table(confusion, names):
    """Return a row for each class: its images and the share read right, the images read as it and the share right."""
    rows = [("class", "images", "read right %", "read as it", "of these right %")]
    for i, name in enumerate(names):
        true, read, right = confusion[i].sum(), confusion[:, i].sum(), confusion[i, i]
        rates = (f"{100 * right / n:.2f}" if n else "" for n in (true, read))
        rows.append((name, f"{true:,}", next(rates), f"{read:,}", next(rates)))
    return table(rows)


def history_table(history):
    """Return a table with a row for each epoch; columns that were not measured are left out."""
    columns = {name: values for name, values in history.columns().items() if not all(map(math.isnan, values))}
    forms = {"loss": "{:.4f}", "lr": "{:.4g}", "seconds": "{:.1f}"}
    names = [name.replace("_", " ") + " %" * name.endswith("error") for name in columns]
    names = [name.replace("running error", "training error on the fly") for name in names]
    rows = [("epoch", *names)]
    for i in range(len(history)):
        rows.append((str(i + 1), *(forms.get(name, "{:.2f}").format(values[i]) for name, values in columns.items())))
    return table(rows)


def code_text(net, x, names):
    """Return, for each image, F6's activation (# where it is positive) beside the nearest code."""
    *layers, output = net.layers.values()
    for layer in layers:
        x = layer(x)
    blocks = []
    for name, activation, penalties in zip(names, x, output(x)):
        predicted = int(penalties.argmin())
        pictures = [np.where(v.reshape(12, 7) > 0, "#", ".") for v in (activation, output.codes[predicted])]
        lines = ["   ".join("".join(row) for row in rows) for rows in zip(*pictures)]
        blocks.append(
            f"true {name}: F6, and the code of {predicted} (penalty {penalties[predicted]:.1f})\n" + "\n".join(lines)
        )
    return "\n\n".join(blocks)
