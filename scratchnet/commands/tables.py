"""Results as text: ASCII only, old consoles show nothing else."""

import numpy as np

from scratchnet import schedules

SHADES = np.array(list(" .:-=+*#%@"))


def ascii_picture(pixels):
    """uint8 (H, W) in a frame, two characters a pixel so that it looks square."""
    shades = SHADES[pixels.astype(int) * len(SHADES) // 256]
    edge = "+" + "--" * pixels.shape[1] + "+"
    return "\n".join([edge, *("|" + "".join(np.repeat(line, 2)) + "|" for line in shades), edge])


def confusion_table(confusion):
    """Rows: the true digit. Columns: the digit read. Dots for zeros."""
    lines = ["true \\ read" + "".join(f"{digit:6}" for digit in range(len(confusion))) + "   wrong"]
    for digit, row in enumerate(confusion):
        cells = "".join(f"{count or '.':>6}" for count in row)
        lines.append(f"{digit:11}{cells}{row.sum() - row[digit]:8}")
    return "\n".join(lines)


def step_size_table(optimizer):
    """Smallest, median and largest step size of each parameter."""
    sizes = optimizer.step_sizes()
    rows = [(f"{layer.name}.{name}", eps) for (layer, name), eps in sizes.items()]
    rows.append(("all", np.concatenate(list(sizes.values()))))
    lines = [f"{'step sizes':10} {'smallest':>9} {'median':>9} {'largest':>9}"]
    lines += [f"{name:10} {eps.min():9.1e} {np.median(eps):9.1e} {eps.max():9.1e}" for name, eps in rows]
    scale = optimizer.lr / schedules.paper(0)  # of the first pass
    lines.append(f"{'paper':10} {7e-5:9.1e} {'':9} {0.016:9.1e}   its learning rate was {1 / scale:g} x ours")
    return "\n".join(lines)
