"""Spreadsheets (.xlsx): read a row at a time, and not unpacked before it is sure that they cannot fill the machine."""

import re
import tempfile
import zipfile
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from functools import lru_cache
from typing import IO, Any, BinaryIO

from knowledge.exchange.sheets import MOST_COLUMNS, Line, NotReadable, Source, best_header, opened

# What a file may weigh when unpacked. A real one of 100,000 lines has about 150 MB of rows and 50 MB of words.
MOST_ROWS = 600_000_000
MOST_WORDS = 200_000_000
MOST_OTHER = 20_000_000
MOST_MEMBERS = 1_000
MOST_SHEETS = 20
WINDOW = 16_000_000  # bytes in which a row must begin: one row is held in memory

_DIMENSION = re.compile(rb'<dimension ref="[A-Z]{1,3}\d+:[A-Z]{1,3}(\d{1,7})"')

BROKEN = "Excel ファイルとして読めません。壊れているか、パスワードがかかっています。"
TOO_HEAVY = "開くと大きくなりすぎるファイルです。必要な列だけにして保存し直してください。"


class Spreadsheet:
    """The sheet of an .xlsx file that has a header we know."""

    encoding_words = "Excel（.xlsx）"
    has_broken_letters = False

    def __init__(self, source: Source, knows_header: Callable[[Sequence[str]], int]) -> None:
        self.source = source
        _refuse_bombs(source)
        best: tuple[int, int, list[str]] = (0, 0, [])
        self._sheet = 0
        with self._workbook() as workbook:
            for place, sheet in enumerate(workbook.worksheets[:MOST_SHEETS]):
                found = best_header(_lines(sheet), knows_header)
                if found[0] > best[0]:
                    best, self._sheet = found, place
        self.header_line, self.header = best[1], best[2]

    def lines(self) -> Iterator[Line]:
        """The lines below the header."""
        with self._workbook() as workbook:
            yield from (line for line in _lines(workbook.worksheets[self._sheet]) if line.number > self.header_line)

    @contextmanager
    def _workbook(self) -> Iterator[Any]:
        with opened(self.source) as raw, tempfile.TemporaryFile() as words:
            try:
                workbook = _open(raw, words)
            except Exception as wrong:  # openpyxl raises whatever it stumbles over
                raise NotReadable(BROKEN) from wrong
            with closing(workbook):
                yield workbook


def _open(raw: BinaryIO, words: IO[bytes]) -> Any:
    """The workbook, its words on the disk: they would take hundreds of megabytes in a long list."""
    from openpyxl.reader.excel import ExcelReader  # loaded only when a spreadsheet comes
    from openpyxl.styles.stylesheet import apply_stylesheet
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet
    from openpyxl.xml.constants import SHARED_STRINGS

    class Sheet(ReadOnlyWorksheet):
        def _get_size(self) -> None:
            """Only what stands at the beginning: openpyxl would go through the whole sheet to find it."""
            with self._get_source() as xml:
                found = _DIMENSION.search(xml.read(4_000))
            if found:
                self._max_row = int(found[1])

    class Reader(ExcelReader):
        def read_worksheets(self) -> None:
            for sheet, relation in self.parser.find_sheets():
                if relation.target in self.valid_files and "chartsheet" not in relation.Type:
                    self.wb._sheets.append(Sheet(self.wb, sheet.name, relation.target, self.shared_strings))

        def read_strings(self) -> None:
            part = self.package.find(SHARED_STRINGS)
            if part is not None:
                with self.archive.open(part.PartName[1:]) as xml:
                    self.shared_strings = _Words(xml, words)

    reader = Reader(raw, read_only=True, data_only=True, keep_links=False)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)  # tells which numbers are days
    reader.read_worksheets()
    return reader.wb


