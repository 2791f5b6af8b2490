"""More functions to write that are no part of the library: each is the answer to an exercise, in a few lines."""

import numpy as np


def input_gradient(dy, W):
    """Return dE/dx of a convolution (stride 1, no padding) as a full convolution with the flipped kernel.

    dx[n,c] = sum_o full(dy[n,o], flipped W[o,c]): a border of kh - 1 rows and kw - 1 columns of zeros around dy, then
    dx[n,c,h,w] = sum_{o,i,j} W[o,c,kh-1-i,kw-1-j] dy[n,o,h+i,w+j], from that border on.
    """
    C, kh, kw = W.shape[1:]
    N, _, OH, OW = dy.shape
    framed = np.pad(dy, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    dx = np.zeros((N, C, OH + kh - 1, OW + kw - 1), dy.dtype)
    for i in range(kh):
        for j in range(kw):
            part = framed[:, :, i : i + dx.shape[2], j : j + dx.shape[3]]
            dx += np.einsum("oc,nohw->nchw", W[:, :, kh - 1 - i, kw - 1 - j], part)
    return dx


def warped(image, A, shift, background):
    """Return an image after an affine map of the plane, with the same shape.

    The result at place p, counted from the centre ((H - 1) / 2, (W - 1) / 2), is the image at q = A p + shift.
    Between four pixels, at row i + s and column j + t with 0 <= s, t < 1, that is
    (1 - s) (1 - t) x[i,j] + (1 - s) t x[i,j+1] + s (1 - t) x[i+1,j] + s t x[i+1,j+1]. Outside all is background.
    """
    H, W = image.shape
    framed = np.full((H + 3, W + 3), background, image.dtype)  # a frame of background: no place needs a test
    framed[1 : H + 1, 1 : W + 1] = image
    centre = (np.array([H, W]) - 1) / 2
    p = np.stack(np.indices((H, W)).astype(float), axis=-1) - centre
    q = np.clip(p @ A.T + shift + centre + 1, 0, [H + 1, W + 1])  # in the frame
    i, j = np.floor(q).astype(int).transpose(2, 0, 1)
    s, t = (q - np.stack([i, j], axis=-1)).transpose(2, 0, 1)
    upper = (1 - t) * framed[i, j] + t * framed[i, j + 1]
    lower = (1 - t) * framed[i + 1, j] + t * framed[i + 1, j + 1]
    return ((1 - s) * upper + s * lower).astype(image.dtype)


def early_stopping(errors, patience):
    """Return how many epochs are trained, and the epoch, counted from 0, whose parameters are kept.

    Training ends after the first epoch e with e - best = patience, where best is the first epoch of the smallest
    error so far; else after the last epoch.
    """
    best, epoch = 0, 0
    for epoch, error in enumerate(errors):
        if error < errors[best]:
            best = epoch
        if epoch - best == patience:
            break
    return epoch + 1, best


def honest_row(held_out, test, t):
    """Return (choice, mean, low, high): the choice by held-out errors, and its test error with an interval.

    choice = argmin of the mean over seeds of held_out; mean = that of test[choice], over n seeds;
    s = sqrt(sum (error - mean)^2 / (n - 1));  low, high = mean -+ t s / sqrt(n)
    """
    choice = int(held_out.mean(axis=1).argmin())
    errors = test[choice]
    half = t * errors.std(ddof=1) / np.sqrt(len(errors))
    return choice, errors.mean(), errors.mean() - half, errors.mean() + half


def all_reduce(x, rank, size, exchange):
    """Return the sum over all ranks of their x, by a ring.

    x is cut into `size` parts. In step s = 0, ..., size - 2 a rank sends part rank - s, and adds what comes to its part
    rank - s - 1; then it has the whole sum of part rank + 1. In as many steps more it sends part rank + 1 - s, and
    stores what comes as its part rank - s. All numbers of parts are taken modulo size.
    """
    parts = np.array_split(x.copy(), size)
    for s in range(size - 1):
        parts[(rank - s - 1) % size] += exchange(parts[(rank - s) % size])
    for s in range(size - 1):
        parts[(rank - s) % size][...] = exchange(parts[(rank + 1 - s) % size])
    return np.concatenate(parts)


def initial_weights(rng, shape, fan_in):
    """Return weights for a layer before a rectifier: mean 0 and variance 2 / fan_in, each drawn alone.

    With y = sum of fan_in products w x: var(y) = fan_in var(w) mean(x^2), and the rectifier keeps half of mean(y^2):
    mean(max(y, 0)^2) = fan_in var(w) mean(x^2) / 2, which is mean(x^2) for var(w) = 2 / fan_in.
    """
    return rng.normal(size=shape) * np.sqrt(2 / fan_in)


def train(net, loss, optimizer, x, labels, epochs, batch_size, rng):
    """Train the network in place, and return the mean loss of each epoch, (epochs,).

    For each epoch: order = rng.permutation(len(x)); for each batch of it, one after the other:
    y = net.forward(x[batch]), E = loss.forward(y, labels[batch]), net.backward(loss.backward()), optimizer.step().
    The mean over the images is sum(E * images of the batch) / N; E is measured before the step.
    """
    losses = np.zeros(epochs)
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        for first in range(0, len(x), batch_size):
            batch = order[first : first + batch_size]
            E = loss.forward(net.forward(x[batch]), labels[batch])
            net.backward(loss.backward())
            optimizer.step()
            losses[epoch] += E * len(batch) / len(x)
    return losses


def gradients_are_right(layer, x):
    """Return whether backward of a layer is right at x: True or False.

    E = sum(dy * y) for any fixed dy has dE/dy = dy. Then for each entry of x, and of each parameter,
    (E(entry + h) - E(entry - h)) / (2 h) should be what backward(dy) gives, but for a small share of the largest.
    """
    rng, h = np.random.default_rng(0), 1e-5
    dy = rng.normal(size=layer.forward(x).shape)
    gradients = [layer.backward(dy).copy(), *(getattr(layer, "d" + name).copy() for name in layer.params)]
    x = x.copy()
    for array, gradient in zip([x, *(getattr(layer, name) for name in layer.params)], gradients):
        slopes = np.zeros_like(array)
        for at in np.ndindex(array.shape):
            value = array[at]
            array[at] = value + h
            above = np.sum(dy * layer.forward(x))
            array[at] = value - h
            below = np.sum(dy * layer.forward(x))
            array[at] = value
            slopes[at] = (above - below) / (2 * h)
        if np.abs(gradient - slopes).max() > 1e-5 * np.abs(slopes).max():
            return False
    return True
