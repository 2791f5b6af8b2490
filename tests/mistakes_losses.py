"""Mistakes as learners write them, in the losses. The form is that of mistakes_layers."""

SOFTMAX = "z = y - y.max(axis=1, keepdims=True)\ne = np.exp(z)\nself.p = e / e.sum(axis=1, keepdims=True)\n"
CE = "self.right = one_hot(labels, y)\n" + SOFTMAX
LOG_P = "logp = z - np.log(e.sum(axis=1, keepdims=True))\n"
MAP = (
    "self.right = one_hot(labels, y)\nm = np.minimum(y.min(axis=1), self.j)\ne = np.exp(m[:, None] - y)\n"
    "total = np.exp(m - self.j) + e.sum(axis=1)\nself.p = e / total[:, None]\n"
)
RIGHT = "self.right = one_hot(labels, y)\n"
AT = "y[np.arange(len(y)), labels]"

MLE_LOSS = [
    ((RIGHT + f"return float({AT}.mean() / len(y))", None), "divides by N twice", "N twice"),
    ((RIGHT + "return float(y[labels].mean())", None), "rows", "y[labels]"),
    ((RIGHT + "return float(y[:, labels].mean())", None), "y[:, labels]", "y[:, labels]"),
    ((RIGHT + "return float(y[:, labels].sum() / len(y))", None), "y[:, labels]", "sum of y[:, labels]"),
    ((RIGHT + f"return float(-np.log({AT}).mean())", None), "logarithm", "-log y"),
    ((RIGHT + f"return float(np.log({AT}).mean())", None), "logarithm", "log y"),
    ((RIGHT + "return float(((y - self.right) ** 2).mean())", None), "squared error", "squared error"),
    ((RIGHT + "return float(((y - self.right) ** 2).sum() / len(y))", None), "squared error", "squared error of rows"),
    ((RIGHT + f"return float(({AT} ** 2).mean())", None), "square of the penalty", "y squared"),
    ((RIGHT + "return float(y.max(axis=1).mean())", None), "largest penalty", "largest"),
    ((RIGHT + "return float(y[0, labels[0]])", None), "first image", "first image"),
    (
        (RIGHT + "E = 0\nfor n in range(len(y)):\n    E += y[n, labels[n]]\n    return float(E / len(y))", None),
        "first image",
        "return in the loop",
    ),
    (
        (RIGHT + "E = 0\nfor n in range(len(y)):\n    E = y[n, labels[n]]\nreturn float(E / len(y))", None),
        "last image",
        "= for +=",
    ),
    ((RIGHT + f"return {AT} / len(y)", None), "expected a number", "no sum"),
    ((RIGHT + "return float((self.right * y).mean())", None), "N x classes", "mean of all entries"),
    ((RIGHT + "return float((self.right * y).sum() / y.shape[1])", None), "number of classes", "classes for N"),
    ((RIGHT + "return float(((1 - self.right) * y).sum() / len(y))", None), "wrong classes", "wrong classes"),
    ((CE.replace("y.max", "(-y).max").replace("z = y", "z = -y") + LOG_P
      + "return float(-(self.right * logp).sum() / len(y))", None), "softmax", "softmax of -y"),
    ((CE + LOG_P + "return float(-(self.right * logp).sum() / len(y))", None), "softmax", "cross entropy"),
    ((f"self.right = labels\nreturn float({AT}.mean())", None), "one_hot(labels, y)", "labels for one-hot"),
    (
        ("self.right = np.zeros_like(y)\nself.right[np.arange(len(y)), y.argmin(axis=1)] = 1\n"
         "return float((self.right * y).sum() / len(y))", None),
        "smallest penalty",
        "argmin for labels",
    ),
    ((f"self.right = np.eye(10)[labels]\nreturn float({AT}.mean())", None), "ten classes", "np.eye(10)"),
    ((f"self.right = np.eye(y.shape[1])[labels]\nreturn float({AT}.mean())", None), "Keep the dtype", "np.eye"),
    (
        (f"self.right = np.zeros_like(y)\nself.right[:, labels] = 1\nreturn float({AT}.mean())", None),
        "[:, labels]",
        "right[:, labels]",
    ),
    (
        (f"self.right = np.zeros_like(y)\nself.right[labels] = 1\nreturn float({AT}.mean())", None),
        "rows",
        "right[labels]",
    ),
    ((f"return float({AT}.mean())", None), "forward stores nothing in self.right", "nothing stored"),
    ((f"self.right = {AT}\nreturn float(self.right.mean())", None), "one_hot(labels, y)", "y at the label stored"),
    ((None, "return self.right / len(self.right) ** 2"), "divides by N twice", "backward N twice"),
    ((None, "return self.right / self.right.shape[1]"), "number of classes", "backward classes"),
    ((None, "return -self.right / len(self.right)"), "other sign", "backward sign"),
    ((RIGHT + f"self.y = y\nreturn float({AT}.mean())", "return (self.y - self.right) / len(self.y)"),
     "y - [i = D]", "y - right"),
    ((RIGHT + f"self.y = y\nreturn float({AT}.mean())", "return self.right * self.y / len(self.y)"),
     "its derivative, 1", "right y"),
    ((RIGHT + f"self.y = y\nreturn float({AT}.mean())", "return np.ones_like(self.y) / len(self.y)"),
     "0 but at the label", "ones"),
    ((RIGHT + f"self.y = y\nreturn float({AT}.mean())", "return self.right / self.y / len(self.y)"),
     "logarithm", "1 / y"),
    ((RIGHT + f"self.labels = labels\nreturn float({AT}.mean())", "return self.labels / len(self.labels)"),
     "labels themselves", "labels"),
    ((None, "return self.right.mean(axis=0)"), "mean over the images", "mean over images"),
    ((None, "return (1 - self.right) / len(self.right)"), "wrong classes", "1 - right"),
    ((None, "self.right /= len(self.right)\nreturn self.right"), "changes the second", "in place"),
    ((None, "return self.right.astype(int) // len(self.right)"), "Keep the dtype", "whole numbers"),
]  # fmt: skip

