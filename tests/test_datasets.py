import gzip
import hashlib
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scratchnet import DataError, InputError, datasets
from scratchnet.datasets import sets
from scratchnet.datasets.pictures import read_digit

# MD5 sums of the published files, which torchvision checks too.
PUBLISHED = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}


@pytest.fixture(scope="module")
def test_set():
    return datasets.load("mnist", "test")


@pytest.mark.parametrize("name, md5", list(PUBLISHED.items()))
def test_the_files_are_the_published_ones(name, md5):
    from importlib.resources import files

    assert hashlib.md5((files("scratchnet") / "datasets" / "mnist" / name).read_bytes()).hexdigest() == md5


@pytest.mark.parametrize("split, count", [("train", 60_000), ("test", 10_000)])
def test_load(split, count):
    images, labels = datasets.load("mnist", split)
    assert images.shape == (count, 28, 28) and images.dtype == np.uint8
    assert labels.shape == (count,) and labels.dtype == np.uint8
    assert set(labels) == set(range(10))
    images[0] = 0  # the caller may change the arrays


# IDX files with a wrong header.


def idx(shape, data, magic=(0, 0, 8)):
    return bytes([*magic, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + data


GOOD = idx((2, 3, 3), bytes(18))


def test_read_idx(tmp_path):
    for name, data in (
        ("plain", idx((2, 3), bytes(range(6)))),
        ("zipped", gzip.compress(idx((2, 3), bytes(range(6))))),
    ):
        (tmp_path / name).write_bytes(data)
        assert datasets.read_idx(tmp_path / name).tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    "data, words",
    [
        (GOOD[:-1], ["expected 2 x 3 x 3 = 18", "got only 17"]),
        (GOOD + b"x", ["18", "more"]),
        (gzip.compress(GOOD, mtime=0)[:-9], ["damaged"]),
        (gzip.compress(GOOD, mtime=0)[:20], ["damaged"]),
        (b"\x1f\x8bnot gzip", ["damaged"]),
        (idx((2, 3, 3), bytes(18), magic=(0, 0, 9)), ["starts with 00 00 08 03", "got 00 00 09 03"]),
        (idx((2, 3, 3), bytes(18), magic=(1, 0, 8)), ["01 00 08 03"]),
        (idx((18,), bytes(18)), ["00 00 08 01", "00 00 08 03"]),
        (GOOD[:9], ["inside its header"]),
        (b"", ["got nothing"]),
        (b"\0\0", ["00 00"]),
        (idx((3, 3, 3), bytes(18)), ["27", "only 18"]),
        (idx((2**31, 3, 3), bytes(18)), ["header says 2147483648", "more than any"]),
        (idx((2**32 - 1,) * 3, bytes(18)), ["more than any"]),
        (gzip.compress(idx((2**31 - 1, 1, 1), bytes(18)), mtime=0), ["only 18"]),
    ],
)
def test_a_bad_idx_file_gets_a_sentence(data, words, tmp_path):
    path = tmp_path / "file-idx3-ubyte"
    path.write_bytes(data)
    with pytest.raises(DataError) as error:
        datasets.read_idx(path, axes=3)
    message = str(error.value)
    assert all(word in message for word in [*words, "file-idx3-ubyte"]) and "\n" not in message, message


def folder_with(tmp_path, images, labels):
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images.shape, images.tobytes())))
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels.shape, labels.tobytes())))
    return tmp_path


def test_labels_above_nine(tmp_path):
    folder = folder_with(tmp_path, np.zeros((2, 28, 28), "u1"), np.array([3, 10], "u1"))
    with pytest.raises(DataError, match="expected test labels from 0 to 9, got 10"):
        datasets.load("mnist", "test", folder)


def test_another_number_of_labels_than_images(tmp_path):
    folder = folder_with(tmp_path, np.zeros((2, 28, 28), "u1"), np.zeros(3, "u1"))
    with pytest.raises(DataError, match="got 2 test images and 3 labels"):
        datasets.load("mnist", "test", folder)


def test_images_that_are_no_bytes(tmp_path):
    folder = folder_with(tmp_path, np.zeros((2, 28, 28), "u1"), np.zeros(2, "u1"))
    numbers = np.zeros((2, 28, 28), ">i4")
    data = idx(numbers.shape, numbers.tobytes(), magic=(0, 0, 12))
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(data))
    with pytest.raises(DataError, match=r"expected test images of uint8, got >?i(nt32|4)"):
        datasets.load("mnist", "test", folder)


def test_missing_files_and_unknown_names(tmp_path):
    with pytest.raises(DataError, match="no file"):
        datasets.load("mnist", "test", tmp_path)
    with pytest.raises(DataError, match=r"'mnits'.*Did you mean 'mnist'"):
        datasets.load("mnits", "test")
    with pytest.raises(DataError, match=r"Did you mean 'fashion-mnist'.*There are mnist, .*qmnist"):
        datasets.class_names("fashion")
    with pytest.raises(DataError, match="'validation'"):
        datasets.load("mnist", "validation")


