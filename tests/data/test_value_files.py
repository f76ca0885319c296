"""Values from files: what is read, and the sentence for everything that is not."""

import io
import json
import os
import random
import time

import numpy as np
import pytest

from gradcli.data.files import read_stdin_value, read_value, read_variables
from gradcli.errors import UsageError


def same(value, wanted):
    wanted, value = np.asarray(wanted), np.asarray(value)
    assert value.dtype == (np.bool_ if wanted.dtype == np.bool_ else np.float64)
    assert value.shape == wanted.shape
    np.testing.assert_array_equal(value, wanted)


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes a file of the current folder and gives its name."""
    monkeypatch.chdir(tmp_path)

    def writer(name, content):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    return writer


def saved(save, *args, **kwargs):
    buffer = io.BytesIO()
    save(buffer, *args, **kwargs)
    return buffer.getvalue()


def trouble(read, *args):
    """The message and the hint of the error."""
    with pytest.raises(UsageError) as caught:
        read(*args)
    assert caught.value.hint
    return caught.value.message


TEXTS = [
    ("m.csv", "1,2\n3,4\n", [[1, 2], [3, 4]]),
    ("m.csv", "x,y\n1,2\n3,4", [[1, 2], [3, 4]]),
    ("m.csv", "\ufeffx\r\n1\r\n\r\n2\r\n", [1, 2]),
    ("m.csv", "1, 2.5 ,-3e2", [1, 2.5, -300]),
    ("m.csv", '# a comment\n"1","2"\n', [1, 2]),
    ("m.csv", "nan,inf,-inf", [np.nan, np.inf, -np.inf]),
    ("m.csv", "true,False\nTRUE,true", [[True, False], [True, True]]),
    ("m.csv", "1,true", [1.0, 1.0]),
    ("m.csv", "7", [7]),
    ("M.CSV", "7\n8", [7, 8]),
    ("m.tsv", "a\tb\n1\t2\n3\t4\n", [[1, 2], [3, 4]]),
    ("m.txt", "1 2 # the rest\n\n# nothing\n 3\t4 \n", [[1, 2], [3, 4]]),
    ("m.txt", "1\n2\n3", [1, 2, 3]),
    ("m.json", "[[1, 2], [3, 4.5]]", [[1, 2], [3, 4.5]]),
    ("m.json", '\ufeff["nan", "inf", "-inf", -0.0]', [np.nan, np.inf, -np.inf, -0.0]),
    ("m.json", "[true, false]", [True, False]),
    ("m.json", "[true, 2]", [1.0, 2.0]),
    ("m.json", "3", 3.0),
    ("m.json", "true", True),
    ("m.json", "[]", np.zeros(0)),
    ("m.json", "[[], []]", np.zeros((2, 0))),
    ("m.json", "[" * 32 + "1" + "]" * 32, np.ones((1,) * 32)),
    ("m.json", "[9007199254740993]", [9007199254740992.0]),
]


@pytest.mark.parametrize(("name", "text", "wanted"), TEXTS)
def test_text_files(write, name, text, wanted):
    same(read_value(write(name, text)), wanted)


def test_a_name_twice_in_one_file_is_refused(write):
    text = '{"x": 1, "y": 2, "x": 3}'
    assert trouble(read_variables, write("v.json", text)) == "cannot read v.json: x is given twice"
    assert "cannot read v.toml: this is not TOML" in trouble(
        read_variables, write("v.toml", "x = 1\nx = 2\n")
    )


@pytest.mark.parametrize(("text", "number"), [("2", 2.0), ("-0.5", -0.5), ("true", True)])
def test_one_number_alone_is_a_number_and_no_array(write, text, number):
    found = [
        read_value(write("v.json", text)),
        read_variables(write("v.json", f'{{"x": {text}}}'))["x"],
        read_variables(write("v.toml", f"x = {text}"))["x"],
        read_stdin_value(text),
    ]
    assert found == [number] * 4
    assert set(map(type, found)) == {type(number)}


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array(3.5),
        np.array([True, False]),
        np.arange(3, dtype=np.int16),
        np.arange(3, dtype=">f4"),
        np.array([1.0], dtype=np.longdouble),
        np.zeros((0, 2)),
    ],
)
def test_arrays_of_numpy(write, array):
    wanted = array if array.dtype == np.bool_ else array.astype(np.float64)
    same(read_value(write("a.npy", saved(np.save, array))), wanted)
    same(read_value(write("a.npz", saved(np.savez, x=array))), wanted)
    same(read_value(write("c.npz", saved(np.savez_compressed, array))), wanted)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("v.json", '{"x": 3, "y": [1, "nan"], "b": true}'),
        ("v.toml", "x = 3\ny = [1, nan]\nb = true\n"),
        ("v.npz", saved(np.savez, x=3, y=np.array([1, np.nan]), b=True)),
    ],
)
def test_variables(write, name, content):
    variables = read_variables(write(name, content))
    assert list(variables) == ["x", "y", "b"]
    same(variables["x"], 3.0)
    same(variables["y"], [1, np.nan])
    same(variables["b"], True)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[[1, 2], [3, 4]]\n", [[1, 2], [3, 4]]),
        (" [1,\n2]", [1, 2]),
        ("3\n", 3.0),
        ("-1e-3", -0.001),
        ("true\n", True),
        ("nan", np.nan),
        ("1 2 3\n", [1, 2, 3]),
        ("1,2,3\n", [1, 2, 3]),
        ("1\n2\n", [1, 2]),
        ("1,2\n3,4\n", [[1, 2], [3, 4]]),
        ("a\tb\n1\t2\n3\t4\n", [[1, 2], [3, 4]]),
        ("a b\n1 2\n3 4\n", [[1, 2], [3, 4]]),
    ],
)
def test_standard_input(text, wanted):
    same(read_stdin_value(text), wanted)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("m.csv", "1,2\n3\n", "line 2 has 1 number, line 1 has 2"),
        ("m.csv", "x,y\n1,2\n\n3,4,5\n", "line 4 has 3 numbers, line 2 has 2"),
        ("m.csv", "1,2\n3,abc", "line 2, column 2: 'abc' is not a number"),
        ("m.csv", "1,x\n3,4", "line 1, column 2: 'x' is not a number"),
        ("m.csv", "1,,2", "line 1, column 2 is empty"),
        ("m.csv", "x\n1;2", "line 2, column 1: '1;2' is not a number"),
        ("m.csv", "1\n" + "x" * 99, "line 2, column 1: '" + "x" * 29 + "…' is not a number"),
        ("m.csv", "x,y\n", "there are no numbers in it"),
        ("m.csv", '1,"' + "x" * 200_000,
         "line 1 is no row of a table: field larger than field limit (131072)"),
        ("m.csv", "", "the file is empty"),
        ("m.tsv", " \n\t\n", "the file is empty"),
        ("m.csv", b"1\n2\n\xff\xfe", "line 3 is not UTF-8 text"),
        ("m.txt", "1 2\n3 # 4\n", "line 2 has 1 number, line 1 has 2"),
        ("m.txt", "# nothing", "there are no numbers in it"),
        ("m.txt", "a b", "line 1, column 1: 'a' is not a number"),
        ("m.json", "[1, NaN]", "NaN is not JSON"),
        ("m.json", "-Infinity", "-Infinity is not JSON"),
        ("m.json", "[1, 2", "line 1, column 6: this is not JSON (Expecting ',' delimiter)"),
        ("m.json", "[1]\n x", "line 2, column 2: this is not JSON (Extra data)"),
        ("m.json", "[1, null]", "null is no number"),
        ("m.json", '["one"]', "'one' is no number"),
        ("m.json", '{"x": 1}', "an object with names is no number"),
        ("m.json", "[[1, 2], [3]]", "a list of 2 stands beside one of 1"),
        ("m.json", "[[1], 2]", "a number stands beside a list"),
        ("m.json", "[1, [2]]", "a number stands beside a list"),
        ("m.json", "[" * 33 + "]" * 33, "its lists are nested too deeply"),
        ("m.json", "[" * 100_000, "its lists are nested too deeply"),
        ("a.npy", "", "the file is empty"),
        ("a.npz", "", "the file is empty"),
        ("a.npy", "hello", "its bytes are not what its suffix says, or damaged"),
        ("a.npy", saved(np.save, np.arange(9.0))[:-1], "its bytes are not what its suffix says, or damaged"),
        ("a.npz", saved(np.savez, np.arange(9.0))[:-9], "its bytes are not what its suffix says, or damaged"),
        ("a.npy", saved(np.savez, np.arange(9.0)), "it is an archive, not one array"),
        ("a.npz", saved(np.save, np.arange(9.0)), "it is one array, not an archive"),
        ("a.npz", saved(np.savez, x=1, y=2), "it must hold one array, and holds 2: x, y"),
        ("a.npz", saved(np.savez), "it must hold one array, and holds 0: none"),
        ("a.npy", saved(np.save, np.array([1j])), "it holds complex numbers"),
        ("a.npy", saved(np.save, np.array(["a"])), "it holds text"),
        ("a.npy", saved(np.save, np.array([b"a"])), "it holds text"),
        ("a.npy", saved(np.save, np.array(["2020-01-01"], dtype="M8[D]")), "it holds dates"),
        ("a.npy", saved(np.save, np.array([1], dtype="m8[s]")), "it holds time spans"),
        ("a.npy", saved(np.save, np.zeros(2, dtype=[("a", "f8")])), "it holds records with fields"),
        ("a.npy", saved(np.save, np.array([None]), allow_pickle=True),
         "it holds Python objects, which only pickle reads and gradcli never does"),
        ("a.npz", saved(np.savez, x=np.array([None])),
         "it holds Python objects, which only pickle reads and gradcli never does"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_value(write, name, content, what):
    assert trouble(read_value, write(name, content)) == f"cannot read {name}: {what}"


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("v.json", "[1, 2]", "it holds no names"),
        ("v.json", '{"x": {"y": 1}}', "the value of x: an object with names is no number"),
        ("v.json", '{"x": [[1], [1, 2]]}', "the value of x: a list of 1 stands beside one of 2"),
        ("v.toml", "x = 2020-01-01", "the value of x: dates are no numbers"),
        ("v.toml", "x = 'a'", "the value of x: 'a' is no number"),
        ("v.toml", "[part]\nx = 1", "the value of part: an object with names is no number"),
        ("v.toml", "x = 1" + "0" * 400, "the value of x: a whole number is too large for a float"),
        ("v.toml", "x = " + "[" * 5000, "its lists are nested too deeply"),
        ("v.toml", "x =", "this is not TOML: Invalid value (at end of document)"),
        ("v.toml", "", "the file is empty"),
        ("v.npz", saved(np.savez, x=1j), "the value of x: it holds complex numbers"),
        ("v.npz", saved(np.save, 1.0), "it is one array, not an archive"),
    ],
)
def test_what_is_wrong_with_variables(write, name, content, what):
    assert trouble(read_variables, write(name, content)) == f"cannot read {name}: {what}"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "there are no numbers in it"),
        (" \n", "there are no numbers in it"),
        ("abc", "line 1, column 1: 'abc' is not a number"),
        ("1 2\n3", "line 2 has 1 number, line 1 has 2"),
        ("[1, 2", "line 1, column 6: this is not JSON (Expecting ',' delimiter)"),
        ('{"x": 1}', "an object with names is no number"),
        ("[" * 100_000, "its lists are nested too deeply"),
    ],
)
def test_what_is_wrong_with_standard_input(text, what):
    assert trouble(read_stdin_value, text) == f"cannot read standard input: {what}"


def test_an_unknown_suffix():
    with pytest.raises(UsageError) as caught:
        read_value("data.xlsx")
    assert caught.value.message == "cannot read data.xlsx: gradcli does not read .xlsx files here"
    assert caught.value.hint == "the known suffixes are .npy, .npz, .csv, .tsv, .json, .txt"
    assert trouble(read_value, "data") == "cannot read data: its name has no suffix"
    assert (
        trouble(read_variables, "data.csv") == "cannot read data.csv: gradcli does not read .csv files here"
    )


VALUE_SUFFIXES = [".npy", ".npz", ".csv", ".tsv", ".json", ".txt"]


@pytest.mark.parametrize("suffix", VALUE_SUFFIXES)
def test_files_that_cannot_be_opened(tmp_path, monkeypatch, suffix):
    monkeypatch.chdir(tmp_path)
    os.mkdir(f"folder{suffix}")
    assert trouble(read_value, f"no{suffix}") == f"cannot read no{suffix}: there is no such file"
    assert trouble(read_value, f"folder{suffix}") == f"cannot read folder{suffix}: it is a folder"
    assert trouble(read_value, f"\0{suffix}") == f"cannot read \0{suffix}: this cannot be the name of a file"
    long = "x" * 300 + suffix
    assert trouble(read_value, long) == f"cannot read {long}: file name too long"


@pytest.mark.parametrize("suffix", VALUE_SUFFIXES)
def test_a_file_without_permission(monkeypatch, suffix):
    def refuse(*args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    assert trouble(read_value, f"a{suffix}") == f"cannot read a{suffix}: permission denied"


def test_several_arrays_point_to_vars(write):
    with pytest.raises(UsageError) as caught:
        read_value(write("a.npz", saved(np.savez, x=1, y=2)))
    assert caught.value.hint == "hand all of them over by name: --vars a.npz"


def test_a_path_may_be_a_path(tmp_path):
    np.save(tmp_path / "a.npy", np.ones(2))
    same(read_value(tmp_path / "a.npy"), [1, 1])


NOISE = {
    ".npy": saved(np.save, np.arange(4.0)),
    ".npz": saved(np.savez_compressed, x=np.arange(4.0), y=[True]),
    ".csv": b'x,y\n1,2\n"3",4\n#5\n',
    ".tsv": b"x\ty\n1\t2\n3\t4\n",
    ".json": b'{"x": [1, 2.5e3, "nan", null], "y": [[true], [false]]}',
    ".txt": b"1 2\n3 4 # five\n",
    ".toml": b'x = [1, 2.5e3, nan]\ny = {a = 1979-05-27T07:32:00Z, b = "\\u00e9"}\n[z]\n',
}


def noise(suffix, seed):
    """Bytes: any at all, or those of a good file with some of them changed, lost or doubled."""
    pick = random.Random(f"{suffix}{seed}")
    if seed % 4 == 0:
        return pick.randbytes(pick.randint(1, 200))
    content = bytearray(NOISE[suffix])
    for _ in range(pick.randint(1, 6)):
        place = pick.randrange(len(content))
        kind = pick.randrange(3)
        if kind == 0:
            content[place] = pick.choice([pick.randrange(256), *b'[]{},."0\n'])
        elif kind == 1:
            del content[place : place + pick.randint(1, 3)]
        else:
            content[place:place] = content[place : place + pick.randint(1, 9)]
    return bytes(content)


@pytest.mark.parametrize("suffix", NOISE)
def test_no_bytes_lead_to_anything_but_a_value_or_a_sentence(write, suffix):
    refusals = []
    for seed in range(600):
        name = write(f"noise{suffix}", noise(suffix, seed))
        for read in (read_value, read_variables):
            try:
                result = read(name)
            except UsageError as error:
                refusals.append(error.message)
                continue
            for value in result.values() if isinstance(result, dict) else [result]:
                assert value.dtype in (np.float64, np.bool_)
    assert len(refusals) > 100
    assert all(message.startswith(f"cannot read noise{suffix}: ") for message in refusals)


def test_no_text_on_standard_input_leads_to_anything_else(write):
    for suffix in (".csv", ".tsv", ".json", ".txt"):
        for seed in range(300):
            text = noise(suffix, seed).decode("utf-8", "replace")
            try:
                value = read_stdin_value(text)
            except UsageError:
                continue
            assert value.dtype in (np.float64, np.bool_)


def test_large_files_are_read_in_good_time(write):
    rows = [[number / 7, number, -number] for number in range(50_000)]
    csv = write("m.csv", "\n".join(",".join(map(repr, row)) for row in rows))
    tree = write("m.json", json.dumps(rows))
    start = time.process_time()
    same(read_value(csv), rows)
    same(read_value(tree), rows)
    assert time.process_time() - start < 5
