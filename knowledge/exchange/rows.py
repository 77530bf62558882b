"""What reading a file yields: rows that can be taken over, and problems that say what to mend."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from knowledge.exchange.cells import BadCell

Kind = Literal["resource", "answer"]


@dataclass(frozen=True)
class Problem:
    """Why a row was refused: where it stands, what is wrong, what was expected. In words for the office."""

    file: str
    line: int
    column: str
    wrong: str
    expected: str
    value: str = ""

    def __str__(self) -> str:
        where = f"{self.file} {self.line}行目" + (f"「{self.column}」" if self.column else "")
        return f"{where}: {self.wrong}{self.expected}" + (f"（値: {self.value}）" if self.value else "")


@dataclass(frozen=True)
class Note:
    """What was rewritten in a cell, or noticed about it."""

    column: str
    what: str
    value: str = ""


@dataclass(frozen=True)
class Row:
    """One entry as a file has it. `facts` holds only what the file says: a column it lacks is not touched."""

    file: str
    line: int
    kind: Kind
    entry_id: str
    facts: Mapping[str, Any]
    title: str
    notes: tuple[Note, ...] = ()
    revision: str = ""  # of the entry this row was exported from
    guessed: frozenset[str] = frozenset()  # facts the file does not say, which may be dropped quietly
    identity: tuple[str, ...] = ()  # facts of which one must stay the same, or it is another place under an old number
    part_read: float = field(default=0.0, compare=False)


Found = Row | Problem
Rows = Iterator[Found]


class LineReading:
    """One line being read: keeps what was rewritten, and the first thing that was wrong."""

    def __init__(self, file: str, line: int) -> None:
        self.file, self.line = file, line
        self.notes: list[Note] = []
        self.problem: Problem | None = None

    def take(self, read: Callable[..., Any], heading: str, *cells: str, **more: Any) -> Any:
        """The value of a cell; None when it cannot be read, which refuses the line."""
        try:
            return read(*cells, self._teller(heading, cells), **more)
        except BadCell as bad:
            self.refuse(bad.wrong, bad.expected, heading, " ".join(cells))
            return None

    def take_or_drop(self, read: Callable[..., Any], heading: str, *cells: str) -> Any:
        """The same for something one can do without: what cannot be read is left out, and told."""
        tell = self._teller(heading, cells)
        try:
            return read(*cells, tell)
        except BadCell as bad:
            tell(bad.wrong.rstrip("。"))
            return ""

    def _teller(self, heading: str, cells: Sequence[str]) -> Callable[[str], None]:
        return lambda what: self.notes.append(Note(heading, what, shortened(" ".join(cells))))

    def refuse(self, wrong: str, expected: str, heading: str = "", value: str = "") -> None:
        if self.problem is None:
            self.problem = Problem(self.file, self.line, heading, wrong, expected, shortened(value))


def shortened(value: str, most: int = 60) -> str:
    """A value for a message, on one line."""
    one_line = " ".join(value.split())
    return one_line if len(one_line) <= most else f"{one_line[: most - 1]}…"
