"""Values from files: a path or the text of standard input goes in, a number or an array comes out.

What a file is, its suffix says: .npy, .npz, .csv, .tsv, .json, .txt for one value; .json, .toml, .npz for the
values of many names. Nothing in a file is ever run (no pickle), and whatever is wrong with it is a UsageError
that names the file, the line where that is known, and what to do.
"""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, BinaryIO

from gradcli.data import nested_lists
from gradcli.data.rows_of_text import Table, delimited, spaced
from gradcli.data.text import decoded, whole
from gradcli.data.unreadable import unreadable
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = float | bool | NDArray[Any]  # of float64 or bool; a number alone needs no NumPy

Path = str | os.PathLike[str]

STDIN = "standard input"

# What an array of another kind holds, by the letter of NumPy's dtype.kind, and what to do about it.
REFUSED = {
    "c": ("complex numbers", "save the real and the imaginary part as two arrays"),
    "O": ("Python objects, which only pickle reads and gradcli never does", "save an array of floats"),
    "S": ("text", "save an array of floats"),
    "T": ("text", "save an array of floats"),
    "U": ("text", "save an array of floats"),
    "M": ("dates", "save the seconds since some moment as floats"),
    "m": ("time spans", "save them as floats, in seconds"),
    "V": ("records with fields", "save each field as an array of its own"),
}


def read_value(path: Path) -> Values:
    """The one value in a file."""
    if _is_pipe(path):
        return read_stdin_value(_text(os.fspath(path)), os.fspath(path))
    name, suffix = _name_and_suffix(path, _VALUE_READERS)
    return _VALUE_READERS[suffix](name)


def read_variables(path: Path) -> dict[str, Values]:
    """The values in a file, by name."""
    if _is_pipe(path):
        name = os.fspath(path)
        text = _text(name)
        read = nested_lists.json_variables if text.lstrip()[:1] in ("{", "[") else nested_lists.toml_variables
        return {key: _from_numbers(numbers) for key, numbers in read(text, name).items()}
    name, suffix = _name_and_suffix(path, _VARIABLE_READERS)
    return _VARIABLE_READERS[suffix](name)


def read_stdin_value(text: str, name: str = STDIN) -> Values:
    """The value in a text: JSON if it begins like it, one number, or a table with commas, tabs or spaces."""
    if text.lstrip()[:1] in ("[", "{", '"'):
        return _from_numbers(nested_lists.json_value(text, name))
    if "," not in text and len(text.split()) == 1:
        return spaced(text, name).elements[0]
    if "," in text or "\t" in text.strip():
        return _from_table(delimited(text, "," if "," in text else "\t", name))
    return _from_table(spaced(text, name, header=True))