class _Words:
    """The words of a workbook, each kept once, in a file; looked up by number."""

    def __init__(self, xml: IO[bytes], words: IO[bytes]) -> None:
        from openpyxl.xml.constants import SHEET_MAIN_NS
        from openpyxl.xml.functions import iterparse

        self._file, self._ends = words, array("Q", [0])
        one, text, run = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("si", "t", "r"))
        root = None
        for event, node in iterparse(xml, events=("start", "end")):
            root = node if root is None else root
            if event == "end" and node.tag == one:
                # Runs of formatted text count; readings (rPh, the furigana of Excel) do not.
                parts = [part.text for part in (*node.findall(text), *node.findall(f"{run}/{text}"))]
                told = "".join(part or "" for part in parts).encode("utf-8", "replace")
                self._ends.append(self._ends[-1] + words.write(told))
                root.clear()
        words.flush()
        self._recent = lru_cache(maxsize=20_000)(self._look_up)

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self._ends) - 1:
            raise IndexError(number)
        return self._recent(number)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def _look_up(self, number: int) -> str:
        begins, ends = self._ends[number], self._ends[number + 1]
        self._file.seek(begins)
        return self._file.read(ends - begins).decode()


def _lines(sheet: Any) -> Iterator[Line]:
    told = sheet.max_row or 0
    sheet.reset_dimensions()  # what a file says about its size need not be true
    rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
    number = 0
    while True:
        number += 1
        try:
            values = next(rows)
        except StopIteration:
            return
        except Exception as wrong:  # openpyxl raises whatever it stumbles over
            raise NotReadable(f"Excel ファイルの {number} 行目から先が壊れています。") from wrong
        cells = [_shown(value) for value in values]
        if any(cells):
            yield Line(number, cells, part_read=min(number / told, 1.0) if told else 0.0)


def _shown(value: Any) -> str:
    """A cell as a person would read it on the screen."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value)


# ── before anything is unpacked ─────────────────────────────────────────────────────────────────────────────────────


def _refuse_bombs(source: Source) -> None:
    """A small file can unpack to fill disk and memory. Look at what it claims, and then at how its rows are built.

    The claims bind: `zipfile` never unpacks more of a member than its directory says.
    """
    with opened(source) as raw:
        try:
            _look_into(raw)
        except NotReadable:
            raise
        except Exception as wrong:  # zipfile raises whatever it stumbles over
            raise NotReadable(BROKEN) from wrong


def _look_into(raw: BinaryIO) -> None:
    with zipfile.ZipFile(raw) as archive:
        members = archive.infolist()
        if not any(member.filename.startswith("xl/") for member in members):
            raise NotReadable("Excel ファイルではなく圧縮ファイルです。中の CSV か .xlsx を取り出してください。")
        rows = [member for member in members if member.filename.startswith("xl/worksheets/")]
        words = [member for member in members if member.filename.endswith("sharedStrings.xml")]
        others = [member for member in members if member not in rows and member not in words]
        if (
            len(members) > MOST_MEMBERS
            or sum(member.file_size for member in rows) > MOST_ROWS
            or sum(member.file_size for member in words) > MOST_WORDS
            or any(member.file_size > MOST_OTHER for member in others if member.filename.endswith((".xml", ".rels")))
        ):
            raise NotReadable(TOO_HEAVY)
        for member in members:
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as part:
                    head = part.read(4_000)
                # Entities can grow a thousandfold when they are read; spreadsheets have none, and are in UTF-8.
                if b"<!DOCTYPE" in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
                    raise NotReadable(BROKEN)
        for member in (*rows, *words):
            if member.file_size > WINDOW:
                with archive.open(member) as part:
                    _refuse_endless(part, b"<row" if member in rows else b"<si")


def _refuse_endless(part: IO[bytes], begins: bytes) -> None:
    """Rows are read one at a time; one row without end would be held in memory as a whole."""
    while window := part.read(WINDOW):
        if begins not in window and len(window) == WINDOW:
            raise NotReadable(TOO_HEAVY)
        if b"</sheetData>" in window:
            return
