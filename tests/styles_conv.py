"""Right answers of the exercises on convolution, in the styles in which learners write them."""

import textwrap

STYLES = {
    "convolution-by-loops": {
        "plus": """
            N, C, H, W = x.shape
            maps, OH, OW = self.output_shape(x.shape[1:])
            kh, kw = self.kernel_size
            s = self.stride
            y = np.zeros((N, maps, OH, OW), x.dtype)
            for n in range(N):
                for o in range(maps):
                    for h in range(OH):
                        for w in range(OW):
                            for c in range(C):
                                for i in range(kh):
                                    for j in range(kw):
                                        y[n, o, h, w] += self.W[o, c, i, j] * x[n, c, h * s + i, w * s + j]
                            y[n, o, h, w] += self.b[o]
            return y
        """,
        "patch": """
            N = x.shape[0]
            out, OH, OW = self.output_shape(x.shape[1:])
            kh, kw = self.kernel_size
            y = np.zeros([N, out, OH, OW], dtype=x.dtype)
            for n in range(N):
                image = x[n]
                for h in range(OH):
                    top = h * self.stride
                    bottom = top + kh
                    for w in range(OW):
                        left = w * self.stride
                        right = left + kw
                        for o in range(out):
                            patch = image[:, top:bottom, left:right]
                            y[n, o, h, w] = np.sum(patch * self.W[o]) + self.b[o]
            return y
        """,
        "helper": """
            def correlate(image, kernel, stride):
                kh, kw = kernel.shape
                OH, OW = (image.shape[0] - kh) // stride + 1, (image.shape[1] - kw) // stride + 1
                result = np.zeros((OH, OW), image.dtype)
                for h in range(OH):
                    for w in range(OW):
                        part = image[h * stride : h * stride + kh, w * stride : w * stride + kw]
                        result[h, w] = (part * kernel).sum()
                return result

            maps = []
            for image in x:
                outs = []
                for o in range(len(self.W)):
                    total = self.b[o]
                    for c in range(len(image)):
                        total = total + correlate(image[c], self.W[o, c], self.stride)
                    outs.append(total)
                maps.append(outs)
            return np.array(maps).astype(x.dtype)
        """,
        "by kernel": """
            s = self.stride
            maps, OH, OW = self.output_shape(x.shape[1:])
            kh, kw = self.kernel_size
            y = np.zeros((len(x), maps, OH, OW), x.dtype)
            for i in range(kh):
                for j in range(kw):
                    pixels = x[:, :, i : i + s * OH : s, j : j + s * OW : s]
                    y += np.einsum("oc,nchw->nohw", self.W[:, :, i, j], pixels)
            return y + self.b.reshape(1, -1, 1, 1)
        """,
    },
    "im2col": {
        "zero": """
            N, C, H, W = x.shape
            OH = (H + 2 * padding - kh) // stride + 1
            OW = (W + 2 * padding - kw) // stride + 1
            img = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)], "constant")
            col = np.zeros((N, C, kh, kw, OH, OW), x.dtype)
            for i in range(kh):
                i_max = i + stride * OH
                for j in range(kw):
                    j_max = j + stride * OW
                    col[:, :, i, j, :, :] = img[:, :, i:i_max:stride, j:j_max:stride]
            return col.transpose(1, 2, 3, 0, 4, 5).reshape(C * kh * kw, N * OH * OW)
        """,
        "indices": """
            N, C, H, W = x.shape
            out_height = int((H + 2 * padding - kh) / stride + 1)
            out_width = int((W + 2 * padding - kw) / stride + 1)
            i0 = np.repeat(np.arange(kh), kw)
            i0 = np.tile(i0, C)
            i1 = stride * np.repeat(np.arange(out_height), out_width)
            j0 = np.tile(np.arange(kw), kh * C)
            j1 = stride * np.tile(np.arange(out_width), out_height)
            i = i0.reshape(-1, 1) + i1.reshape(1, -1)
            j = j0.reshape(-1, 1) + j1.reshape(1, -1)
            k = np.repeat(np.arange(C), kh * kw).reshape(-1, 1)
            x_padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="constant")
            cols = x_padded[:, k, i, j]
            return cols.transpose(1, 0, 2).reshape(kh * kw * C, -1)
        """,
        "counters": """
            N, C, H, W = x.shape
            p = padding
            padded = np.zeros((N, C, H + 2 * p, W + 2 * p), dtype=x.dtype)
            padded[:, :, p : p + H, p : p + W] = x
            OH, OW = output_size(H, kh, stride, p), output_size(W, kw, stride, p)
            columns = np.zeros((C * kh * kw, N * OH * OW), dtype=x.dtype)
            col = 0
            for n in range(N):
                for h in range(OH):
                    for w in range(OW):
                        patch = padded[n, :, h * stride : h * stride + kh, w * stride : w * stride + kw]
                        columns[:, col] = patch.reshape(-1)
                        col += 1
            return columns
        """,
        "strided": """
            N, C, H, W = x.shape
            x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
            OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)
            sn, sc, sh, sw = x.strides
            windows = np.lib.stride_tricks.as_strided(
                x, shape=(C, kh, kw, N, OH, OW), strides=(sc, sh, sw, sn, sh * stride, sw * stride)
            )
            return windows.reshape(C * kh * kw, N * OH * OW)
        """,
        "view": """
            x = np.pad(x, [(0,), (0,), (padding,), (padding,)])
            view = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))
            view = view[:, :, ::stride, ::stride]
            return np.asfortranarray(view.transpose(1, 4, 5, 0, 2, 3).reshape(x.shape[1] * kh * kw, -1))
        """,
    },
    "col2im": {
        "zero": """
            N, C, H, W = shape
            OH = (H + 2 * padding - kh) // stride + 1
            OW = (W + 2 * padding - kw) // stride + 1
            col = columns.reshape(C, kh, kw, N, OH, OW).transpose(3, 0, 1, 2, 4, 5)
            img = np.zeros((N, C, H + 2 * padding + stride - 1, W + 2 * padding + stride - 1), columns.dtype)
            for y in range(kh):
                y_max = y + stride * OH
                for x in range(kw):
                    x_max = x + stride * OW
                    img[:, :, y:y_max:stride, x:x_max:stride] += col[:, :, y, x, :, :]
            return img[:, :, padding : H + padding, padding : W + padding]
        """,
        "indices": """
            N, C, H, W = shape
            out_height = int((H + 2 * padding - kh) / stride + 1)
            out_width = int((W + 2 * padding - kw) / stride + 1)
            i0 = np.tile(np.repeat(np.arange(kh), kw), C)
            i1 = stride * np.repeat(np.arange(out_height), out_width)
            j0 = np.tile(np.arange(kw), kh * C)
            j1 = stride * np.tile(np.arange(out_width), out_height)
            i = i0.reshape(-1, 1) + i1.reshape(1, -1)
            j = j0.reshape(-1, 1) + j1.reshape(1, -1)
            k = np.repeat(np.arange(C), kh * kw).reshape(-1, 1)
            x_padded = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=columns.dtype)
            cols = columns.reshape(C * kh * kw, N, -1).transpose(1, 0, 2)
            np.add.at(x_padded, (slice(None), k, i, j), cols)
            if padding == 0:
                return x_padded
            return x_padded[:, :, padding:-padding, padding:-padding]
        """,
        "counters": """
            N, C, H, W = shape
            OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)
            padded = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=columns.dtype)
            col = 0
            for n in range(N):
                for h in range(OH):
                    for w in range(OW):
                        field = columns[:, col].reshape(C, kh, kw)
                        padded[n, :, h * stride : h * stride + kh, w * stride : w * stride + kw] += field
                        col += 1
            return padded[:, :, padding : H + padding, padding : W + padding]
        """,
        "pixels": """
            N, C, H, W = shape
            OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)
            x = np.zeros(shape, columns.dtype)
            for c in range(C):
                for i in range(kh):
                    for j in range(kw):
                        row = (c * kh + i) * kw + j
                        for n in range(N):
                            for h in range(OH):
                                for w in range(OW):
                                    col = (n * OH + h) * OW + w
                                    a, b = h * stride + i - padding, w * stride + j - padding
                                    if 0 <= a < H and 0 <= b < W:
                                        x[n, c, a, b] += columns[row, col]
            return x
        """,
    },
    "conv-forward": {
        "matrix": """
            N, C, H, W = x.shape
            FN, C, FH, FW = self.W.shape
            _, OH, OW = self.output_shape(x.shape[1:])
            col = im2col(x, FH, FW, self.stride, self.padding)
            col_W = self.W.reshape(FN, -1)
            out = np.dot(col_W, col) + self.b.reshape(-1, 1)
            out = out.reshape(FN, N, OH, OW).transpose(1, 0, 2, 3)
            self.x = x
            self.X = col
            self.y_shape = out.shape
            return out
        """,
        "rows": """
            N = len(x)
            out, OH, OW = self.output_shape(x.shape[1:])
            kh, kw = self.kernel_size
            self.x = x
            self.X = im2col(x, kh, kw, self.stride, self.padding)
            Y = self.X.T @ self.W.reshape(out, -1).T + self.b
            y = Y.reshape(N, OH, OW, out).transpose(0, 3, 1, 2)
            self.y_shape = (N, out, OH, OW)
            return y
        """,
        "einsum": """
            self.x = x
            kh, kw = self.kernel_size
            out, OH, OW = self.output_shape(x.shape[1:])
            self.X = im2col(x, kh, kw, self.stride, self.padding)
            fields = self.X.reshape(x.shape[1], kh, kw, len(x), OH, OW)
            y = np.einsum("ocij,cijnhw->nohw", self.W, fields) + self.b[None, :, None, None]
            self.y_shape = y.shape
            return np.ascontiguousarray(y)
        """,
        "by image": """
            kh, kw = self.kernel_size
            out, OH, OW = self.output_shape(x.shape[1:])
            y = np.zeros((len(x), out, OH, OW), x.dtype)
            parts = []
            for n in range(len(x)):
                cols = im2col(x[n : n + 1], kh, kw, self.stride, self.padding)
                y[n] = (self.W.reshape(out, -1) @ cols + self.b[:, None]).reshape(out, OH, OW)
                parts.append(cols)
            self.x, self.X, self.y_shape = x, np.concatenate(parts, axis=1), y.shape
            return y
        """,
    },
    "conv-backward": {
        "matrix": """
            FN, C, FH, FW = self.W.shape
            dout = dy.transpose(1, 0, 2, 3).reshape(FN, -1)
            self.db = np.sum(dout, axis=1)
            dW = np.dot(dout, self.X.T).reshape(FN, C, FH, FW)
            self.dW = self._mask(dW)
            dcol = np.dot(self.W.reshape(FN, -1).T, dout)
            return col2im(dcol, self.x.shape, FH, FW, self.stride, self.padding)
        """,
        "loops": """
            s, p = self.stride, self.padding
            kh, kw = self.kernel_size
            N, F, OH, OW = dy.shape
            H, W = self.x.shape[2:]
            x_pad = np.pad(self.x, ((0, 0), (0, 0), (p, p), (p, p)))
            dx_pad = np.zeros_like(x_pad)
            dw = np.zeros_like(self.W)
            db = np.zeros_like(self.b)
            for n in range(N):
                for f in range(F):
                    for h in range(OH):
                        for w in range(OW):
                            window = x_pad[n, :, h * s : h * s + kh, w * s : w * s + kw]
                            db[f] += dy[n, f, h, w]
                            dw[f] += window * dy[n, f, h, w]
                            dx_pad[n, :, h * s : h * s + kh, w * s : w * s + kw] += self.W[f] * dy[n, f, h, w]
            self.dW, self.db = self._mask(dw), db
            return dx_pad[:, :, p : p + H, p : p + W]
        """,
        "einsum": """
            kh, kw = self.kernel_size
            N, out, OH, OW = dy.shape
            X = self.X.reshape(self.x.shape[1], kh, kw, N, OH, OW)
            dW = np.einsum("nohw,cijnhw->ocij", dy, X)
            if self.connections is not None:
                dW = dW * self.connections[:, :, None, None]
            self.dW = dW
            self.db = np.einsum("nohw->o", dy)
            dX = np.einsum("ocij,nohw->cijnhw", self.W, dy).reshape(self.X.shape)
            return col2im(dX, self.x.shape, kh, kw, self.stride, self.padding)
        """,
    },
    "conv-backward2": {
        "matrix": """
            out, C, kh, kw = self.W.shape
            hY = np.swapaxes(hy, 0, 1).reshape(out, -1)
            hW = hY @ np.square(self.X).T
            self.hW = self._mask(hW.reshape(self.W.shape))
            self.hb = hY.sum(1)
            hX = np.square(self.W).reshape(out, -1).T @ hY
            return col2im(hX, self.x.shape, kh, kw, self.stride, self.padding)
        """,
        "loops": """
            s, p = self.stride, self.padding
            kh, kw = self.kernel_size
            N, F, OH, OW = hy.shape
            H, W = self.x.shape[2:]
            x_pad = np.pad(self.x, ((0, 0), (0, 0), (p, p), (p, p)))
            hx = np.zeros_like(x_pad)
            hW, hb = np.zeros_like(self.W), np.zeros_like(self.b)
            for n in range(N):
                for f in range(F):
                    for h in range(OH):
                        for w in range(OW):
                            rows, cols = slice(h * s, h * s + kh), slice(w * s, w * s + kw)
                            hb[f] += hy[n, f, h, w]
                            hW[f] += x_pad[n, :, rows, cols] ** 2 * hy[n, f, h, w]
                            hx[n, :, rows, cols] += self.W[f] ** 2 * hy[n, f, h, w]
            self.hW, self.hb = self._mask(hW), hb
            return hx[:, :, p : p + H, p : p + W]
        """,
        "einsum": """
            kh, kw = self.kernel_size
            N, out, OH, OW = hy.shape
            X2 = (self.X**2).reshape(self.x.shape[1], kh, kw, N, OH, OW)
            self.hW = self._mask(np.einsum("nohw,cijnhw->ocij", hy, X2))
            self.hb = hy.sum(axis=(0, 2, 3))
            hX = np.tensordot(self.W**2, hy, axes=(0, 1))
            return col2im(hX.reshape(self.X.shape), self.x.shape, kh, kw, self.stride, self.padding)
        """,
    },
}
STYLES = {
    exercise: {style: (textwrap.dedent(text).strip() + "\n",) for style, text in styles.items()}
    for exercise, styles in STYLES.items()
}
