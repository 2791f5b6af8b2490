"""The lessons as data, stepped through on a terminal, as a website, as notebooks.

scripts.py      scripts in percent format, cut into cells; running a cell
stepping.py     one lesson, cell by cell, on a terminal or in pdb
site.py         all of them as a website; needs the extra [lessons]
typesetting.py  their text, code and output as HTML; needs it too
notebook.py     one as an .ipynb; needs it too
own_number.py   the error that a student lowers from lesson to lesson
"""
