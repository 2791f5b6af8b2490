"""python -m scratchnet import: the parameters in a file of another library, as a model of this one."""

import argparse
from pathlib import Path

from scratchnet.cli.flags import pasted, path_of
from scratchnet.errors import InputError

EXAMPLES = """examples:
  python -m scratchnet import lenet5.pt --like tutorial-28           a state dict of PyTorch
  python -m scratchnet import lenet5.onnx --like paper --out runs/lenet5.npz
  python -m scratchnet import model.keras --like fashion-relu
  python -m scratchnet import lenet5.safetensors --like paper
"""


def add(commands):
    command = commands.add_parser(
        "import",
        help="bring in parameters from PyTorch, ONNX, safetensors or Keras",
        description=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(command=run, flags={"folder": "--out"})
    command.add_argument("file", type=path_of, metavar="FILE", help="ends in .pt, .onnx, .safetensors, .keras or .h5")
    command.add_argument("--like", required=True, metavar="RECIPE", help="whose network it is; see `recipes`")
    command.add_argument("--data", metavar="NAME", help="what it was trained on (default: the recipe's data)")
    command.add_argument("--out", type=path_of, metavar="NPZ", help="the model to write (default: runs/FILE.npz)")


def run(options):
    import json

    from scratchnet.datasets import class_names
    from scratchnet.exchange import import_model
    from scratchnet.runs.recipes import find_recipe

    recipe = find_recipe(options.like)
    data = options.data or recipe.data
    class_names(data)  # an unknown data set is an error before anything is read
    out = options.out or Path("runs") / f"{options.file.name.partition('.')[0]}.npz"
    if not options.out and out.exists():
        raise InputError(f"There is a model {out} already. Name another file, or this one to replace it: --out {out}")
    if out.suffix != ".npz":
        raise InputError(f"{out} is not the name of a model file. Name one: --out {out.with_suffix('.npz')}")
    net = import_model(recipe.network(0), options.file)
    net.save(out, json.dumps({"recipe": recipe.name, "data": data}))
    print(f"{pasted(out)}: {recipe.name} on {data}, {net.n_parameters():,} parameters from {pasted(options.file)}")
    print(f"\npython -m scratchnet eval {pasted(out)}")
