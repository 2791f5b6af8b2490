"""What the errors of NumPy and Python mean, where their own words need it: {pattern: sentence}."""

MEANINGS = {
    "core dimension": "In a @ b the last axis of a has to be as long as the second last axis of b.",
    "truth value of an array": "An array is neither true nor false: np.maximum, np.where and comparisons "
    "work entry by entry.",
    "ufunc 'bitwise_xor'": "A power is written **, not ^.",
    "'str' object has no attribute": "A loop over a dict goes through its names; .values() goes through what they "
    "stand for.",
    "NameError: name '(W|b|x|dW|db|s|y|X|codes|lr)'": "What a layer or an optimizer keeps is self.something.",
    "has no 'd[A-Za-z]+'": "A pass makes it anew with '=': before the first pass there is none to add to or to fill.",
    "only (length-1|0-dimensional) arrays": "math works on numbers, np on whole arrays: np.tanh, np.exp.",
    "operands could not be broadcast": "NumPy compares shapes from the last axis on: (N,) lines up with columns. "
    "keepdims=True keeps an axis of a sum or mean; b[:, None] and b[:, None, None] put b beside rows and maps.",
    "could not broadcast input array": "Both sides of an assignment should have the same shape. Is the size of the "
    "output right: (H + 2 padding - kh) // stride + 1, and kw for the width?",
    "cannot reshape array of size": "A reshape keeps the number of entries: the shapes should have the same product.",
    "too many indices": "There are more indices than the array has axes. Did a sum or an index remove one?",
    "IndexError: index -?[0-9]+ is out of bounds": "An index should be below the length of its axis. Are two indices "
    "in each other's place, or does a loop go one too far?",
    "axes don't match array": "transpose should get one number for each axis, each once.",
    "stores it, call forward first": "Here forward is called first: it should store that on self.",
    "inhomogeneous": "The rows of a list have different lengths, so it makes no array.",
    "not callable": "Round brackets call a function; an entry of an array is in square ones: x[i].",
    "can only concatenate|unsupported operand type.*(list|tuple)": "A list is no array: np.array(...) makes one.",
    "Cannot cast ufunc": "An array in place (+=, out=) keeps its dtype: make it in float, or a new array.",
    "NoneType": "Something is None: a method without `return`, or an attribute that was never stored.",
}
