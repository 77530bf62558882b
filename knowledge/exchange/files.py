"""Opening a file that came from somewhere: which format it is in, and reading its rows as often as needed."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from knowledge.exchange import own
from knowledge.exchange.rows import Found, Problem, Row
from knowledge.exchange.sheets import CsvTable, NotReadable, Source, Spreadsheet, is_json, is_spreadsheet

Format = Literal["csv", "opendata", "hsds", "answers"]
FORMATS: dict[Format, str] = {
    "csv": "社会資源の表",
    "answers": "よくある質問の表",
    "opendata": "自治体標準オープンデータセット",
    "hsds": "Open Referral HSDS 3",
}


class File:
    """A file that can be read. Going through it yields rows and problems, from the beginning each time."""

    def __init__(self, source: Source, name: str, format: Format, table: CsvTable | Spreadsheet) -> None:
        self.source, self.name, self.format = source, name, format
        self._table = table
        self.told = self._first_words()

    def __iter__(self) -> Iterator[Found]:
        seen: dict[int, int] = {}
        for found in self._rows():
            if isinstance(found, Problem):
                yield found
                continue
            mark = hash((found.kind, found.entry_id))
            if mark in seen:
                yield self._twice(found, seen[mark])
                continue
            seen[mark] = found.line
            yield found

    def _rows(self) -> Iterator[Found]:
        return own.read(self._table, "answer" if self.format == "answers" else "resource", name=self.name)

    def _twice(self, row: Row, first: int) -> Problem:
        return Problem(
            self.name,
            row.line,
            "id",
            f"{first}行目と同じ ID です。",
            "ID は一行に一つずつ、別のものにしてください。",
            row.entry_id,
        )

    def _first_words(self) -> list[str]:
        """What to tell about the file as a whole."""
        told = [f"{FORMATS[self.format]}として読みます。", f"文字コード: {self._table.encoding_words}"]
        if self._table.header_line > 1:
            told.append(f"見出しは{self._table.header_line}行目です。その上は読みません。")
        if self._table.has_broken_letters:
            told.append("読めない文字があります。その行は受け入れません。")
        ignored = own.unknown_columns("answer" if self.format == "answers" else "resource", self._table.header)
        if ignored:
            told.append(f"使わない列: {'、'.join(ignored[:20])}{' ほか' if len(ignored) > 20 else ''}")
        return told


def open_file(source: Source, name: str = "", format: Format | Literal["auto"] = "auto") -> File:
    """The file, ready to be read. NotReadable tells in one sentence why it cannot be."""
    name = name or (source.name if isinstance(source, Path) else "ファイル")
    if isinstance(source, Path) and source.is_dir():
        raise NotReadable("フォルダーです。ファイルを選んでください。")
    if is_json(source):
        raise NotReadable("JSON はまだ読めません。")
    kind = Spreadsheet if is_spreadsheet(source) else CsvTable
    table = kind(source, _knows_header(format))
    if not table.header:
        raise NotReadable(_no_header(format))
    return File(source, name, _format_of(table.header) if format == "auto" else format, table)


def _scores(header: Sequence[str]) -> dict[Format, int]:
    return {"csv": own.score("resource", header), "answers": own.score("answer", header)}


def _knows_header(format: str) -> Callable[[Sequence[str]], int]:
    def score(header: Sequence[str]) -> int:
        scores = _scores(header)
        return max(scores.values()) if format == "auto" else scores.get(format, 0)  # type: ignore[call-overload]

    return score


def _format_of(header: Sequence[str]) -> Format:
    scores = _scores(header)
    return max(scores, key=lambda name: scores[name])


def _no_header(format: str) -> str:
    needed = {
        "csv": "見出しに「name」（名称）が要ります。",
        "answers": "見出しに「question」（質問）と「answer」（答え）が要ります。",
    }.get(format, "見出しの行が見つかりません。")
    return f"{needed}書き方は docs/knowledge-files.md にあります。"
