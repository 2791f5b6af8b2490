"""Right answers of the exercises on optimizers and pruning, in the styles in which learners write them."""

import textwrap

STYLES = {
    "sgd": {
        "plain": (
            """
            for name, w, g, _ in self.net.parameters():
                w -= self.lr * g
            """,
        ),
        "slice": (
            """
            for name, value, gradient, curvature in self.net.parameters():
                value[...] = value - self.lr * gradient
            """,
        ),
        "out": (
            """
            for _, value, gradient, _ in self.net.parameters():
                np.subtract(value, self.lr * gradient, out=value)
            """,
        ),
        "leaves": (
            """
            for leaf in self.net.leaves():
                for name in leaf.params:
                    w = getattr(leaf, name)
                    w += -self.lr * getattr(leaf, "d" + name)
            """,
        ),
        "entries": (
            """
            for name, value, gradient, _ in self.net.parameters():
                for i in range(value.size):
                    value.flat[i] -= self.lr * gradient.flat[i]
            """,
        ),
    },
    "momentum": {
        "plain": (
            """
            for name, w, g, _ in self.net.parameters():
                if name not in self.v:
                    self.v[name] = np.zeros_like(w)
                grad = g + self.weight_decay * w
                self.v[name] = self.momentum * self.v[name] + grad
                w -= self.lr * self.v[name]
            """,
        ),
        "in place": (
            """
            for name, value, gradient, _ in self.net.parameters():
                v = self.v.setdefault(name, np.zeros_like(value))
                v *= self.momentum
                v += gradient
                v += self.weight_decay * value
                value -= self.lr * v
            """,
        ),
        "torch": (
            """
            for name, p, grad, _ in self.net.parameters():
                d_p = grad
                if self.weight_decay != 0:
                    d_p = d_p + self.weight_decay * p
                if self.momentum != 0:
                    if name not in self.v:
                        self.v[name] = d_p.copy()
                    else:
                        self.v[name] = self.momentum * self.v[name] + d_p
                    d_p = self.v[name]
                np.subtract(p, self.lr * d_p, out=p)
            """,
        ),
    },
    "adam": {
        "plain": (
            """
            self.t += 1
            b1, b2 = self.betas
            for name, w, g, _ in self.net.parameters():
                if name not in self.m:
                    self.m[name] = np.zeros_like(w)
                    self.v[name] = np.zeros_like(w)
                g = g + self.weight_decay * w
                self.m[name] = b1 * self.m[name] + (1 - b1) * g
                self.v[name] = b2 * self.v[name] + (1 - b2) * g * g
                m_hat = self.m[name] / (1 - b1**self.t)
                v_hat = self.v[name] / (1 - b2**self.t)
                w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
            """,
        ),
        "in place": (
            """
            self.t += 1
            beta1, beta2 = self.betas
            for name, value, gradient, _ in self.net.parameters():
                m = self.m.setdefault(name, np.zeros_like(value))
                v = self.v.setdefault(name, np.zeros_like(value))
                grad = gradient + self.weight_decay * value
                m += (1 - beta1) * (grad - m)
                v += (1 - beta2) * (grad**2 - v)
                rate = self.lr * np.sqrt(1 - beta2**self.t) / (1 - beta1**self.t)
                value[...] = value - rate * m / (np.sqrt(v) + self.eps * np.sqrt(1 - beta2**self.t))
            """,
        ),
        "helper": (
            """
            def mean(store, name, beta, new):
                store[name] = beta * store.get(name, 0 * new) + (1 - beta) * new
                return store[name] / (1 - beta**self.t)

            self.t = self.t + 1
            for name, value, gradient, _ in self.net.parameters():
                g = np.add(gradient, self.weight_decay * value)
                first = mean(self.m, name, self.betas[0], g)
                second = mean(self.v, name, self.betas[1], np.square(g))
                np.subtract(value, self.lr * first / (second**0.5 + self.eps), out=value)
            """,
        ),
    },
    "sdlm": {
        "plain": (
            """
            engine.curvatures(x, labels)
            self.eps = {}
            for leaf in self.net.leaves():
                for name in leaf.params:
                    h = getattr(leaf, "h" + name)
                    self.eps[(leaf, name)] = self.lr / (self.mu + h)
            """,
            """
            for leaf in self.net.leaves():
                for name in leaf.params:
                    w = getattr(leaf, name)
                    dw = getattr(leaf, "d" + name)
                    w -= self.eps[leaf, name] * dw
            """,
        ),
        "comprehension": (
            """
            engine.curvatures(x, labels)
            self.eps = {
                (leaf, name): np.divide(self.lr, self.mu + getattr(leaf, f"h{name}"))
                for leaf in self.net.leaves()
                for name in leaf.params
            }
            """,
            """
            for (leaf, name), eps in self.eps.items():
                w = getattr(leaf, name)
                np.subtract(w, eps * getattr(leaf, f"d{name}"), out=w)
            """,
        ),
        "entries": (
            """
            engine.curvatures(x, labels)
            self.eps.clear()
            for leaf in self.net.leaves():
                for name in leaf.params:
                    h = vars(leaf)["h" + name]
                    eps = np.zeros_like(h)
                    for i in range(h.size):
                        eps.flat[i] = self.lr / (self.mu + h.flat[i])
                    self.eps[leaf, name] = eps
            """,
            """
            for key in self.eps:
                leaf, name = key
                value = getattr(leaf, name)
                value[:] = value - self.eps[key] * getattr(leaf, "d" + name)
            """,
        ),
    },
    "optimal-brain-damage": {
        "plain": (
            """
            engine.curvatures(x, labels)
            self.saliency = {}
            for leaf in self.net.leaves():
                for name in leaf.params:
                    w = getattr(leaf, name)
                    h = getattr(leaf, "h" + name)
                    self.saliency[leaf, name] = 0.5 * h * w**2
            """,
            """
            everything = np.concatenate([s.flatten() for s in self.saliency.values()])
            k = round(share * len(everything))
            if k == 0:
                return
            threshold = np.sort(everything)[k - 1]
            for (leaf, name), s in self.saliency.items():
                w = getattr(leaf, name)
                w[s <= threshold] = 0
            """,
        ),
        "order": (
            """
            engine.curvatures(x, labels)
            self.saliency = {
                (leaf, name): getattr(leaf, "h" + name) * np.square(getattr(leaf, name)) / 2
                for leaf in self.net.leaves()
                for name in leaf.params
            }
            """,
            """
            keys = list(self.saliency)
            flat = np.concatenate([self.saliency[key].ravel() for key in keys])
            doomed = np.argsort(flat)[: round(share * flat.size)]
            mask = np.ones(flat.size)
            mask[doomed] = 0
            start = 0
            for leaf, name in keys:
                w = getattr(leaf, name)
                w *= mask[start : start + w.size].reshape(w.shape)
                start += w.size
            """,
        ),
        "list": (
            """
            engine.curvatures(x, labels)
            for leaf in self.net.leaves():
                for name in leaf.params:
                    s = getattr(leaf, "h" + name) * getattr(leaf, name) * getattr(leaf, name)
                    self.saliency[leaf, name] = s / 2
            """,
            """
            entries = []
            for (leaf, name), s in self.saliency.items():
                for index in np.ndindex(s.shape):
                    entries.append((s[index], len(entries), leaf, name, index))
            entries.sort(key=lambda entry: entry[:2])
            for _, _, leaf, name, index in entries[: round(share * len(entries))]:
                getattr(leaf, name)[index] = 0
            """,
        ),
    },
}
STYLES = {
    exercise: {style: tuple(textwrap.dedent(text).strip() + "\n" for text in texts) for style, texts in styles.items()}
    for exercise, styles in STYLES.items()
}
