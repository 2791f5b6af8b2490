import json
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from scratchnet import __version__, cli, datasets
from scratchnet.cli.progress import Progress
from scratchnet.models import lenet5
from scratchnet.viewing.tables import ascii_picture


def scratchnet(*arguments, cwd):
    command = [sys.executable, "-m", "scratchnet", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=170)


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """A folder in which `train --quick` was run, and its output."""
    folder = tmp_path_factory.mktemp("run")
    return folder, scratchnet("train", "--quick", "-v", "--out", "run", cwd=folder)


def test_quick_gives_a_first_result(quick):
    folder, run = quick
    assert run.returncode == 0, run.stderr
    assert run.stdout.isascii() and run.stderr.isascii()
    lines = run.stdout.splitlines()
    epochs = [line for line in lines if line.startswith("epoch ")]
    assert len(epochs) == 1 and epochs[0].startswith("epoch  1/1  lr 0.000125  loss ")
    error = float(next(line for line in lines if line.startswith("test error")).split()[2])
    assert error < 10
    for words in (["this run", "paper"], ["0.95 %"], ["0.35 %"], ["true \\ read", "wrong"]):
        assert any(all(word in line for word in words) for line in lines), words
    assert any(line.startswith("C3.W") for line in lines) and any(line.startswith("paper ") for line in lines)
    assert "Preparing the kernels" in run.stderr
    assert "Writing the report to" in run.stderr
    assert sorted(p.name for p in (folder / "run").iterdir()) == ["config.json", "last.npz", "log.csv", "report"]


def test_the_picture_is_one(quick):
    picture = np.asarray(Image.open(quick[0] / "run" / "report" / "curves.png").convert("L"))
    assert min(picture.shape) > 300 and 0.002 < (picture < 128).mean() < 0.3


def test_eval_repeats_the_error_of_train(quick):
    folder, trained = quick
    run = scratchnet("eval", "run/last.npz", cwd=folder)
    assert run.returncode == 0, run.stderr
    error = next(line for line in trained.stdout.splitlines() if line.startswith("test error")).split()[2]
    assert f"test error {error} %" in run.stdout
    matrix = run.stdout.splitlines()[2:]
    assert len(matrix) == 11 and "\n".join(matrix) in trained.stdout


