"""One array for another program: a result goes in, comma-separated text or the bytes of a file come out.

That array is the derivative, or the value where that is all there is. A dense one is read back by ``x=@``.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from gradcli.errors import UsageError
from gradcli.output import plain, sparse
from gradcli.output.numbers import format_number, format_row
from gradcli.output.values import Result, Value, is_sparse, shape_of, to_lists


def single(result: Result, form: str) -> Value:
    """The one array of a result.

    Args:
        result: the result.
        form: the name of the form that holds one array, for the error.

    Raises:
        UsageError: there are several, or none, or it is sparse and the form is not, or the other way round.
    """
    value, *derivatives = plain.fields(result)
    found = derivatives if len(result) > 1 + ("outputs" in result) else [value]
    if not found:
        raise UsageError("there is no derivative", hint="use a name, and differentiate by it")
    if len(found) > 1:
        names = ", ".join([name for name, _ in found])
        sentence = f"{form} holds one array, and there are {len(found)}: {names}"
        raise UsageError(sentence, hint="name one with --wrt")
    ((_, leaf),) = found
    if isinstance(leaf, tuple):
        sentence = f"{form} holds one array, and there are {len(leaf)} outputs"
        raise UsageError(sentence, hint="ask for one of them")
    if form == "npz" and not is_sparse(leaf):
        raise UsageError(
            "npz holds a sparse matrix", hint="jacobian and hessian give one with --sparse; or use -o npy"
        )
    if form == "npy" and is_sparse(leaf):
        raise UsageError("npy holds a matrix with its zeros", hint="use -o npz")
    return leaf


def csv_text(value: Value, precision: int | None = None) -> str:
    """A number, a line of numbers with commas between them, or a line for each row of a matrix.

    Of a sparse one it is a line for each entry: row, column, value.

    Raises:
        UsageError: there are more than two axes.
    """
    if is_sparse(value):
        return sparse.csv_lines(value, precision)
    rank = len(shape_of(value))
    if rank > 2:
        raise UsageError(
            f"csv holds a matrix at most, and there are {rank} axes", hint="use -o npy or --json"
        )
    if rank == 0:
        return format_number(to_lists(value), precision)
    rows = to_lists(value)
    return "\n".join([",".join(format_row(row, precision)) for row in ([rows] if rank == 1 else rows)])


def write_file(value: Value, write: Callable[[bytes], None]) -> None:
    """Write the file that ``numpy.load`` reads, or of a sparse matrix ``scipy.sparse.load_npz``.

    An array goes some megabytes at a time: there is no copy of all.
    """
    import numpy

    if is_sparse(value):
        file = BytesIO()
        # The names that SciPy gives the parts of a coo_array.
        parts: dict[str, Any] = {"row": value.row, "col": value.col, "data": value.data}
        parts.update(shape=value.shape, format=b"coo", _is_array=True)
        numpy.savez_compressed(file, allow_pickle=False, **parts)
        write(file.getvalue())
    else:
        numpy.lib.format.write_array(_Sink(write), numpy.asarray(value), allow_pickle=False)


class _Sink:
    """What NumPy takes for a file."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.write = write
