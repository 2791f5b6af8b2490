# %% [markdown]
# # 0. The first hour: train it, draw for it, break it
#
# After this lesson you can train a program that reads handwritten digits, give it a digit of your own, and
# say what happens to it when a part is taken out.
#
# You need nothing but Python. Nothing is explained to the end here. Each part comes back in a lesson of its
# own, and this one says in which.

# %%
import time
from pathlib import Path

import numpy as np

from scratchnet import datasets, draw, evaluate, figures, fit, picture, sketches
from scratchnet.runs.recipes import RECIPES

# %% [markdown]
# ## 1. Train it
#
# In 1998 Yann LeCun, Leon Bottou, Yoshua Bengio and Patrick Haffner described a program, LeNet-5, that reads
# handwritten digits. Nobody told it what a 3 looks like. It is a **network**: a few steps in a row, called
# **layers**. A layer takes numbers, multiplies them by other numbers, adds up, and hands the results to the
# next layer. The numbers that it multiplies by are its **weights**. They belong to the network, and at first
# they are random.
#
# **Training** looks at one digit after the other. The right answer is known. So every weight can be changed
# by a little, in the direction that makes the answer better. That is all.
#
# There are 60,000 digits to train on and 10,000 others to test with. The recipe below is that of the paper,
# except that it sees 10,000 digits once. In a terminal, this does the same:
#
#     python -m scratchnet train --quick

# %% [markdown]
# **Predict.** There are ten digits. How many percent of the test digits will the network read wrong before
# training, with random weights? And after it has seen 10,000 digits once?

# %%
images, labels = datasets.load("mnist", "train")
test_images, test_labels = datasets.load("mnist", "test")
recipe = RECIPES["paper"]
net = recipe.network(0)  # 0: the random weights are the same each time
x, test_x = recipe.prepare(images[:10_000], "train"), recipe.prepare(test_images, "test")


def wrong():
    """How many percent of the test digits are read wrong."""
    return evaluate(net, (test_x, test_labels)).error


before = wrong()
start = time.perf_counter()
fit(
    net,
    recipe.loss(),
    recipe.optimizer(net, recipe.scale * recipe.schedule(0)),
    (x, labels[:10_000]),
    epochs=1,
    rng=0,
    train_error=False,
    verbose=False,
)
print(f"{time.perf_counter() - start:.1f} s of training")
after = wrong()
print(f"wrong before: {before:.1f} %, after: {after:.1f} %")

# %% [markdown]
# A network that guesses is wrong nine times out of ten. This one has seen each of 10,000 digits once, and
# reads most of the others. You will build all of it: the layers in lessons 2 to 11, the training in lessons 4
# and 15. In lesson 4 you train a network of your own.
#
# ## 2. Give it a digit of your own
#
# A digit can be drawn with letters: `x` is ink. A picture on a computer is a grid of numbers, one for each
# dot, and a dot is called a **pixel** (lesson 1). `read_drawing` makes pixels of the letters, and lets the
# network read them.

# %%
drawing = """
............
..xxxxxxx...
.........x..
.........x..
........x...
...xxxxx....
........x...
.........x..
.........x..
.x......x...
..xxxxxx....
............
"""


def ink(drawing):
    """1 where the drawing has an x, 0 elsewhere."""
    return np.array([[mark == "x" for mark in row] for row in drawing.split()])


def read_drawing(drawing):
    """Print what the network reads. Return the picture that it gets, 28 x 28 pixels."""
    pixels = datasets.prepare(np.kron(255 * ink(drawing), np.ones((4, 4))).astype(np.uint8))  # 4 x 4 for a letter
    scores = net.scores(net(recipe.prepare(pixels[None], "test")))[0]
    best = np.argsort(-scores)
    print(f"the network reads {best[0]}; its second choice is {best[1]}")
    return pixels


mine = read_drawing(drawing)
picture(
    sketches.arrays({"as I drew it": ink(drawing), "as the network gets it": mine}, grey=True, size=2.6),
    "The digit as it was drawn with letters, and the same in the middle of a picture of 28 by 28 pixels.",
)

# %% [markdown]
# Draw one yourself. At the prompt of `lessons run`, type a new `drawing = """`, its rows, and a last `"""`.
# Then type `mine = read_drawing(drawing)`. In an editor or a notebook, change the drawing in the cell, and
# run the cell again. (The website only shows what the code printed. Its first page has a network to draw for.)
#
# It is more fun with a mouse or a finger. `draw` makes a page for your browser: draw on it, and the network
# reads while you draw. The page is one file. It needs no connection to anything.