# Sets that torchvision downloads. These tests write their own files in its layout and download nothing.


def write_set(folder, name, count=20):
    """Write a small set in torchvision's layout, zipped, and return its content."""
    chosen, rng = datasets.SETS[name], np.random.default_rng(len(name))
    raw, content = folder / chosen.torch / "raw", {}
    raw.mkdir(parents=True)
    for split in ("train", "test"):
        images = rng.integers(0, 256, (count, 28, 28)).astype("u1")
        labels = rng.integers(0, 10, count).astype("u1")
        content[split] = images, labels
        stored = images.transpose(0, 2, 1).copy() if chosen.transposed else images
        files = {sets.IMAGES: idx(stored.shape, stored.tobytes())}
        if chosen.labels == sets.LABELS:
            files[sets.LABELS] = idx(labels.shape, labels.tobytes())
        else:
            columns = np.zeros((count, 8), ">i4")
            columns[:, 0], columns[:, 1:] = labels, rng.integers(0, 10**6, (count, 7))
            files[chosen.labels] = idx(columns.shape, columns.tobytes(), magic=(0, 0, 12))
        for what, data in files.items():
            (raw / f"{chosen.prefix}{chosen.test if split == 'test' else split}-{what}.gz").write_bytes(
                gzip.compress(data)
            )
    return content


@pytest.mark.parametrize("name", ["fashion-mnist", "kmnist", "emnist-digits", "qmnist"])
def test_a_set_that_is_there_is_read_without_torch(name, tmp_path):
    content = write_set(tmp_path, name)
    code = (
        "import sys; from scratchnet import datasets; import numpy as np\n"
        f"pairs = [datasets.load({name!r}, split) for split in ('train', 'test')]\n"
        "np.savez(sys.argv[1], *[array for pair in pairs for array in pair])\n"
        "assert not {'torch', 'torchvision'} & set(sys.modules)"
    )
    environment = os.environ | {"SCRATCHNET_DATA": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "read.npz"], env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    with np.load(tmp_path / "read.npz") as read:
        for array, expected in zip(read.values(), [*content["train"], *content["test"]]):
            assert array.dtype == np.uint8
            assert array.flags.c_contiguous
            assert np.array_equal(array, expected)


@pytest.mark.parametrize("name", ["fashion-mnist", "kmnist", "emnist-digits", "qmnist"])
def test_our_reading_is_that_of_torchvision(name, tmp_path, monkeypatch):
    """On unpacked files: the same layout, names and labels. Rows and columns of EMNIST are swapped there."""
    import torchvision

    write_set(tmp_path, name)
    chosen = datasets.SETS[name]
    for path in (tmp_path / chosen.torch / "raw").iterdir():
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    monkeypatch.setenv("SCRATCHNET_DATA", str(tmp_path))
    for split in ("train", "test"):
        theirs = getattr(torchvision.datasets, chosen.torch)(tmp_path, train=split == "train", **dict(chosen.options))
        images, labels = datasets.load(name, split)
        upright = theirs.data.numpy().transpose(0, 2, 1) if name == "emnist-digits" else theirs.data.numpy()
        targets = theirs.targets[:, 0] if theirs.targets.ndim == 2 else theirs.targets
        assert np.array_equal(images, upright) and np.array_equal(labels, targets)
    known = {"fashion-mnist": theirs.classes, "kmnist": theirs.classes}.get(name, list("0123456789"))
    assert list(datasets.class_names(name)) == list(known)


PUBLISHED_FASHION = Path(os.environ.get("SCRATCHNET_DATA", "nowhere")) / "FashionMNIST" / "raw"


@pytest.mark.skipif(not PUBLISHED_FASHION.is_dir(), reason="SCRATCHNET_DATA does not hold Fashion-MNIST")
def test_torchvision_unpacks_the_published_files_without_a_network(tmp_path, monkeypatch):
    import torchvision

    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for path in PUBLISHED_FASHION.glob("*.gz"):
        (raw / path.name).write_bytes(path.read_bytes())
    monkeypatch.setenv("SCRATCHNET_DATA", str(tmp_path))
    with monkeypatch.context() as hidden:
        hidden.setattr(sets.DataSet, "is_there", lambda self: False)
        sets.fetch("fashion-mnist")
    assert (raw / "train-images-idx3-ubyte").is_file(), "torchvision has unpacked them"
    images, labels = datasets.load("fashion-mnist", "test")
    theirs = torchvision.datasets.FashionMNIST(tmp_path, train=False)
    assert images.shape == (10_000, 28, 28)
    assert np.array_equal(images, theirs.data) and np.array_equal(labels, theirs.targets)
    assert datasets.class_names("fashion-mnist")[labels[0]] == "Ankle boot"