def _is_pipe(path: Path) -> bool:
    """Whether it is what a shell makes of ``<(command)``: text, and its name says nothing of its form."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def _name_and_suffix(path: Path, known: Iterable[str]) -> tuple[str, str]:
    """The name of a file and its suffix, if that is known."""
    name = os.fspath(path)
    suffix = os.path.splitext(name)[1].lower()
    if suffix not in known:
        what = f"gradcli does not read {suffix} files here" if suffix else "its name has no suffix"
        raise unreadable(name, what, f"the known suffixes are {', '.join(known)}")
    return name, suffix


# --- bytes and text -----------------------------------------------------------------------------------------


def _opened(name: str) -> BinaryIO:
    try:
        return open(name, "rb")
    except FileNotFoundError:
        hint = "check the path; it counts from the current folder"
        raise unreadable(name, "there is no such file", hint) from None
    except IsADirectoryError:
        raise unreadable(name, "it is a folder", "name a file in it") from None
    except PermissionError:
        raise unreadable(name, "permission denied", "ask for the right to read it (chmod +r)") from None
    except OSError as error:
        raise _io_trouble(name, error) from None
    except ValueError:  # a null character, or one that the file system cannot spell
        raise unreadable(name, "this cannot be the name of a file", "check the path") from None


def _io_trouble(name: str, error: OSError) -> UsageError:
    return unreadable(name, (error.strerror or str(error)).lower(), "check the path and the disk")


def _empty(name: str) -> UsageError:
    return unreadable(name, "the file is empty", "write at least one number into it")


def _text(name: str) -> str:
    with _opened(name) as file:
        try:
            content = whole(file, name)
        except OSError as error:
            raise _io_trouble(name, error) from None
    try:
        text = decoded(content)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise unreadable(name, f"line {line} is not UTF-8 text", "save the file as UTF-8") from None
    if not text.strip():
        raise _empty(name)
    return text


# --- text as arrays -----------------------------------------------------------------------------------------


def _from_table(table: Table) -> Values:
    """One row or one column as a vector, else a matrix."""
    array = _array(table.elements)
    return array if table.width in (1, len(table.elements)) else array.reshape(-1, table.width)


def _from_numbers(numbers: nested_lists.Numbers) -> Values:
    return _array(numbers.elements).reshape(numbers.shape) if numbers.shape else numbers.elements[0]


def _array(elements: list[float | bool]) -> NDArray[Any]:
    """A vector of bool if every element is one, else of float64."""
    import numpy as np

    return np.array(elements, dtype=np.bool_ if set(map(type, elements)) == {bool} else np.float64)


def _read_csv(name: str) -> Values:
    return _from_table(delimited(_text(name), ",", name))


def _read_tsv(name: str) -> Values:
    return _from_table(delimited(_text(name), "\t", name))


def _read_txt(name: str) -> Values:
    return _from_table(spaced(_text(name), name))


def _read_json(name: str) -> Values:
    return _from_numbers(nested_lists.json_value(_text(name), name))


def _read_json_variables(name: str) -> dict[str, Values]:
    variables = nested_lists.json_variables(_text(name), name)
    return {key: _from_numbers(numbers) for key, numbers in variables.items()}


def _read_toml_variables(name: str) -> dict[str, Values]:
    variables = nested_lists.toml_variables(_text(name), name)
    return {key: _from_numbers(numbers) for key, numbers in variables.items()}


# --- NumPy's own files --------------------------------------------------------------------------------------


def _read_npy(name: str) -> Values:
    loaded = _load(name)
    if isinstance(loaded, dict):
        raise unreadable(name, "it is an archive, not one array", "give it the suffix .npz")
    return _checked(loaded, name)


def _read_npz(name: str) -> Values:
    archive = _archive(name)
    if len(archive) != 1:
        what = f"it must hold one array, and holds {len(archive)}: {', '.join(archive) or 'none'}"
        raise unreadable(name, what, f"hand all of them over by name: --vars {name}")
    return _checked(next(iter(archive.values())), name)


def _read_npz_variables(name: str) -> dict[str, Values]:
    return {key: _checked(item, name, f"the value of {key}: ") for key, item in _archive(name).items()}


def _archive(name: str) -> dict[str, Any]:
    loaded = _load(name)
    if not isinstance(loaded, dict):
        raise unreadable(name, "it is one array, not an archive", "give it the suffix .npy")
    return loaded


def _load(name: str) -> Any:
    """An array, or the arrays of an archive by name."""
    import numpy as np

    with _opened(name) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a header that Python 2 wrote is read all the same
        try:
            loaded = np.load(file, allow_pickle=False)
            return loaded if isinstance(loaded, np.ndarray) else {key: loaded[key] for key in loaded.files}
        except Exception as error:
            # Damaged bytes make NumPy, zipfile, zlib and struct raise what they like: nothing less than all
            # of it is enough here. A disk that fails comes out as a damaged file too.
            file.seek(0)
            start = file.read(6)
            if not start:
                raise _empty(name) from None
            if "Object arrays" in str(error):
                what, hint = REFUSED["O"]
                raise unreadable(name, f"it holds {what}", hint) from None
            what = "its bytes are not what its suffix says, or damaged"
            raise unreadable(name, what, "save it with numpy.save or numpy.savez") from None


def _checked(loaded: Any, name: str, place: str = "") -> Values:
    """An array as float64 or bool, in the byte order of this machine."""
    import numpy as np

    if not isinstance(loaded, np.ndarray):
        raise unreadable(name, f"{place}this is no array", "save it with numpy.savez")
    if loaded.dtype.kind in REFUSED:
        what, hint = REFUSED[loaded.dtype.kind]
        raise unreadable(name, f"{place}it holds {what}", hint)
    with np.errstate(over="ignore"):  # a long double beyond float64 becomes an infinity
        return loaded.astype(np.bool_ if loaded.dtype.kind == "b" else np.float64)


_VALUE_READERS: dict[str, Callable[[str], Values]] = {
    ".npy": _read_npy,
    ".npz": _read_npz,
    ".csv": _read_csv,
    ".tsv": _read_tsv,
    ".json": _read_json,
    ".txt": _read_txt,
}
_VARIABLE_READERS: dict[str, Callable[[str], dict[str, Values]]] = {
    ".json": _read_json_variables,
    ".toml": _read_toml_variables,
    ".npz": _read_npz_variables,
}