MAP_LOSS = [
    ((MAP.replace("y.min(axis=1)", "y.min()").replace("m[:, None]", "m")
      + "return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())", None),
     "whole batch", "minimum of the batch"),
    ((MAP.replace("np.minimum(y.min(axis=1), self.j)", "y.min(axis=1)")
      + "return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())", None),
     "smallest of the y_i and j", "minimum without j"),
    ((MAP.replace("np.minimum(y.min(axis=1), self.j)", "y.max(axis=1)")
      + "return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())", None),
     "largest penalty", "maximum for minimum"),
    ((MAP.replace("m[:, None] - y", "m - y")
      + "return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())", None),
     "could not be broadcast", "keepdims forgotten"),
    ((MAP.replace("y.min(axis=1)", "y.min(axis=0)")
      + "return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())", None),
     "could not be broadcast", "minimum of axis 0"),
    ((MAP + "return float(((self.right * y).sum(axis=1) + m + np.log(total)).mean())", None), "subtract m", "+ m"),
    ((MAP + "return float(((self.right * y).sum(axis=1) + np.log(total)).mean())", None), "subtract m", "no m"),
    ((MAP.replace("np.exp(m - self.j)", "np.exp(-self.j)")
      + "return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())", None),
     "e^(m - j)", "j not shifted"),
    ((MAP.replace("np.exp(m - self.j)", "np.exp(m + self.j)")
      + "return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())", None),
     "e^+j", "sign of j"),
    ((MAP + "return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean() / len(y))", None),
     "divides by N twice", "N twice"),
    ((MAP + "return float(((self.right * y).sum() - m + np.log(total)).mean())", None),
     "y_D of the whole batch", "sum without an axis"),
    ((MAP + "return float((-(self.right * y).sum(axis=1) - m + np.log(total)).mean())", None), "-y_D", "-y_D"),
    ((MAP + "return float(((self.right * y).sum(axis=1) - m + np.log10(total)).mean())", None),
     "natural logarithm", "log10"),
    ((MAP + "return float(((self.right * y).sum(axis=1) - m + np.log2(total)).mean())", None),
     "natural logarithm", "log2"),
    ((MAP + "return float(-np.log((self.p * self.right).sum(axis=1) + 1e-7).mean())", None),
     "a small number", "log(p + 1e-7)"),
    ((MAP + "return float(-np.log((self.p * self.right).sum(axis=1) + 1e-12).mean())", None),
     "a small number", "log(p + 1e-12)"),
    ((MAP + "return float(-np.log(np.clip((self.p * self.right).sum(axis=1), 1e-15, 1)).mean())", None),
     "a small number", "clip"),
    ((MAP + "return float(-np.log((self.p * self.right).sum(axis=1)).mean())", None), "log 0", "log p"),
    ((RIGHT + "E = (self.right * y).sum(axis=1) + np.log(np.exp(-self.j) + np.exp(-y).sum(axis=1))\n"
      "return float(E.mean())", None), "log 0", "as printed"),
    ((RIGHT + "E = (self.right * y).sum(axis=1) + np.log(np.exp(-self.j) + np.exp(-y).sum())\n"
      "return float(E.mean())", None), "whole batch", "sum over the batch"),
    ((RIGHT + "E = (self.right * y).sum(axis=1) + np.log((np.exp(-self.j) + np.exp(-y)).sum(axis=1))\n"
      "return float(E.mean())", None), "once for each class", "e^-j for each class"),
    ((RIGHT + "E = (self.right * y).sum(axis=1) + np.log(np.exp(-self.j) + ((1 - self.right) * np.exp(-y)).sum(axis=1))"
      "\nreturn float(E.mean())", None), "all classes, D too", "wrong classes only"),
    ((RIGHT + "E = (self.right * y).sum(axis=1) + np.log(np.exp(-self.j) + (np.exp(-y) * self.right).sum(axis=1))\n"
      "return float(E.mean())", None), "all classes", "right class only"),
    ((RIGHT + "E = (self.right * y).sum(axis=1) + np.exp(-self.j) + np.exp(-y).sum(axis=1)\nreturn float(E.mean())",
      None), "no logarithm", "no log"),
    ((RIGHT + "E = (self.right * y).sum(axis=1) + np.log(np.exp(-self.j)) + np.log(np.exp(-y)).sum(axis=1)\n"
      "return float(E.mean())", None), "logarithm of each term", "sum of logs"),
    ((RIGHT + "E = (self.right * y).sum(axis=1) + np.log(1 + np.exp(-y).sum(axis=1))\nreturn float(E.mean())",
      None), "e^-j", "1 for e^-j"),
    ((RIGHT + "E = (self.right * y).sum(axis=1) + self.j + np.log(np.exp(-y).sum(axis=1))\nreturn float(E.mean())",
      None), "outside of the logarithm", "j outside"),
    ((RIGHT + "E = y[labels].sum(axis=1) + np.log(np.exp(-self.j) + np.exp(-y).sum(axis=1))\nreturn float(E.mean())",
      None), "rows", "y[labels]"),
    ((RIGHT + "return float((self.right * y).sum() / len(y))", None), "eq. 8", "MLE"),
    ((MAP.replace("one_hot(labels, y)", "labels") + f"return float(({AT} - m + np.log(total)).mean())", None),
     "one_hot(labels, y)", "labels for one-hot"),
    ((MAP + "return (self.right * y).sum(axis=1) - m + np.log(total)", None), "expected a number", "no mean"),
    ((MAP + "for n in range(len(y)):\n    E = y[n, labels[n]] - m[n] + np.log(total[n])\nreturn float(E)", None),
     "last image", "= for +="),
    ((None, "return (self.p - self.right) / len(self.p)"), "other sign", "p - right"),
    ((None, "return (self.right - self.p) / len(self.p) ** 2"), "divides by N twice", "backward N twice"),
    ((None, "return (self.right - self.p) / self.p.size"), "number of classes too", "size"),
    ((None, "return (self.right - self.p) / self.p.shape[1]"), "number of classes", "classes"),
    ((None, "return (1 - self.p) / len(self.p)"), "1 - p for every class", "1 - p"),
    ((None, "return self.p * (1 - self.p) / len(self.p)"), "p (1 - p)", "p (1 - p)"),
    ((None, "return self.right * (1 - self.p) / len(self.p)"), "at the label only", "at the label only"),
    ((MAP.replace("total[:, None]", "e.sum(axis=1, keepdims=True)")
      + "return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())", None), "rubbish", "p without j"),
    ((MAP.replace("total[:, None]", "total.sum()")
      + "return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())", None), "whole batch", "p of batch"),
    ((MAP.replace("e / total[:, None]", "e")
      + "return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())", None), "not divided", "p = e"),
    ((MAP + "self.y = y\nself.labels = labels\nreturn float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())",
      "d = -self.p.copy()\nd[self.labels] += 1\nreturn d / len(d)"), "rows", "d[labels]"),
    ((MAP + "self.y = y\nself.labels = labels\nreturn float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())",
      "d = -self.p.copy()\nd[:, self.labels] += 1\nreturn d / len(d)"), "[:, labels]", "d[:, labels]"),
    ((MAP + "self.y = y\nreturn float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())",
      "e = np.exp(self.y - self.y.max(axis=1, keepdims=True))\np = e / e.sum(axis=1, keepdims=True)\n"
      "return (p - self.right) / len(p)"), "softmax of y", "softmax"),
    ((MAP + "self.y = y\nreturn float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())",
      "y = self.y\ne = np.exp(-y)\n"
      "return (self.right - e / (y.dtype.type(np.exp(-self.j)) + e.sum(axis=1, keepdims=True))) / len(e)"),
     "which is 0 for large y", "p as printed"),
    ((None, "self.p -= self.right\nreturn -self.p / len(self.p)"), "changes the second", "in place"),
]  # fmt: skip