# %%
page = draw(net)
page.save("my/draw.html")
print(f"open this file in a browser: {Path('my/draw.html')}, {len(page.html) / 1e6:.1f} million characters")
# In a notebook, write `page` alone in a cell: the page appears below it.

# %% [markdown]
# ## 3. Watch it draw
#
# How does it answer? Most networks of today end in ten numbers, one for each digit. LeNet-5 answers with a
# picture. Its layer F6 (F: each of its numbers looks at all numbers of the layer before, lesson 3; 6: it is the
# sixth layer) has 84 numbers, and training asks them to become "a stylized image of the
# corresponding character class drawn on a 7x12 bitmap" (section II.B). The picture that is wanted for a digit
# is its **code**. The network answers with the digit whose code is nearest to what F6 drew. The paper calls
# the distance to a code its penalty.

# %%
chosen = [int(np.flatnonzero(test_labels == digit)[0]) for digit in (0, 1, 4, 7, 8)]
shown = np.concatenate([recipe.prepare(mine[None], "test"), test_x[chosen]])
names = ["yours", *(str(test_labels[i]) for i in chosen)]
picture(
    figures.codes(net, shown, names, "what F6 draws"),
    "Columns for your digit and five test digits. Each has the digit on top, below it F6's 7 by 12 numbers in "
    "blue and red, then the nearest code, which F6's picture resembles.",
)

# %% [markdown]
# Every network learns to answer somehow. This one lets you watch how: red is +1, blue -1, and
# pale means undecided. F6 reaches 1.7, so it can be darker than its code. Lesson 11 says why some codes look
# alike, and lesson 17 looks into all other layers.
#
# ## 4. Break it
#
# The first layer, C1, moves six small grids of 5 x 5 weights over the picture. Each of them is called a
# **filter** (lesson 6), and looks for one small thing everywhere. A weight of 0 contributes nothing. So set
# one filter to 0, measure the error, and put it back. Then the same with one of the 84 numbers of F6, and
# with all six filters.

# %% [markdown]
# **Predict.** Which hurts more: to lose one filter of six, or one number of 84? And what is the error with no
# filter at all?


# %%
def wrong_without(layer, part):
    """The error with a part of the layer's weights at 0. The weights are put back."""
    kept = layer.W.copy()
    layer.W[part] = 0
    error = wrong()
    layer.W[...] = kept
    return error


broken = {f"without filter {k} of C1": wrong_without(net["C1"], k) for k in range(6)}
broken |= {f"without number {k} of F6": wrong_without(net["F6"], k) for k in (0, 20, 40, 60)}
broken["without any filter of C1"] = wrong_without(net["C1"], slice(None))
for name, error in broken.items():
    print(f"{name:26} {error:5.1f} % wrong")
restored = wrong()
print(f"{'all put back':26} {restored:5.1f} % wrong")

# %%
picture(
    sketches.bars({"all put back": restored, **broken}, xlabel="test digits read wrong (%)", form="{:.1f}"),
    "Bars of the error. The whole network and those without one number of F6 are almost equal; without one filter "
    "of C1 it is larger; without all six it is about 90.",
)

# %% [markdown]
# One of 84 numbers is hardly missed: a code is recognised although one of its pixels is wrong. A filter is
# used everywhere in the picture, so it is missed more, and some more than others. With five filters the
# network still reads most digits: what it knows is not kept in one place. Without all six it sees nothing.
# It gives the same answer to every picture, and is wrong nine times out of ten.
#
# That is the plan of this course: build each part, see what it does, and measure what happens without it.

# %%
one_filter = [error for name, error in broken.items() if "without filter" in name]
one_number = [error for name, error in broken.items() if "number" in name]
assert before > 80 and after < 8, "guessing first; then most digits are read"
assert max(one_number) < after + 1, "one number of 84 is hardly missed"
assert max(one_filter) > max(one_number) + 1, "a filter is"
assert broken["without any filter of C1"] > 80 and restored == after, "blind without filters; all is put back"

# %% [markdown]
# ## Exercise: break-it
#
# Break the network in a way of your own: half of C5, or all weights that are smaller than a tenth of the
# largest one (`np.abs(W) < 0.1 * np.abs(W).max()`). Write down a prediction first, then measure with `wrong()`,
# and put everything back. `wrong_without(net["C5"], slice(0, 60))` does it for half of C5. Then draw a digit that
# the network misreads although a person would not. There is no checker for this one.
#
# The first exercise with a checker is number 0. It has three lines, and its hints say everything. Do it now, or
# after lesson 1, which explains each of the three lines:
#
#     python -m scratchnet exercise start paper-input