def test_a_missing_set_says_which_command_gets_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SCRATCHNET_DATA", str(tmp_path))
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "torchvision", None)
        with pytest.raises(DataError, match=r'pip install "scratchnet-lenet\[datasets\]"') as error:
            datasets.load("kmnist", "train")
    assert error.value.exit_code == 3 and "\n" not in str(error.value)

    import torchvision

    def offline(*arguments, **options):
        raise RuntimeError("Error downloading train-images:\nTried somewhere, got:\nnothing")

    monkeypatch.setattr(torchvision.datasets, "KMNIST", offline)
    with pytest.raises(DataError, match=r"could not be downloaded.*SCRATCHNET_DATA") as error:
        datasets.load("kmnist", "train")
    assert error.value.exit_code == 3 and "\n" not in str(error.value)


def test_the_cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SCRATCHNET_DATA", str(tmp_path))
    assert sets.data_folder() == tmp_path
    monkeypatch.delenv("SCRATCHNET_DATA")
    assert sets.data_folder().is_absolute() and "scratchnet" in sets.data_folder().parts


def test_hold_out(rng):
    images, labels = np.arange(50)[:, None], np.arange(50)
    train, held = datasets.hold_out(images, labels, 10, rng)
    assert len(train[0]) == 40 and len(held[0]) == 10
    assert sorted([*train[1], *held[1]]) == list(range(50)) and held[1].tolist() != list(range(10))
    for part in (train, held):
        assert np.array_equal(part[0][:, 0], part[1])
    for count in (0, 50, 60):
        with pytest.raises(DataError, match=f"{count} of 50 images cannot be held out"):
            datasets.hold_out(images, labels, count, rng)


# Pictures.


def write(pixels, path):
    Image.fromarray(pixels).save(path)
    return path


def test_read_digit(tmp_path, test_set):
    digit = test_set[0][0]
    assert np.array_equal(read_digit(write(digit, tmp_path / "a.png")), digit)
    assert np.array_equal(read_digit(write(np.repeat(digit[..., None], 3, axis=2), tmp_path / "rgb.png")), digit)
    rgba = np.zeros((28, 28, 4), "u1")
    rgba[..., :3], rgba[..., 3] = 255, digit  # white ink on a transparent page
    assert np.array_equal(read_digit(write(rgba, tmp_path / "rgba.png")), digit)
    np.save(tmp_path / "bits.npy", digit > 100)
    assert np.array_equal(read_digit(tmp_path / "bits.npy"), 255 * (digit > 100))
    np.save(tmp_path / "bytes.npy", digit)
    np.save(tmp_path / "floats.npy", digit / 255)
    assert np.array_equal(read_digit(tmp_path / "bytes.npy"), digit)
    assert np.array_equal(read_digit(tmp_path / "floats.npy"), digit)


def bad_digit(kind, folder, digit):
    path = folder / "digit.png"
    if kind == "wrong size":
        return write(digit[:20], path), "expected 28 x 28 pixels, got 28 x 20"
    if kind == "black":
        return write(np.zeros((28, 28), "u1"), path), "all black"
    if kind == "grey":
        return write(np.full((28, 28), 100, "u1"), path), "one grey"
    if kind == "16 bits":
        return write(digit.astype(np.uint16) * 256, path), "8 bits"
    if kind == "damaged header":
        write(digit, path)
        path.write_bytes(path.read_bytes()[:20] + b"xxxxxxxxxx")
        return path, "cannot be read as a picture"
    if kind == "huge array":
        path = folder / "digit.npy"
        header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999,), }"
        path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
        return path, "cannot be read as an array"
    if kind == "inverted":
        return write(255 - digit, path), "Invert"
    if kind == "text":
        path.write_text("not a picture")
        return path, "cannot be read as a picture"
    if kind == "truncated":
        write(digit, path)
        path.write_bytes(path.read_bytes()[:-60])
        return path, "cannot be read as a picture"
    if kind == "missing":
        return path, "no file"
    path = folder / "digit.npy"
    arrays = {
        "wrong shape": (digit[None], "got 1 x 28 x 28"),
        "integers": (digit.astype(int), "int64"),
        "NaN": (np.full((28, 28), np.nan), "not all from 0 to 1"),
        "too large": (digit.astype(float), "not all from 0 to 1"),
        "objects": (np.array([None]), "cannot be read as an array"),
    }
    array, word = arrays[kind]
    np.save(path, array, allow_pickle=True)
    return path, word


@pytest.mark.parametrize(
    "kind",
    [
        *("wrong size", "black", "inverted", "text", "truncated", "missing"),
        *("grey", "16 bits", "damaged header", "huge array"),
        *("wrong shape", "integers", "NaN", "too large", "objects"),
    ],
)
def test_a_bad_picture_gets_a_sentence(kind, tmp_path, test_set):
    path, word = bad_digit(kind, tmp_path, test_set[0][0])
    with pytest.raises(InputError) as error:
        read_digit(path)
    assert word in str(error.value) and path.name in str(error.value), error.value
