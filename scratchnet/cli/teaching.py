"""python -m scratchnet exercise similar: for teachers."""

from pathlib import Path

from scratchnet.cli.flags import path_of


def add(whats):
    likeness = whats.add_parser("similar", help="for teachers: which files of a class have the same structure")
    likeness.set_defaults(command=find_similar)
    likeness.add_argument("folder", type=path_of, metavar="FOLDER", help="as for `grade`")
    likeness.add_argument("--csv", type=path_of, metavar="FILE", help="all pairs, with the lines of both files")
    likeness.add_argument("--syllabus", type=path_of, metavar="FILE", help="default: syllabus.ini in FOLDER or here")


def find_similar(options):
    """Compare the files of a class. Nothing that a student wrote is run."""
    from scratchnet.cli.grading import class_folder, syllabus_of
    from scratchnet.cli.progress import say
    from scratchnet.exercises.exports import can_be_written
    from scratchnet.exercises.similar import similar, similar_csv, similar_text
    from scratchnet.exercises.submissions import same_numbers, submissions

    if options.csv:
        can_be_written(options.csv)
    with class_folder(options.folder) as (folder, home):
        exercises, found = syllabus_of(options, home).exercises, submissions(folder)
        pairs, notes = similar(found, exercises)
        for sentence in [*notes, *same_numbers(found, exercises)]:
            say(sentence)
    if options.csv:
        write(options.csv, similar_csv(pairs))
    print(similar_text(pairs))
    return 0


def write(path: Path, text: str):
    """Write a file, and say so. Raises OSError."""
    from scratchnet.exercises.exports import unwritable, write_all

    for place, why in write_all({path: text}).items():
        raise unwritable(place, why)
    print(f"written: {path}\n")