def test_predict_reads_digits(quick, tmp_path):
    folder, _ = quick
    images, labels = datasets.load("mnist", "test")
    paths = []
    for i in range(10):
        paths.append(tmp_path / f"{i}.png")
        Image.fromarray(images[i]).save(paths[-1])
    np.save(tmp_path / "array.npy", images[0])
    run = scratchnet("predict", folder / "run/last.npz", *paths, tmp_path / "array.npy", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    answers = [line for line in run.stdout.splitlines() if "penalty" in line]
    assert len(answers) == 11 and run.stdout.isascii()
    assert answers[0].split(": ")[1] == answers[10].split(": ")[1]
    right = sum(int(line.split(": ")[1][0]) == label for line, label in zip(answers, labels[:10]))
    assert right >= 8
    assert all(", then " in line for line in answers)
    assert run.stdout.count("@@") > 50, "pictures of what the network saw"


def test_ascii_picture():
    pixels = np.zeros((2, 3), np.uint8)
    pixels[0, 1], pixels[1, 2] = 255, 128
    assert ascii_picture(pixels) == "+------+\n|  @@  |\n|    ++|\n+------+"


def bad_files(folder):
    Image.new("L", (20, 20), 200).save(folder / "small.png")
    Image.new("L", (28, 28)).save(folder / "black.png")
    (folder / "text.png").write_text("hello")
    lenet5().save(folder / "good.npz")
    (folder / "cut.npz").write_bytes((folder / "good.npz").read_bytes()[:9000])
    np.savez(folder / "other.npz", W=np.zeros(3))
    (folder / "file").write_text("in the way")


@pytest.mark.parametrize(
    "arguments, code, word",
    [
        (["eval", "nothing.npz"], 2, "nothing.npz"),
        (["eval", "cut.npz"], 2, "damaged"),
        (["eval", "other.npz"], 2, "not a scratchnet model"),
        (["eval", "text.png"], 2, "it is not a model file"),
        (["predict", "good.npz", "--as-is", "small.png"], 2, "20 x 20"),
        (["predict", "good.npz", "black.png"], 2, "all black"),
        (["predict", "good.npz", "text.png"], 2, "cannot be read as a picture"),
        (["predict", "good.npz", "missing.png"], 2, "no file"),
        (["train", "--j", "-1"], 2, "--j"),
        (["train", "--loss", "mle", "--j", "3"], 2, "--j"),
        (["train", "--eta", "0"], 2, "--eta"),
        (["train", "--out", "file"], 2, "cannot be written"),
        (["train", "--resume", "nowhere"], 2, "no run in nowhere"),
    ],
)
def test_a_users_mistake_gets_one_sentence(arguments, code, word, tmp_path, monkeypatch, capsys):
    bad_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert cli.main(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("scratchnet: ")
    assert err.count("\n") == 1
    assert word in err
    assert sorted(tmp_path.iterdir()) == before, "nothing half-written"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["trian"],
        ["train", "--epochs", "0"],
        ["train", "--epochs", "x"],
        ["train", "--seed", "-1"],
        ["predict", "m"],
    ],
)
def test_wrong_usage_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["trian"], "no COMMAND 'trian'. Did you mean 'train'? There are train, recipes, eval"),
        (["exercise", "strt", "1"], "no WHAT 'strt'. Did you mean 'start'? There are list, start"),
        (["lessons", "rnu"], "no WHAT 'rnu'. Did you mean 'run'? There are list, run"),
        (["train", "--epocs", "3"], "unrecognized arguments: --epocs 3. Did you mean '--epochs'?"),
        (["train", "--loss", "mpa"], "no value 'mpa'. Did you mean 'map'? There are map, mle"),
    ],
)
def test_a_word_that_is_nearly_right_is_guessed(arguments, words, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    assert words in capsys.readouterr().err


def test_no_command_shows_the_examples(capsys):
    with pytest.raises(SystemExit):
        cli.main([])
    err = capsys.readouterr().err
    assert "examples:" in err
    assert "train --quick" in err


@pytest.mark.parametrize(
    "guess, command", [("exercises", "exercise"), ("lesson", "lessons"), ("lessons list", "lessons")]
)
def test_other_words_for_a_command(guess, command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(command.split()) == 0
    expected = capsys.readouterr().out
    assert cli.main(guess.split()) == 0
    assert capsys.readouterr().out == expected


def test_the_version(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"scratchnet {__version__}\n"


def test_damaged_data_ends_with_3(monkeypatch, tmp_path, capsys):
    lenet5().save(tmp_path / "good.npz")
    monkeypatch.setattr(datasets.sets.DataSet, "folder", lambda self: tmp_path)
    assert cli.main(["eval", str(tmp_path / "good.npz")]) == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_a_diverging_run_ends_with_1(tmp_path, capsys):
    assert cli.main(["train", "--quick", "--eta", "1e42", "--out", str(tmp_path / "run")]) == 1
    err = capsys.readouterr().err
    assert "Lower the learning rate (--eta)" in err and "Traceback" not in err
    assert not (tmp_path / "run" / "last.npz").exists()


def test_an_interrupted_run_prints_how_to_resume(small, monkeypatch, tmp_path, capsys):
    whole, halted = tmp_path / "whole", tmp_path / "halted"
    assert cli.main(["train", "--quick", "--epochs", "2", "--out", str(whole)]) == 0

    save = Progress.epoch

    def interrupt(self, history):
        save(self, history)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Progress, "epoch", interrupt)
        assert cli.main(["train", "--quick", "--epochs", "2", "--out", str(halted)]) == 130
    err = capsys.readouterr().err
    assert f"train --resume {halted}" in err
    assert json.loads((halted / "config.json").read_text())["epochs"] == 2
    assert cli.main(["train", "--resume", str(halted)]) == 0
    a, b = lenet5().load(whole / "last.npz"), lenet5().load(halted / "last.npz")
    assert all(np.array_equal(u, v) for (_, u, _, _), (_, v, _, _) in zip(a.parameters(), b.parameters()))


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process")
def test_ctrl_c(tmp_path):
    command = [sys.executable, "-u", "-m", "scratchnet", "train", "--quick", "--epochs", "50", "--out", "run"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as run:
        assert run.stdout.readline().startswith("epoch  1/50")
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "train --resume run" in err and "Traceback" not in err


def test_help_imports_nothing_that_takes_time(tmp_path):
    code = (
        "import sys; from scratchnet import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "slow = {'numba', 'matplotlib', 'scipy', 'torch', 'tqdm', 'PIL'} & set(sys.modules)\n"
        "assert not slow, slow"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "examples:" in run.stdout and run.stdout.isascii()
