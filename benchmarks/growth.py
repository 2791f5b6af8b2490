"""Time and speed of a training step against width, depth, size of images, batch and cores, ours and PyTorch's.

    python benchmarks/growth.py [--rounds 7] [--only width depth images batch cores] [--draw]

The networks are in benchmarks/grown.py. `width` multiplies the maps and units of tutorial-28; `depth` is the number of
3 x 3 convolutions of 32 and 64 maps on colour images of 32 x 32; `images` is the side of the pictures. A step is
forward, backward and Adam, on images that are in memory. As in benchmarks/versus_pytorch.py every side is a process of
its own, the sides take turns, their gradients have to agree before anything is timed, medians count, and PyTorch is in
the faster of its two memory formats. They agree by their lengths, |g - g'| / |g|: of the 12 million weights of the
widest network, some entries of each side in float32 belong to a ReLU that rounding turned.

GFLOP/s counts the multiplications and additions of the layers, the optimizer's not. The peak is a product of two
matrices by NumPy on the same cores, in the same rounds. Where the machine has fewer cores than a point, the point is
what one core needs for its share of the batch, and drawn hollow: it leaves out what cores take from each other.

It writes benchmarks/growth.csv and docs/growth.png, and puts a table into docs/SPEED.md. --draw draws the picture anew
from the csv.
"""

import argparse
import contextlib
import csv
import os
import statistics
from pathlib import Path

import numpy as np
from grown import recipe_of
from versus_pytorch import Process, agree, multiplications, processor, serve, serve_product

HERE = Path(__file__).parent
CSV, PICTURE, SPEED = HERE / "growth.csv", HERE.parent / "docs" / "growth.png", HERE.parent / "docs" / "SPEED.md"
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
PYTORCH = ("PyTorch", "PyTorch, channels last")
POINTS = {  # what grows: (network, batch, cores, number on the axis)
    "width": [(f"width {n}", 64, CORES, n) for n in (1, 2, 4, 8, 16)],
    "depth": [(f"depth {n}", 64, CORES, n) for n in (2, 4, 6, 8)],
    "images": [(f"images {n}", 64, CORES, n) for n in (28, 64, 96, 128)],
    "batch": [("tutorial-28", n, CORES, n) for n in (16, 32, 64, 128, 256, 1024)],
    "cores": [("tutorial-28", 256, n, n) for n in (1, 2, 4, 8)],
}
AXES = {
    "width": "times as many maps as LeNet-5",
    "depth": "3 x 3 convolutions",
    "images": "side of an image, pixels",
    "batch": "images in a batch",
    "cores": "cores",
}