CROSS_ENTROPY = [
    ((CE.replace("y.max(axis=1, keepdims=True)", "y.max()") + LOG_P
      + "return float(-(self.right * logp).sum() / len(y))", None), "whole batch", "maximum of the batch"),
    ((CE.replace("y.max(axis=1, keepdims=True)", "y.max(axis=1)") + LOG_P
      + "return float(-(self.right * logp).sum() / len(y))", None), "could not be broadcast", "keepdims forgotten"),
    ((CE.replace("y.max(axis=1, keepdims=True)", "y.max(axis=0)") + LOG_P
      + "return float(-(self.right * logp).sum() / len(y))", None), "of each class", "maximum of axis 0"),
    ((CE.replace("e.sum(axis=1, keepdims=True)", "e.sum()")
      + "return float(-np.log((self.p * self.right).sum(axis=1)).mean())", None), "whole batch", "sum of the batch"),
    ((CE.replace("e.sum(axis=1, keepdims=True)", "e.sum(axis=0)")
      + "return float(-np.log((self.p * self.right).sum(axis=1)).mean())", None), "over the images", "sum of axis 0"),
    ((CE.replace("e.sum(axis=1, keepdims=True)", "e.sum(axis=1)")
      + "return float(-np.log((self.p * self.right).sum(axis=1)).mean())", None), "could not be broadcast",
     "sum without keepdims"),
    ((CE + "return float(-np.log((self.p * self.right).sum(axis=1) + 1e-7).mean())", None), "a small number", "1e-7"),
    ((CE + "return float(-np.log((self.p * self.right).sum(axis=1) + 1e-8).mean())", None), "a small number", "1e-8"),
    ((CE + "return float(-np.log((self.p * self.right).sum(axis=1) + 1e-12).mean())", None), "a small number", "1e-12"),
    ((CE + "return float(-(self.right * np.log(self.p + 1e-9)).sum() / len(y))", None), "a small number", "1e-9"),
    ((CE + "return float(-(self.right * np.log(self.p + 1e-15)).sum() / len(y))", None), "a small number", "1e-15"),
    ((CE + "p = np.clip(self.p, 1e-7, 1 - 1e-7)\nreturn float(-(self.right * np.log(p)).sum() / len(y))", None),
     "a small number", "clip 1e-7"),
    ((CE + "p = np.clip(self.p, 1e-12, 1 - 1e-12)\nreturn float(-(self.right * np.log(p)).sum() / len(y))", None),
     "a small number", "clip 1e-12"),
    ((CE + "p = np.maximum(self.p, 1e-15)\nreturn float(-(self.right * np.log(p)).sum() / len(y))", None),
     "a small number", "maximum"),
    ((CE + "return float(-np.log((self.p * self.right).sum(axis=1)).mean())", None), "log p is infinite", "log p"),
    ((RIGHT + "e = np.exp(y)\nself.p = e / e.sum(axis=1, keepdims=True)\n"
      "return float(-np.log(self.p[np.arange(len(y)), labels]).mean())", None), "overflows", "no maximum"),
    ((CE + LOG_P + "return float(-(self.right * logp).sum(axis=1).mean() / len(y))", None),
     "divides by N twice", "N twice"),
    ((CE + LOG_P + "return float(-(self.right * logp).mean())", None), "N x classes", "mean of all entries"),
    ((CE + LOG_P + "return float(-(self.right * logp).sum())", None), "sum over the images", "sum"),
    ((CE + LOG_P + "return float((self.right * logp).sum() / len(y))", None), "other sign", "no minus"),
    ((CE + LOG_P + "return float(-logp[labels].mean())", None), "rows", "logp[labels]"),
    ((CE + LOG_P + "return float(-logp[:, labels].mean())", None), "[:, labels]", "logp[:, labels]"),
    ((CE + LOG_P + "return float(-logp.sum() / len(y))", None), "all classes", "no one-hot"),
    ((CE + LOG_P + "return float(-logp.mean())", None), "all classes", "mean, no one-hot"),
    ((CE + LOG_P + "return float(-logp.max(axis=1).mean())", None), "largest score", "largest for the label"),
    ((CE + "return float(-(self.right * np.log2(self.p + (1 - self.right))).sum() / len(y))", None),
     "natural logarithm", "log2"),
    ((CE + "return float(-(self.right * np.log10(self.p + (1 - self.right))).sum() / len(y))", None),
     "natural logarithm", "log10"),
    ((CE + "E = -(self.right * np.log(self.p) + (1 - self.right) * np.log(1 - self.p))\nreturn float(E.sum() / len(y))",
      None), "yes or no for each class", "binary"),
    ((CE + "E = -(self.right * np.log(self.p) + (1 - self.right) * np.log(1 - self.p))\nreturn float(E.mean())",
      None), "yes or no for each class", "binary, mean"),
    ((CE + "return float(((self.p - self.right) ** 2).sum() / len(y))", None), "squared error", "squared error"),
    ((CE + "return float(((self.p - self.right) ** 2).mean())", None), "squared error", "mean squared error"),
    ((CE + "return float(-(self.p * np.log(self.p)).sum() / len(y))", None), "entropy of p", "p log p"),
    ((CE + "return float(-(self.p * np.log(self.right + 1e-9)).sum() / len(y))", None),
     "each other's place", "swapped"),
    ((CE + "return float(-np.log(y[np.arange(len(y)), labels]).mean())", None), "logarithm of the score", "log y"),
    ((CE + "q = np.exp(self.p)\nq = q / q.sum(axis=1, keepdims=True)\n"
      "return float(-np.log(q[np.arange(len(y)), labels]).mean())", None), "softmax twice", "softmax twice"),
    ((CE + "for n in range(len(y)):\n    E = -np.log(self.p[n, labels[n]])\nreturn float(E)", None),
     "last image", "= for +="),
    ((CE + "E = 0\nfor n in range(len(y)):\n    E -= np.log(self.p[n, labels[n]])\n    return float(E / len(y))", None),
     "first image", "return in the loop"),
    ((CE + "return -np.log(self.p[np.arange(len(y)), labels])", None), "expected a number", "no mean"),
    ((CE + "return float((np.log(e.sum(axis=1)) + y.max(axis=1) - (self.right * z).sum(axis=1)).mean())", None),
     "not in the sum", "max taken off once"),
    ((CE + "return float((np.log(e.sum(axis=1)) - (self.right * y).sum(axis=1)).mean())", None),
     "not from y_D", "y_D not shifted"),
    ((CE.replace("self.p =", "p =") + LOG_P + "return float(-(self.right * logp).sum() / len(y))", None),
     "forward stores nothing in self.p", "self.p forgotten"),
    ((CE + LOG_P + "self.p = logp\nreturn float(-(self.right * logp).sum() / len(y))", None), "self.p should", "log p"),
    ((CE + LOG_P + "self.p = self.p[np.arange(len(y)), labels]\nreturn float(-(self.right * logp).sum() / len(y))",
      None), "p at the label", "p at the label"),
    ((CE + LOG_P + "self.p = self.p.argmax(axis=1)\nreturn float(-(self.right * logp).sum() / len(y))",
      None), "argmax", "argmax"),
    ((None, "return (self.p - self.right) / len(self.p) ** 2"), "divides by N twice", "backward N twice"),
    ((None, "return (self.p - self.right) / self.p.size"), "number of classes too", "size"),
    ((None, "return (self.p - self.right) / self.p.shape[1]"), "number of classes", "classes"),
    ((None, "return (self.p - 1) / len(self.p)"), "1 from every class", "p - 1"),
    ((None, "return self.p * (1 - self.p) / len(self.p)"), "p (1 - p)", "diagonal"),
    ((None, "return (self.p - self.right) * self.p * (1 - self.p) / len(self.p)"), "p (1 - p)", "times p (1 - p)"),
    ((None, "return -self.right / self.p / len(self.p)"), "with respect to p", "-right / p"),
    ((None, "return -1 / self.p / len(self.p)"), "with respect to p", "-1 / p"),
    ((None, "return self.right * (self.p - 1) / len(self.p)"), "at the label only", "at the label only"),
    ((None, "return (self.p - self.right).mean(axis=0)"), "mean over the images", "mean over images"),
    ((None, "return -(self.right * np.log(self.p)) / len(self.p)"), "E itself", "E"),
    ((None, "return 2 * (self.p - self.right) / len(self.p)"), "factor 2", "factor 2"),
    ((CE + LOG_P + "self.y = y\nreturn float(-(self.right * logp).sum() / len(y))",
      "return (self.y - self.right) / len(self.y)"), "y for p", "y - right"),
    ((CE + LOG_P + "self.labels = labels\nreturn float(-(self.right * logp).sum() / len(y))",
      "d = self.p.copy()\nd[self.labels] -= 1\nreturn d / len(d)"), "rows", "d[labels]"),
    ((CE + LOG_P + "self.labels = labels\nreturn float(-(self.right * logp).sum() / len(y))",
      "d = self.p.copy()\nd[:, self.labels] -= 1\nreturn d / len(d)"), "[:, labels]", "d[:, labels]"),
    ((CE + LOG_P + "self.labels = labels\nreturn float(-(self.right * logp).sum() / len(y))",
      "d = self.p\nd[np.arange(len(d)), self.labels] -= 1\nreturn d / len(d)"), "changes the second", "in place"),
    ((CE + LOG_P + "self.labels = labels\nreturn float(-(self.right * logp).sum() / len(y))",
      "return (self.p - self.labels[:, None]) / len(self.p)"), "labels themselves", "p - labels"),
    ((CE + LOG_P + "p = self.p\nself.p = e / e.sum()\nreturn float(-(self.right * logp).sum() / len(y))", None),
     "whole batch", "self.p of the batch"),
    ((CE + LOG_P + "self.p = e\nreturn float(-(self.right * logp).sum() / len(y))", None), "not divided", "self.p = e"),
    ((None, "J = np.zeros_like(self.p)\nfor n in range(len(self.p)):\n    s = self.p[n].reshape(-1, 1)\n"
      "    J[n] = np.diag(np.diagflat(s) - s @ s.T)\nreturn J / len(self.p)"), "p (1 - p)", "diagonal of the Jacobian"),
]  # fmt: skip

MISTAKES = [
    (exercise, *mistake)
    for exercise, mistakes in {"mle-loss": MLE_LOSS, "map-loss": MAP_LOSS, "cross-entropy": CROSS_ENTROPY}.items()
    for mistake in mistakes
]
