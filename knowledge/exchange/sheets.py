"""Tables as they come: CSV in whatever encoding and with whatever separator, or a spreadsheet. A line at a time.

A file is never held in memory as a whole, so a list of 100,000 places costs what a list of a thousand costs.
"""

import codecs
import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO

Source = Path | bytes  # a file on the disk, or what a browser sent

MOST_COLUMNS = 200
LOOK_FOR_HEADER = 15  # lines; some published files put a title and a date above the header
ENCODINGS = {"utf-8": "UTF-8", "cp932": "Shift_JIS（CP932）", "euc_jp": "EUC-JP", "utf-16": "UTF-16"}

# What a spreadsheet may weigh when unpacked. A real one of 100,000 lines is about 150 MB of XML.
MOST_UNPACKED = 1_000_000_000
MOST_MEMBERS = 2_000
MOST_STRINGS = 200_000_000

csv.field_size_limit(1_000_000)


class NotReadable(ValueError):
    """The file as a whole cannot be taken in; the text says in one sentence why, and what would help."""


@dataclass(frozen=True)
class Line:
    """One line of a table: where it stands, and its cells; or why it could not be read."""

    number: int
    cells: Sequence[str]
    wrong: str = ""
    part_read: float = 0.0  # how much of the file was read up to here, 0 to 1


def is_spreadsheet(source: Source) -> bool:
    return _begins(source).startswith(b"PK\x03\x04")


def is_json(source: Source) -> bool:
    return _begins(source).removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"[")


def _begins(source: Source) -> bytes:
    with opened(source) as file:
        return file.read(64)


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    try:
        with source.open("rb") as file:
            yield file
    except OSError as wrong:
        raise NotReadable(f"ファイルを開けません（{wrong.strerror}）。") from None


def size_of(source: Source) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class CsvTable:
    """A CSV file. `knows_header` tells of some cells how much they look like a header; the best line is taken."""

    def __init__(self, source: Source, knows_header: Callable[[Sequence[str]], int]) -> None:
        self.source = source
        self._refuse_other_kinds()
        self.encoding, self._errors = self._choose_encoding(knows_header)
        self.separator = self._choose_separator(knows_header)
        self.header_line, self.header = _find_header(self._lines(), knows_header)

    @property
    def encoding_words(self) -> str:
        return ENCODINGS.get(self.encoding.removesuffix("-sig"), self.encoding)

    @property
    def has_broken_letters(self) -> bool:
        return self._errors == "replace"

    def lines(self) -> Iterator[Line]:
        """The lines below the header."""
        return (line for line in self._lines() if line.number > self.header_line)

    def _lines(self) -> Iterator[Line]:
        size = max(size_of(self.source), 1)
        with opened(self.source) as raw:
            text = io.TextIOWrapper(raw, encoding=self.encoding, errors=self._errors, newline="")
            reader = csv.reader(text, delimiter=self.separator, strict=True)
            begins = 1
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    break
                except csv.Error as wrong:
                    yield Line(begins, (), wrong=_csv_words(str(wrong)), part_read=raw.tell() / size)
                else:
                    if any(cell.strip() for cell in cells):
                        yield Line(begins, cells[:MOST_COLUMNS], part_read=raw.tell() / size)
                begins = reader.line_num + 1
            text.detach()

    def _refuse_other_kinds(self) -> None:
        begins = _begins(self.source)
        if not begins.strip():
            raise NotReadable("ファイルが空です。")
        if begins.startswith(b"\xd0\xcf\x11\xe0"):
            raise NotReadable("古い形式の Excel ファイル（.xls）は読めません。.xlsx か CSV で保存し直してください。")
        if begins.startswith(b"%PDF"):
            raise NotReadable("PDF は読めません。もとの表を CSV か .xlsx でもらってください。")
        if begins.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
            raise NotReadable("圧縮されたファイルです。中の CSV か .xlsx を取り出してください。")
        if begins.removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
            raise NotReadable("表ではなくウェブページのようです。CSV か .xlsx のファイルを選んでください。")

    def _choose_encoding(self, knows_header: Callable[[Sequence[str]], int]) -> tuple[str, str]:
        begins = _begins(self.source)
        if begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", "replace"
        whole = [name for name in ("utf-8", "cp932", "euc_jp") if self._decodes(name)]
        if "utf-8" in whole:
            return "utf-8-sig", "strict"
        # Japanese bytes often decode as another Japanese encoding too, into letters nobody would write: the one whose
        # header can be understood is the right one.
        for name in whole:
            if self._header_score(name, knows_header) > 0:
                return name, "strict"
        if whole:
            return whole[0], "strict"
        known = [(self._header_score(name, knows_header), name) for name in ("utf-8-sig", "cp932", "euc_jp")]
        return max(known, key=lambda pair: pair[0])[1], "replace"

    def _header_score(self, encoding: str, knows_header: Callable[[Sequence[str]], int]) -> int:
        with opened(self.source) as raw:
            words = raw.read(20_000).decode(encoding, "replace")
        lines = words.splitlines()[:LOOK_FOR_HEADER]
        return max((knows_header(re.split("[,\t;]", line.replace('"', ""))) for line in lines), default=0)

    def _decodes(self, encoding: str) -> bool:
        decoder = codecs.getincrementaldecoder(encoding)()
        with opened(self.source) as raw:
            try:
                while chunk := raw.read(1 << 20):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                return False
        return True

    def _choose_separator(self, knows_header: Callable[[Sequence[str]], int]) -> str:
        scores = {}
        for separator in (",", "\t", ";"):
            self.separator = separator
            scores[separator] = _best_header(self._lines(), knows_header)[0]
        return max(scores, key=lambda sign: scores[sign])