@contextlib.contextmanager
def on_cores(n):
    """Return a context in which processes that start have n threads."""
    names = ("SCRATCHNET_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, str(n)))
    yield
    for name, value in before.items():
        os.environ.pop(name)
        if value is not None:
            os.environ[name] = value


def measure(what, rounds):
    for name, batch, cores, x in POINTS[what]:
        shared = cores > CORES  # then one core, and its share of the batch
        images, threads = (batch // cores, 1) if shared else (batch, cores)
        net = recipe_of(name).network()
        with on_cores(threads):
            sides = {side: Process(serve, side, name, net.input_shape, np.float32) for side in ("fast", *PYTORCH)}
            product = Process(serve_product)
            agree(name, net, sides, [images], np.linalg.norm)
            times, peaks = {side: [] for side in sides}, []
            for _ in range(rounds):
                for side in sides:
                    times[side].append(sides[side].ask(images, "training"))
                peaks.append(product.ask())
            for process in (*sides.values(), product):
                process.end()
        seconds = {side: statistics.median(times[side]) for side in sides}
        theirs = min(seconds[side] for side in PYTORCH)
        work = 2 * multiplications(net)["training"] * images * (cores if shared else 1) / 1e9
        row = {
            "what": what, "x": x, "network": name, "batch": batch, "cores": cores, "shared": int(shared),
            "ours_ms": 1e3 * seconds["fast"], "pytorch_ms": 1e3 * theirs,
            "ours_gflops": work / seconds["fast"], "pytorch_gflops": work / theirs,
            "peak_gflops": statistics.median(peaks) * (cores if shared else 1),
        }  # fmt: skip
        row = {key: f"{value:.4g}" if isinstance(value, float) else value for key, value in row.items()}
        print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
        yield row


def read():
    with CSV.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [{k: v if k in ("what", "network") else float(v) for k, v in row.items()} for row in rows]


def write(rows):
    with CSV.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def draw(rows):
    """Draw milliseconds on the left and GFLOP/s on the right, a row for each thing that grows."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

    from scratchnet.viewing.figures import BLUE, GREY, ORANGE, save

    figure = Figure((7, 12), layout="constrained")
    axes = figure.subplots(len(POINTS), 2)
    for (time, speed), what in zip(axes, POINTS, strict=True):
        mine = [row for row in rows if row["what"] == what]
        x = [row["x"] for row in mine]
        for side, colour, marker, label in (("ours", BLUE, "o", "scratchnet"), ("pytorch", ORANGE, "s", "PyTorch")):
            for axis, unit in ((time, "ms"), (speed, "gflops")):
                y = [row[f"{side}_{unit}"] for row in mine]
                axis.plot(x, y, color=colour, label=label)
                faces = ["white" if row["shared"] else colour for row in mine]
                axis.scatter(x, y, c=faces, edgecolors=colour, marker=marker, zorder=3)
        speed.plot(x, [row["peak_gflops"] for row in mine], color=GREY, linestyle="--", label="product of matrices")
        time.set(yscale="log", ylabel="ms a step")
        speed.set(ylim=(0, None), ylabel="GFLOP/s")
        for axis in (time, speed):
            axis.set(xscale="log", xlabel=AXES[what])
            axis.set_xticks(x, [f"{value:g}" for value in x])
            axis.xaxis.set_minor_locator(NullLocator())
            axis.grid(True, color="#dddddd")
        time.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        time.yaxis.set_major_formatter("{x:g}")
        time.yaxis.set_minor_formatter(NullFormatter())
    figure.legend(*axes[0, 1].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    save(figure, PICTURE)


def table(rows):
    """Put a table of all points between the marks in docs/SPEED.md."""
    head = "| grows | | batch | cores | ours, ms | PyTorch, ms | times as fast | ours, GFLOP/s | of a product |"
    lines = [head, "|" + "---|" * 9]
    for row in rows:
        shown = f"{row['cores']:.0f}" + (", a core's share" if row["shared"] else "")
        lines.append(
            f"| {row['what']} | {row['x']:.0f} | {row['batch']:.0f} | {shown} | {row['ours_ms']:.3g} | "
            f"{row['pytorch_ms']:.3g} | {row['pytorch_ms'] / row['ours_ms']:.2f} | {row['ours_gflops']:.0f} | "
            f"{100 * row['ours_gflops'] / row['peak_gflops']:.0f} % |"
        )
    alone, *more = [row for row in rows if row["what"] == "cores"]
    shares = [f"{alone['ours_ms'] / row['ours_ms'] / row['cores']:.0%} on {row['cores']:.0f}" for row in more]
    lines += ["", "Efficiency, the time on one core divided by that on P cores and by P: " + ", ".join(shares) + "."]
    text = SPEED.read_text(encoding="utf-8")
    before, rest = text.split("<!-- growth -->\n")
    _, after = rest.split("<!-- /growth -->")
    SPEED.write_text(f"{before}<!-- growth -->\n" + "\n".join(lines) + f"\n<!-- /growth -->{after}", encoding="utf-8")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--only", nargs="+", default=list(POINTS), choices=POINTS)
    arguments.add_argument("--draw", action="store_true")
    options = arguments.parse_args()
    if not options.draw:
        print(f"{CORES} cores, {processor()}")
        kept = [row for row in read() if row["what"] not in options.only] if CSV.exists() else []
        write(kept + [row for what in options.only for row in measure(what, options.rounds)])
    rows = read()
    draw(rows)
    table(rows)


if __name__ == "__main__":
    main()
