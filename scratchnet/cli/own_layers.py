"""python -m scratchnet exercise train: LeNet-5 on the learner's own layers."""


def add(whats, where):
    command = whats.add_parser("train", help="train LeNet-5 on your own layers", parents=[where])
    command.set_defaults(command=run)


def run(options):
    from scratchnet.cli.progress import say
    from scratchnet.datasets import load, paper_input
    from scratchnet.exercises.learner import shown
    from scratchnet.exercises.my_folder import Folder
    from scratchnet.exercises.reward import IMAGES, TEST, own_parts, train_own_layers
    from scratchnet.exercises.syllabus import Syllabus
    from scratchnet.viewing.tables import ascii_picture

    folder = Folder(options.folder)
    own = own_parts(folder, Syllabus().exercises)
    print(f"Yours: {', '.join(own.names)}")
    if own.missing:
        print(f"The library's: {', '.join(own.missing)}")
    print(f"\n{in_words(own)}\n", flush=True)
    (images, labels), (tests, answers) = load("mnist", "train"), load("mnist", "test")
    x, seen = paper_input(images[:IMAGES]), paper_input(tests[:TEST])
    say(f"Training LeNet-5 on them, up to {IMAGES:,} digits ...")
    count, result = train_own_layers(own, folder, (x, labels[:IMAGES]), (seen, answers[:TEST]))
    print(f"\nTrained on {count:,} digits, it reads {result.error:.2f} % of {TEST:,} others wrong")
    print("(guessing: 90 %; the paper, after 20 epochs of 60,000: 0.95 %). Six of them:\n")
    print(side_by_side([ascii_picture(small(image)) for image in tests[:3]]))
    print(answers_line(result, answers, range(3)))
    print(side_by_side([ascii_picture(small(image)) for image in tests[3:6]]))
    print(answers_line(result, answers, range(3, 6)))
    path = folder.path / "digits.png"
    draw(path, tests[:60], answers[:60], result.predictions[:60])
    print(f"\n{shown(path)}   sixty of them")


def in_words(own):
    """Return a table of LeNet-5's layers: which passes of each are the learner's."""
    import numpy as np

    from scratchnet.exercises.reward import PASSES, own_network, whose
    from scratchnet.viewing.tables import table

    passes, read = whose(own_network(own, np.random.default_rng(0)))
    rows = [("layer", *PASSES)]
    rows += [(name, *("yours" if p in mine else "library" for p in PASSES)) for name, mine in passes.items()]
    return f"{table(rows)}\n\n{read} of {len(passes)} layers yours: they read with your forward."


def small(image):
    """28 x 28 -> 14 x 14, the mean of each 2x2."""
    import numpy as np

    return image.reshape(14, 2, 14, 2).mean(axis=(1, 3)).astype(np.uint8)


def side_by_side(pictures):
    return "\n".join("  ".join(lines) for lines in zip(*(picture.split("\n") for picture in pictures)))


def answers_line(result, answers, which):
    texts = [
        f"read as {result.predictions[i]}" + (f", it is {answers[i]}" if result.predictions[i] != answers[i] else "")
        for i in which
    ]
    return "  ".join(f"{text:30}" for text in texts).rstrip() + "\n"


def draw(path, images, labels, predictions):
    from scratchnet.viewing.figures import reading, save

    save(reading(images, labels, predictions, "Read by your own layers"), path)
