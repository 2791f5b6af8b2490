"""The lessons as data, stepped through on a terminal, as a website, as notebooks.

scripts.py         scripts in percent format, cut into cells; running a cell
stepping.py        one lesson, cell by cell, on a terminal or in pdb
prompt.py          what is asked after each cell: a key, a prediction, or Python
bookmark.py        where one stopped
plain_formulas.py  LaTeX formulas as text for a terminal
own_number.py      the error that a student lowers from lesson to lesson
notebook.py        one as an .ipynb; needs the extra [lessons], as all below
site.py            all of them as a website
page_frame.py      what every page has
lesson_page.py     the page of a lesson, with folded answers
index_page.py      the front page
glossary_page.py   the glossary
front_network.py   the network that reads what one draws
widgets.py         what a reader can move; the JavaScript is in widgets/
typesetting.py     text, code and output as HTML
reference.py       the API reference, built by Sphinx
"""