def _csv_words(told: str) -> str:
    if "unexpected end of data" in told:
        return '引用符（"）が閉じていません。ここから先を読めません。'
    if "expected after" in told:
        return '引用符（"）の使い方が正しくありません。'
    if "field larger" in told:
        return 'セルが長すぎます。引用符（"）が閉じていないのかもしれません。'
    return "この行は CSV として読めません。"


# ── spreadsheets ────────────────────────────────────────────────────────────────────────────────────────────────────


class Spreadsheet:
    """The first sheet of an .xlsx file that has a header we know."""

    encoding_words = "Excel（.xlsx）"
    has_broken_letters = False

    def __init__(self, source: Source, knows_header: Callable[[Sequence[str]], int]) -> None:
        self.source = source
        _refuse_bombs(source)
        best = (0, 0, [""])
        self.sheet = 0
        with self._workbook() as workbook:
            for place, sheet in enumerate(workbook.worksheets[:20]):
                found = _best_header(_sheet_lines(sheet), knows_header)
                if found[0] > best[0]:
                    best, self.sheet = found, place
            if not workbook.worksheets:
                raise NotReadable("シートがありません。")
        self.header_line, self.header = best[1], list(best[2])

    def lines(self) -> Iterator[Line]:
        with self._workbook() as workbook:
            for line in _sheet_lines(workbook.worksheets[self.sheet]):
                if line.number > self.header_line:
                    yield line

    @contextmanager
    def _workbook(self) -> Iterator[Any]:
        import openpyxl  # loaded only when a spreadsheet comes

        with opened(self.source) as raw:
            try:
                workbook = openpyxl.load_workbook(raw, read_only=True, data_only=True, keep_links=False)
            except Exception as wrong:  # openpyxl raises whatever it stumbles over
                raise NotReadable(
                    "Excel ファイルとして読めません。壊れているか、パスワードがかかっています。"
                ) from wrong
            with closing(workbook):
                yield workbook


def _sheet_lines(sheet: Any) -> Iterator[Line]:
    if not hasattr(sheet, "reset_dimensions"):
        return  # a sheet of charts
    told = sheet.max_row or 0
    sheet.reset_dimensions()  # what the file says about its size need not be true
    rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
    number = 0
    while True:
        number += 1
        try:
            values = next(rows)
        except StopIteration:
            return
        except Exception as wrong:
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


def _refuse_bombs(source: Source) -> None:
    """A small file can unpack to fill the disk and the memory. Look at what it claims before unpacking anything.

    The claims bind: `zipfile` never unpacks more of a member than its directory says.
    """
    with opened(source) as raw:
        try:
            _look_into(raw)
        except NotReadable:
            raise
        except Exception as wrong:  # zipfile raises whatever it stumbles over
            raise NotReadable("Excel ファイルとして読めません。壊れているか、パスワードがかかっています。") from wrong


def _look_into(raw: BinaryIO) -> None:
    with zipfile.ZipFile(raw) as archive:
        members = archive.infolist()
        heavy = sum(member.file_size for member in members)
        strings = max((m.file_size for m in members if m.filename.endswith("sharedStrings.xml")), default=0)
        if len(members) > MOST_MEMBERS or heavy > MOST_UNPACKED or strings > MOST_STRINGS:
            raise NotReadable("開くと大きくなりすぎるファイルです。必要な列だけにして保存し直してください。")
        if not any(member.filename.startswith("xl/") for member in members):
            raise NotReadable("Excel ファイルではなく圧縮ファイルです。中の CSV か .xlsx を取り出してください。")
        for member in members:
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as part:
                    if b"<!DOCTYPE" in part.read(2_000):  # entities that grow a thousandfold when they are read
                        raise NotReadable("Excel ファイルとして読めません（中に不審な指定があります）。")


# ── headers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def key(header: str) -> str:
    """How a header is compared: width, case, blanks, brackets and underscores make no difference."""
    plain = unicodedata.normalize("NFKC", header).casefold().replace("\ufeff", "")
    plain = re.sub(r"※.*", "", plain)
    return re.sub(r"[\s_()\[\]・/.:,、‐―–-]", "", plain)


def _find_header(lines: Iterable[Line], knows_header: Callable[[Sequence[str]], int]) -> tuple[int, list[str]]:
    _score, number, cells = _best_header(lines, knows_header)
    return number, cells


def _best_header(lines: Iterable[Line], knows_header: Callable[[Sequence[str]], int]) -> tuple[int, int, list[str]]:
    best: tuple[int, int, list[str]] = (0, 0, [])
    for place, line in enumerate(lines):
        if place >= LOOK_FOR_HEADER:
            break
        score = knows_header(line.cells)
        if score > best[0]:
            best = (score, line.number, [cell.strip() for cell in line.cells])
    return best
