"""python -m scratchnet exercise similar, questions, mark: for teachers."""

from pathlib import Path

from scratchnet.cli.flags import natural, path_of
from scratchnet.errors import InputError


def add(whats):
    likeness = whats.add_parser("similar", help="for teachers: which files of a class have the same structure")
    likeness.set_defaults(command=find_similar)
    likeness.add_argument("folder", type=path_of, metavar="FOLDER", help="as for `grade`")
    likeness.add_argument("--csv", type=path_of, metavar="FILE", help="all pairs, with the lines of both files")
    likeness.add_argument("--syllabus", type=path_of, metavar="FILE", help="default: syllabus.ini in FOLDER or here")
    asking = whats.add_parser("questions", help="for teachers: short questions, with other numbers for each student")
    asking.set_defaults(command=ask)
    asking.add_argument("names", nargs="*", metavar="NAME", help="which (default: all)")
    asking.add_argument("--students", type=path_of, metavar="FILE", help="the names of the class, one in a line")
    asking.add_argument("--out", type=path_of, metavar="DIR", help="write a sheet for each student")
    asking.add_argument("--key", type=path_of, metavar="FILE", help="write the answers, and what the usual slips give")
    marking = whats.add_parser("mark", help="for teachers: mark the sheets that were handed in")
    marking.set_defaults(command=mark)
    marking.add_argument("folder", type=path_of, metavar="FOLDER", help="holds the sheets, also in folders")
    marking.add_argument("--csv", type=path_of, metavar="FILE", help="points of every student and question")
    marking.add_argument("--mistakes", type=path_of, metavar="FILE", help="the slips of the class, with the names")
    marking.add_argument("--feedback", type=path_of, metavar="DIR", help="a text for each student")
    for command in (asking, marking):
        command.add_argument("--seed", type=natural, default=0, metavar="N", help="other numbers (default: 0)")


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
        write({options.csv: similar_csv(pairs)})
    print(similar_text(pairs))
    return 0


def ask(options):
    """List the questions, or write sheets and the key of a class."""
    from scratchnet.exercises.exports import file_names
    from scratchnet.exercises.question_bank import BANK
    from scratchnet.exercises.questions import chosen, key_csv, listing, sheet

    questions = chosen(options.names, BANK)
    if not (options.out or options.key):
        print(listing(questions))
        print("\nSheets: python -m scratchnet exercise questions --students class.txt --out sheets --key key.csv")
        return
    students = names_in(options.students)
    files = {}
    if options.out:
        files = {
            options.out / f"{file}.md": sheet(name, questions, options.seed)
            for name, file in file_names(students).items()
        }
    if options.key:
        files[options.key] = key_csv(students, questions, options.seed)
    write(files)


def names_in(path):
    """Return the names of a class: the lines of a file, each once. Raises InputError."""
    if path is None:
        raise InputError("Sheets and keys need the names of the class: --students FILE, with one name in a line.")
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as why:
        raise InputError(f"{path} cannot be read as text: {why}. It should have one name in a line.") from None
    names = list(dict.fromkeys(" ".join(line.split()) for line in lines if line.strip()))
    if not names:
        raise InputError(f"{path} has no names. It should have one in a line.")
    return names


def mark(options):
    """Mark sheets; print the class, its slips and its students."""
    from scratchnet.cli.progress import say
    from scratchnet.exercises import exports
    from scratchnet.exercises.question_bank import BANK
    from scratchnet.exercises.questions import marked, on_sheets
    from scratchnet.exercises.results import results_text

    texts = sheets_in(options.folder)
    questions = on_sheets(texts.values(), BANK)
    grades = {}
    for path, text in texts.items():
        try:
            found = marked(text, questions, options.seed)
        except InputError as why:
            say(f"{path}: {why}")
            continue
        if found[0].student in grades:
            say(f"{path}: there is another sheet of {found[0].student}. It is not marked; was it handed on?")
        grades.setdefault(found[0].student, found)
    listed = [grade for found in grades.values() for grade in found]
    files = {options.csv: exports.points_csv(listed, questions)} if options.csv else {}
    files |= {options.mistakes: exports.mistakes_csv(listed, questions)} if options.mistakes else {}
    write(files | (exports.feedback(options.feedback, listed) if options.feedback else {}))
    print(results_text(listed, questions))


def sheets_in(folder):
    """Return {path: text} of the sheets in a folder. Raises InputError if there is none."""
    texts = {
        path: path.read_text("utf-8-sig", "replace")
        for path in sorted(folder.rglob("*.md"))
        if path.stat().st_size < 2**20
    }
    if not texts:
        raise InputError(f"{folder} holds no sheets. Name the folder with the .md files that were handed in.")
    return texts


def write(files: dict[Path, str]):
    """Write files, and say so. Raises InputError for the first that cannot be written."""
    from scratchnet.exercises.exports import unwritable, write_all

    for path, why in write_all(files).items():
        raise unwritable(path, why)
    if files:
        print(f"written: {', '.join(map(str, list(files)[:5]))}{' ...' if len(files) > 5 else ''}\n")
