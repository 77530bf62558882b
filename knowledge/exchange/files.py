"""Opening a file that came from somewhere: which format it is in, and reading its rows as often as needed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from knowledge.exchange import hsds, opendata, own
from knowledge.exchange.rows import Found, Kind, Problem, Row
from knowledge.exchange.sheets import CsvTable, NotReadable, Source, is_json, is_spreadsheet
from knowledge.exchange.spreadsheets import Spreadsheet

Format = Literal["csv", "opendata", "hsds", "answers"]
FORMATS: dict[Format, str] = {
    "csv": "社会資源の表",
    "answers": "よくある質問の表",
    "opendata": "自治体標準オープンデータセット",
    "hsds": "Open Referral HSDS 3",
}


class File:
    """A file that can be read. Going through it yields rows and problems, from the beginning each time."""

    def __init__(self, name: str, format: Format, told: Sequence[str], rows: Callable[[], Iterator[Found]]) -> None:
        self.name, self.format, self.told = name, format, list(told)
        self._rows = rows

    def __iter__(self) -> Iterator[Found]:
        seen: dict[int, int] = {}
        line = 0
        try:
            for found in self._rows():
                line = found.line
                if isinstance(found, Row):
                    first = seen.setdefault(hash((found.kind, found.entry_id)), found.line)
                    yield found if first == found.line else self._twice(found, first)
                else:
                    yield found
        except NotReadable as wrong:
            if not line:
                raise
            yield Problem(self.name, line + 1, "", str(wrong), "ここから先は読めませんでした。")

    def _twice(self, row: Row, first: int) -> Problem:
        expected = "ID は一行に一つずつ、別のものにしてください。"
        return Problem(self.name, row.line, "ID", f"{first}行目と同じ ID です。", expected, row.entry_id)


def open_file(
    source: Source,
    name: str = "",
    format: Format | Literal["auto"] = "auto",
    *,
    source_url: str = "",
    credit: str = "",
    today: date | None = None,
) -> File:
    """The file, ready to be read. NotReadable tells in one sentence why it cannot be.

    `source_url` and `credit` are kept with entries of published lists, which do not name themselves; `today` lets
    events that are over be refused.
    """
    name = name or (source.name if isinstance(source, Path) else "ファイル")
    if isinstance(source, Path) and source.is_dir():
        raise NotReadable("フォルダーです。ファイルを選んでください。")
    if format == "hsds" or (format == "auto" and is_json(source)):
        return File(name, "hsds", [f"{FORMATS['hsds']}として読みます。"], lambda: hsds.read(source, name=name))
    table = _table(source, format)
    chosen: Format = _format_of(table.header) if format == "auto" else format
    if chosen == "opendata":
        unused = opendata.unknown_columns(table.header)
        told = [f"{FORMATS[chosen]}の「{opendata.title(table.header)}」として読みます。", *_about(table, unused)]
        return File(
            name,
            chosen,
            told,
            lambda: opendata.read(table, name=name, source_url=source_url, credit=credit, today=today),
        )
    kind: Kind = "answer" if chosen == "answers" else "resource"
    told = [f"{FORMATS[chosen]}として読みます。", *_about(table, own.unknown_columns(kind, table.header))]
    return File(name, chosen, told, lambda: own.read(table, kind, name=name))


def _table(source: Source, format: Format | Literal["auto"]) -> CsvTable | Spreadsheet:
    kind = Spreadsheet if is_spreadsheet(source) else CsvTable
    table = kind(source, _knows_header(format))
    if not table.header:
        raise NotReadable(_no_header(format))
    return table


def _about(table: CsvTable | Spreadsheet, unused: Sequence[str]) -> Iterator[str]:
    yield f"文字コード: {table.encoding_words}"
    if table.header_line > 1:
        yield f"見出しは{table.header_line}行目です。その上は読みません。"
    if table.has_broken_letters:
        yield "読めない文字があります。その行は受け入れません。"
    if unused:
        yield f"使わない列: {'、'.join(unused[:20])}{' ほか' if len(unused) > 20 else ''}"


def _scores(header: Sequence[str]) -> dict[Format, int]:
    return {
        "csv": own.score("resource", header),
        "answers": own.score("answer", header),
        "opendata": opendata.score(header),
    }


def _knows_header(format: str) -> Callable[[Sequence[str]], int]:
    def score(header: Sequence[str]) -> int:
        scores = _scores(header)
        return max(scores.values()) if format == "auto" else max(scores[one] for one in scores if one == format)

    return score


def _format_of(header: Sequence[str]) -> Format:
    """The format most of whose columns are there; ours before others when it is even."""
    scores = _scores(header)
    return max(scores, key=lambda name: scores[name])


def _no_header(format: str) -> str:
    needed = {
        "csv": "見出しに「name」（名称）が要ります。",
        "answers": "見出しに「question」（質問）と「answer」（答え）が要ります。",
        "opendata": "自治体標準オープンデータセットの見出し（名称、住所 など）が見つかりません。",
    }.get(format, "どの形式の見出しも見つかりません。")
    return f"{needed}書き方は docs/knowledge-files.md にあります。"
