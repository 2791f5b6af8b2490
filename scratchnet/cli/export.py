"""python -m scratchnet export: a trained model as a file of another library."""

import argparse

from scratchnet.cli.flags import pasted, path_of
from scratchnet.errors import InputError

EXAMPLES = """examples:
  python -m scratchnet export runs/paper/last.npz --to torch --out lenet5.py       a file that needs only PyTorch
  python -m scratchnet export runs/paper/last.npz --to onnx --pixels --out lenet5.onnx   28 x 28 bytes go in
  python -m scratchnet export runs/paper/last.npz --to safetensors --out lenet5.safetensors
  python -m scratchnet export runs/paper/last.npz --to keras --out lenet5.keras    needs Keras
  python -m scratchnet export runs/paper/last.npz --to page --out draw.html        what `draw` writes
"""
FORMATS = ("torch", "onnx", "safetensors", "keras", "page")


def add(commands):
    command = commands.add_parser(
        "export",
        help="take a trained model along: PyTorch, ONNX, safetensors, Keras, a live page",
        description=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(command=run, flags={"pixels": "--pixels", "to": "--to", "folder": "--out"})
    command.add_argument("model", type=path_of, metavar="MODEL", help="e.g. runs/paper/last.npz")
    command.add_argument("--to", choices=FORMATS, required=True, help="the format")
    command.add_argument("--out", type=path_of, required=True, metavar="FILE", help="the file to write")
    command.add_argument("--pixels", action="store_true", help="ONNX only: the file itself prepares 28 x 28 bytes")


def run(options):
    return write_page(options) if options.to == "page" else write_file(options)


def write_page(options):
    """Write the page of `draw`."""
    from scratchnet.exchange.saved import page_of_models

    if options.pixels or options.out.suffix != ".html":
        raise InputError("A page is one .html file, and pixels= is for ONNX: to=page folder=draw.html")
    page_of_models([options.model])[0].save(options.out)
    print(f"{pasted(options.out)}: a live page, for any browser, {options.out.stat().st_size:,} bytes")
    return 0


def write_file(options):
    from scratchnet.exchange import FORMATS as KNOWN
    from scratchnet.exchange import export_model
    from scratchnet.runs.model_file import load_any

    net, recipe, data = load_any(options.model)
    path = export_model(net, options.out, options.to, recipe=recipe, data=data, pixels=options.pixels)
    print(f"{pasted(path)}: {recipe.name} on {data}, {KNOWN[options.to].about}, {path.stat().st_size:,} bytes")
    print(f"\n{next_step(options.to, path, recipe, options.pixels)}")


def next_step(to, path, recipe, pixels):
    """Return the lines that use the file."""
    given = "images" if pixels else "x"
    return {
        "torch": f"from {path.stem} import network, prepare\ny = network()(prepare(images))  # uint8 (N, 28, 28)",
        "onnx": f"import onnxruntime\nsession = onnxruntime.InferenceSession({str(path)!r})\n"
        f"(y,) = session.run(None, {{session.get_inputs()[0].name: {given}}})",
        "safetensors": f"from safetensors.numpy import load_file\narrays = load_file({str(path)!r})  # C1.W, C1.b, ...",
        "keras": f"import keras\nmodel = keras.models.load_model({str(path)!r})  # (N, H, W, 1)",
    }[to]
