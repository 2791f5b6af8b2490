"""A figure on a dark page: light becomes dark, and the pictures of digits, maps and filters in it stay as they are."""

import io

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from scratchnet.viewing.svg import DARK, INK, PAPER

PALE = 0.62  # the lightness that a colour keeps


def on_dark(figure: Figure, png: bytes) -> bytes:
    """Return the PNG of a figure for a dark page.

    png: the figure as it was saved, black on white. Text, lines and areas get the lightness of the other end; their
    hues stay, so that a blue line is blue on both pages. A picture in axes stays: in it white is a value, too.
    """
    light = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), float) / 255
    most, least = light.max(axis=2, keepdims=True), light.min(axis=2, keepdims=True)
    lightness = 1 - (most + least) / 2  # of the other end; a pale colour such as pink is not made dark by it
    lightness = np.maximum(lightness, np.minimum(lightness + 0.75 * (most - least), PALE))
    turned = np.clip(light - (most + least) / 2 + lightness, 0, 1)
    paper, ink = (np.array(to_rgb(DARK[colour])) for colour in (PAPER, INK))
    dark = paper + (ink - paper) * turned
    high, scale = len(light), light.shape[1] / figure.bbox.width
    for ax in figure.axes:
        for image in ax.images:
            left, bottom, right, top = (round(scale * edge) for edge in image.get_window_extent().padded(1).extents)
            inside = slice(max(high - top, 0), high - bottom), slice(max(left, 0), right)  # with the frame
            dark[inside] = light[inside]
    file = io.BytesIO()
    Image.fromarray((255 * dark).round().astype(np.uint8)).save(file, format="png", optimize=True)
    return file.getvalue()
