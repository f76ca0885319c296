"""Records, and a table of them by name, of which the common ones are loaded first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any, Generic, Self, TypeVar

R = TypeVar("R")


class Record:
    """Fields by name, and those of the class for what is not given. They are not changed.

    A ``NamedTuple`` compiles every annotation while it is imported; forty of them took longer than all else
    in their module.
    """

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def replaced(self, **fields: Any) -> Self:
        """The same with other values for some fields."""
        return type(self)(**{**self.__dict__, **fields})


class Table(Generic[R]):
    """Records by name, which are its attributes: ``ops.sin(x)`` applies one.

    ``graph.operations`` fills it with the topics that most texts are made of. The first name that is not
    among them, and whoever asks for all records, loads the others; so nobody sees half of the table, and
    nothing has to say where a name is. They are attributes like any others, which is what makes a long
    graph quick to build.
    """

    __slots__ = ("__dict__", "_load")

    def __init__(self) -> None:
        self._load: Callable[[], None] | None = None

    def followed_by(self, load: Callable[[], None]) -> None:
        """Say what loads the records that are not there yet. It is called whenever all are asked for."""
        self._load = load

    def enter(self, name: str, record: R) -> None:
        """Add a record."""
        self.__dict__[name] = record

    def __getattr__(self, name: str) -> R:
        records = self.records
        if name not in records:
            raise AttributeError(f"there is no record {name!r}")
        return records[name]

    @property
    def loaded(self) -> Mapping[str, R]:
        """Those that are there already, by name: a place to look first."""
        return self.__dict__

    @property
    def records(self) -> dict[str, R]:
        """All records by name."""
        if self._load is not None:
            self._load()
        return self.__dict__

    def __contains__(self, name: str) -> bool:
        return name in self.__dict__ or name in self.records

    def __iter__(self) -> Iterator[R]:
        """All records, topic by topic, whatever was loaded first."""
        return iter(sorted(self.records.values(), key=attrgetter("topic")))
