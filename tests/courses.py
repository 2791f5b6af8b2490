"""A small course, for tests of the website that need no lesson of the library."""

from scratchnet.lessons.site import build_site

SCRIPT = """# %% [markdown]
# # {number}. On <b>plus</b>
#
# After this lesson you can add $a$ and $b$.
#
# | a | b |
# |---|--:|
# | 1 | $2^x$ |

# %%
import sys
from matplotlib.figure import Figure
from scratchnet import picture, show
from scratchnet.viewing import drawings
print("<i>before</i> & after")
show(picture)
picture(drawings.neuron([1, 2], [3, 4], 5), "a <drawing>")
picture(Figure((2, 1), dpi=50), 'a "white" <picture>')
print("1 of 2\\r2 of 2")
print("a warning", file=sys.stderr)

# %% [markdown]
# **Predict.** What is 1 + 1?

# %%
{code}

# %% [markdown]
# ## Exercise: plus-{number}
#
# Write $f'(x)$.
"""


def three_lessons(folder, monkeypatch):
    """Return a function that builds a course of three to folder / "site", with this code in lesson 2, this instead of a
    formula in 3. It returns {name of a page: HTML}."""
    (folder / "lessons").mkdir()
    monkeypatch.setattr("scratchnet.lessons.scripts.folder", lambda: folder / "lessons")

    def build(code="print('two')", formula="$a$", **more):
        for number in (1, 2, 3):
            script = SCRIPT.format(number=number, code=code if number == 2 else "print(1 + 1)")
            (folder / "lessons" / f"0{number}_plus.py").write_text(
                script.replace("$a$", formula if number == 3 else "$a$")
            )
        build_site(folder / "site", **more)
        return {path.stem: path.read_text("utf-8") for path in (folder / "site").glob("*.html")}

    build.folder = folder
    return build
