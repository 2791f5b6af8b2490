"""What a learner writes: exercises made from the library's own source, and a checker that says what is wrong.

definition.py  what an exercise is
topics/        the exercises, by subject; catalogue.py: their order, capstone.py: the last
cases.py       arrays to try a method on
kinds.py       how a method is run and judged; networks.py: a network
blank.py       from live source to a file with a blank in it
learner.py     the learner's file, and errors with its own lines only; meanings.py: what the errors of NumPy mean
checker.py     nine levels, a diagnosis for what fails; verdict.py: which
desk.py        where the learner's code runs: a process without the right answers, worker.py; what they say: wire.py,
               what it does not find of the library: hidden.py, its limits: limits.py, its closed room: sandbox.py
grade.py       a class; submissions.py: what comes in, results.py, exports.py: what goes out, similar.py: files alike
questions.py   short questions with numbers of one's own; question_bank.py: all of them
"""
