"""What a learner writes: exercises made from the library's own source, and a checker that says what is wrong.

definition.py  what an exercise is
topics/        the exercises, by subject; catalogue.py: their order, capstone.py: the last
cases.py       arrays to try a method on
kinds.py       how a method is run and judged
blank.py       from live source to a file with a blank in it
learner.py     the learner's file, and errors with its own lines only
checker.py     nine levels, a diagnosis for what fails
"""
