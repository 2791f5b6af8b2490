"""Derived by hand, with numbers of one's own: sizes, fields and counts of convolutions."""

from scratchnet.exercises import by_hand
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.own_numbers import BY_HAND, OwnNumbers, one_of, slips


def layer_sizes(rng):
    return {
        "HEIGHT": int(rng.integers(17, 33)),
        "WIDTH": int(rng.integers(17, 33)),
        "KERNEL": one_of(rng, 7, 8, 9),
        "STRIDE": one_of(rng, 2, 3),
        "PADDING": one_of(rng, 3, 4, 5),
        "MAPS": one_of(rng, 3, 4, 6),
        "IMAGES": one_of(rng, 7, 10, 20),
    }


def out(n, size):
    return (size + 2 * n.padding - n.kernel) // n.stride + 1


def out_slips(field, size):
    """Return the slips of a number of rows or columns. size: n -> that of the input."""
    return slips(
        field,
        {
            "Yours is one too small; there should be + 1: the first place counts too.": lambda n: getattr(n, field) - 1,
            "Yours has the padding on one side only; it should be on both: 2 padding.": lambda n: (
                (size(n) + n.padding - n.kernel) // n.stride + 1
            ),
            "Yours has no padding; the border should count, on both sides.": lambda n: (
                (size(n) - n.kernel) // n.stride + 1
            ),
            "Yours has no stride; the kernel should move by `stride` pixels.": lambda n: (
                size(n) + 2 * n.padding - n.kernel + 1
            ),
            "Yours rounds up; a kernel that does not fit any more should be left out: round down.": lambda n: (
                -(-(size(n) + 2 * n.padding - n.kernel) // n.stride) + 1
            ),
            "Yours does not round; it should round down, and then add 1.": lambda n: (
                (size(n) + 2 * n.padding - n.kernel) / n.stride + 1
            ),
        },
    )


OUTPUT_SIZE = Exercise(
    name="output-size",
    title="how large an output is, by hand",
    target=by_hand.sizes,
    methods=("OUT_HEIGHT", "OUT_WIDTH", "ROWS_OF_X", "COLUMNS_OF_X"),
    levels=BY_HAND,
    task="A square kernel moves over maps with a border of zeros on every side. Draw one row of pixels with its "
    "border, and count the places where the kernel fits. Then count the rows and columns of im2col's matrix X.",
    contract={
        "": "A convolution and its columns",
        "OUT_HEIGHT": "rows of an output map",
        "OUT_WIDTH": "columns of an output map",
        "ROWS_OF_X": "rows of im2col's matrix",
        "COLUMNS_OF_X": "columns of im2col's matrix, for all images",
    },
    kind=OwnNumbers(
        layer_sizes,
        {
            "HEIGHT": "rows of an input map",
            "WIDTH": "columns of an input map",
            "KERNEL": "rows, and columns, of the kernel",
            "STRIDE": "pixels from one place to the next",
            "PADDING": "zeros on each of the four sides",
            "MAPS": "input maps",
            "IMAGES": "images in the batch",
        },
    ),
    wrong={
        "OUT_HEIGHT": out_slips("OUT_HEIGHT", lambda n: n.height),
        "OUT_WIDTH": out_slips("OUT_WIDTH", lambda n: n.width),
        "ROWS_OF_X": slips(
            "ROWS_OF_X",
            {
                "Yours counts one map; a field should have pixels of all input maps.": lambda n: n.kernel**2,
                "Yours has the kernel once; a field should be kernel x kernel pixels of each map.": lambda n: (
                    n.maps * n.kernel
                ),
                "Yours counts a bias; X should have none.": lambda n: n.maps * n.kernel**2 + 1,
                "Yours counts places; the rows should be the weights of a filter.": lambda n: (
                    out(n, n.height) * out(n, n.width)
                ),
            },
        ),
        "COLUMNS_OF_X": slips(
            "COLUMNS_OF_X",
            {
                "Yours counts one image; X should have the columns of all images.": lambda n: (
                    n.COLUMNS_OF_X // n.images
                ),
                "Yours counts the pixels of the input; a column should be a place of the kernel.": lambda n: (
                    n.images * n.height * n.width
                ),
                "Yours multiplies by the maps too; a column should have the fields of all maps in it.": lambda n: (
                    n.maps * n.COLUMNS_OF_X
                ),
                "Yours has one row of places for each image; it should have OH times OW.": lambda n: (
                    n.images * out(n, n.width)
                ),
            },
        ),
    },
    hints=(
        "With the border a row has WIDTH + 2 * PADDING pixels. The kernel begins at 0, STRIDE, 2 * STRIDE, ...",
        "The last place begins at the largest multiple of STRIDE that leaves room for KERNEL pixels.",
        "From 0 to that place are a whole number of steps; the number of places is one more.",
    ),
)

RECEPTIVE_FIELD = Exercise(
    name="receptive-field",
    title="what one unit sees after three layers, by hand",
    target=by_hand.receptive_field,
    methods=("FIELD", "DISTANCE"),
    levels=BY_HAND,
    task="A convolution of stride 1, then subsampling with windows that do not overlap, then a convolution of stride "
    "1. Take one unit at the end. Go back layer by layer: how many neighbours in a row does it read, there and before?",
    contract={
        "": "Three layers, all of them square",
        "FIELD": "pixels of the image in a row that a unit of the third layer sees",
        "DISTANCE": "pixels from the field of one such unit to the field of its neighbour",
    },
    kind=OwnNumbers(
        lambda rng: {
            "KERNEL_1": int(rng.integers(3, 10)),
            "WINDOW": one_of(rng, 2, 3, 4, 5),
            "KERNEL_2": int(rng.integers(3, 9)),
        },
        {
            "KERNEL_1": "rows of the kernel of the first convolution",
            "WINDOW": "rows of a window, and the step to the next",
            "KERNEL_2": "rows of the kernel of the last convolution",
        },
    ),
    wrong={
        "FIELD": slips(
            "FIELD",
            {
                "Yours adds the sizes; each layer should add its size less 1, in pixels of the image.": lambda n: (
                    n.kernel_1 + n.window + n.kernel_2
                ),
                "Yours has neighbours 1 pixel apart after the subsampling; they should be WINDOW apart.": lambda n: (
                    n.kernel_1 + n.window + n.kernel_2 - 2
                ),
                "Yours multiplies the sizes; each layer should add to the field.": lambda n: (
                    n.kernel_1 * n.window * n.kernel_2
                ),
                "Yours counts KERNEL_2 steps; from the first to the last of them there should be one less.": lambda n: (
                    n.FIELD + n.window
                ),
                "Yours leaves the first convolution out; each pixel of its map should see KERNEL_1 pixels.": lambda n: (
                    n.window * n.kernel_2
                ),
                "Yours leaves the window out; a window should add its size less 1.": lambda n: (
                    n.kernel_1 + (n.kernel_2 - 1) * n.window
                ),
                "Yours is one too large; KERNEL_1 neighbours should be KERNEL_1 - 1 steps apart.": lambda n: (
                    n.FIELD + 1
                ),
            },
        ),
        "DISTANCE": slips(
            "DISTANCE",
            {
                "Yours is 1; the subsampling should make it larger: its windows do not overlap.": lambda n: 1,
                "Yours is the size of the field; fields of neighbours should overlap.": lambda n: n.FIELD,
                "Yours is that of the kernel; a convolution of stride 1 should not change the distance.": lambda n: (
                    n.kernel_2
                ),
                "Yours multiplies by the kernel; a convolution of stride 1 should not change the distance.": lambda n: (
                    n.window * n.kernel_2
                ),
            },
        ),
    },
    hints=(
        "The last unit reads KERNEL_2 neighbours in a row of the subsampled map. Where do their windows begin and end?",
        "These windows lie side by side: KERNEL_2 times WINDOW units in a row of the first map.",
        "So many neighbours of a convolution of stride 1 see that many pixels, and KERNEL_1 - 1 more.",
    ),
)


def places(n):
    return (n.size - n.kernel + 1) ** 2


def maps_out(n):
    return n.read_three + n.read_four + 1


CONNECTIONS = Exercise(
    name="connections",
    title="parameters and connections of a layer like C3, by hand",
    target=by_hand.connections,
    methods=("PARAMETERS", "CONNECTIONS"),
    levels=BY_HAND,
    task="Some output maps read three input maps, some read four, and one more reads all of them, as in Table I. Each "
    "pair of connected maps has a kernel of its own, each output map a bias. The paper counts a connection for each "
    "use of a weight or a bias. Check your way of counting with C3 itself: 1,516 parameters, 151,600 connections.",
    contract={
        "": "A convolution with a connection table; stride 1, no padding",
        "PARAMETERS": "trainable parameters of the layer",
        "CONNECTIONS": "its connections",
    },
    kind=OwnNumbers(
        lambda rng: {
            "MAPS_IN": one_of(rng, 5, 6, 7, 8),
            "READ_THREE": int(rng.integers(4, 9)),
            "READ_FOUR": int(rng.integers(5, 12)),
            "KERNEL": one_of(rng, 3, 4, 5),
            "SIZE": int(rng.integers(12, 19)),
        },
        {
            "MAPS_IN": "input maps",
            "READ_THREE": "output maps that read three input maps",
            "READ_FOUR": "output maps that read four; one more reads all",
            "KERNEL": "rows, and columns, of a kernel",
            "SIZE": "rows, and columns, of an input map",
        },
    ),
    wrong={
        "PARAMETERS": slips(
            "PARAMETERS",
            {
                "Yours has no biases; it should have one for each output map.": lambda n: n.PARAMETERS - maps_out(n),
                "Yours connects all maps; it should count the pairs of the table only.": lambda n: (
                    n.maps_in * maps_out(n) * n.kernel**2 + maps_out(n)
                ),
                "Yours has a bias for each pair of maps; it should have one for each output map.": lambda n: (
                    (n.PARAMETERS - maps_out(n)) // n.kernel**2 * (n.kernel**2 + 1)
                ),
                "Yours leaves out the map that reads all; it should count too, with its bias.": lambda n: (
                    n.PARAMETERS - n.maps_in * n.kernel**2 - 1
                ),
                "Yours has one kernel for each output map; it should have one for each pair of maps.": lambda n: (
                    maps_out(n) * (n.kernel**2 + 1)
                ),
                "Yours has the kernel once; it should be squared.": lambda n: (
                    (n.PARAMETERS - maps_out(n)) // n.kernel + maps_out(n)
                ),
                "Yours forgets the bias of the map that reads all; it should have one too.": lambda n: n.PARAMETERS - 1,
            },
        ),
        "CONNECTIONS": slips(
            "CONNECTIONS",
            {
                "Yours leaves the biases out; each use of a bias should be a connection too.": lambda n: (
                    (n.PARAMETERS - maps_out(n)) * places(n)
                ),
                "Yours multiplies by the pixels of the input; it should be by the places of an output map.": lambda n: (
                    n.PARAMETERS * n.size**2
                ),
                "Yours has one place too few in each direction; it should be SIZE - KERNEL + 1.": lambda n: (
                    n.PARAMETERS * (n.size - n.kernel) ** 2
                ),
                "Yours multiplies by the output maps too; each parameter should belong to one of them.": lambda n: (
                    n.PARAMETERS * maps_out(n) * places(n)
                ),
                "Yours has the side of an output map once; it should be squared.": lambda n: (
                    n.PARAMETERS * (n.size - n.kernel + 1)
                ),
                "Yours counts each parameter once; it should count each use: at every place.": lambda n: n.PARAMETERS,
                "Yours counts each bias once; a bias should be used at every place.": lambda n: (
                    (n.PARAMETERS - maps_out(n)) * places(n) + maps_out(n)
                ),
            },
        ),
    },
    hints=(
        "Count the pairs of connected maps first, one kernel for each; do not forget the map that reads all.",
        "Every output map has one bias, whatever it reads.",
        "A parameter is used once at every place of its output map; how many rows and columns has that?",
    ),
)
