# %% [markdown]
# # 1. What a digit is: numbers in a grid
#
# After this lesson you can load a handwritten digit, say what its numbers mean, and turn it into exactly
# what the network of 1998 was given.
#
# The paper is "Gradient-based learning applied to document recognition" by LeCun, Bottou, Bengio and
# Haffner (1998). Its program, called LeNet-5, reads handwritten digits. It is a **network**: simple steps
# in a row, called **layers**, each of which turns grids of numbers into other grids. Some of the numbers in
# it are not written by anybody, but found by **training**: shown thousands of digits, the program changes
# them, little by little, until it reads well. In lesson 0 you have seen it work. From here on this course
# rebuilds it, number by number. You need Python, and to know what a product of two matrices is.

# %%
import numpy as np

from scratchnet import datasets, picture, show, sketches

images, labels = datasets.load("mnist", "test")
print("images:", images.shape, images.dtype)
print("labels:", labels.shape, labels.dtype)
print("the first five labels:", labels[:5])

# %% [markdown]
# An **array** is a grid of numbers. Its **shape** says how large the grid is in each direction, its
# **dtype** what kind of number it holds. `images` holds 10,000 pictures of 28 rows and 28 columns, and
# every number is a `uint8`: a whole number from 0 to 255. Each number is one **pixel** (a dot of the
# picture): 0 is blank paper, called **background** from here on, 255 is ink. `labels` says which digit a
# person meant to write.
#
# Here is the first picture as numbers, cut to the rows and columns where there is ink.

# %%
seven = images[0]
rows, columns = np.nonzero(seven)
print("ink in rows", rows.min(), "to", rows.max(), "and columns", columns.min(), "to", columns.max())
top = seven[rows.min() : rows.min() + 8, columns.min() : columns.max() + 1]
for row in top:
    print(" ".join(f"{pixel:3}" for pixel in row))

# %%
picture(
    sketches.arrays({f"a {labels[i]}": images[i] for i in (0, 1, 2, 3, 4, 7)}, grey=True),
    "Six digits of the test set: 7, 2, 1, 0, 4, 9, black on white, each in the middle of 28 by 28 pixels.",
)

# %% [markdown]
# The paper says how these pictures were made: the digit was scaled to fit a box of 20 x 20 pixels and put
# into a larger picture "by computing the center of mass of the pixels" (section III.A), so that the middle
# of the ink is in the middle of the picture.
#
# **LeNet-5 sees 32 x 32 pixels, not 28 x 28.** The reason (section II.B): the ends of strokes, and corners,
# should be able to appear "in the center of the receptive field of the highest-level feature detectors".
# Lesson 6 says what that means. For now: a border of 2 pixels of background on every side.

# %%
padded = np.pad(seven, 2)  # 2 zeros before and after, in both directions
print(seven.shape, "->", padded.shape)

# %% [markdown]
# Nor does the network see 0 to 255. Background (0) becomes -0.1 and ink (255) becomes 1.175, which "makes
# the mean input roughly 0, and the variance roughly 1", and "accelerates learning" (section II.B).
#
# A straight line through two points does it. With x for what the network gets:
#
# $$x = -0.1 + 1.275 \, \frac{\text{pixel}}{255}$$
#
# (The **mean** is the average. The **variance** is the average squared distance from the mean: how far the
# numbers are spread out.)

# %%
x = -0.1 + 1.275 * padded / 255
print(f"smallest {x.min():.3f}, largest {x.max():.3f}, dtype {x.dtype}")

# %% [markdown]
# **Predict.** Most of the picture is background, at -0.1. Is the mean of all pixels of all 10,000 digits
# really near 0? And is the variance near 1, as the paper says? Write down two numbers.

# %%
everything = datasets.paper_input(images)  # the same padding and the same line, for all 10,000 at once
print("shape", everything.shape, "dtype", everything.dtype)
print(f"mean {everything.mean():.3f}, variance {everything.var():.3f}")

# %% [markdown]
# The mean is near 0, as the paper says. The variance is not near 1, and cannot be: numbers between -0.1 and
# 1.175 have a variance of at most 0.41. (Half of them are then at each end, $1.275 / 2$ from the mean, and the
# square of that is 0.41.) Both can be measured in one line, and that is the habit of this course: when a text
# claims a number, compute it.
#
# The shape has four numbers now: 10,000 pictures of one **map** of 32 rows and 32 columns. A map is one
# grid of numbers about the picture. The input has one (how dark it is); the layers of the network will make
# 6, then 16, then 120 maps out of it.
#
# What the library does is what we did. It computes the 256 possible results once and looks them up, and
# `[:, None]` adds the axis of the map. `show` prints its live source, with file and line numbers:

# %%
show(datasets.paper_input)
show(datasets.pixels.grey)

# %%
assert seven.shape == (28, 28) and x.shape == (32, 32)
assert np.allclose(everything[0, 0], x, atol=1e-6), "our seven is the library's"
assert abs(everything.mean()) < 0.05, "the mean is near 0"
assert everything.var() < 0.2 and round((1.275 / 2) ** 2, 2) == 0.41, "the variance is not near 1"

# %% [markdown]
# ## Exercise: paper-input
#
# Write `paper_input(images)`, which does what `datasets.paper_input` does, for uint8 images (N, 28, 28), in
# three lines of NumPy. These commands write a file with a blank, say whether it is right, and help, up to the
# whole answer:
#
#     python -m scratchnet exercise start paper-input
#     python -m scratchnet exercise check paper-input
#     python -m scratchnet exercise hint paper-input
