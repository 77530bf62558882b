"""Tables as they come: CSV in whatever encoding and with whatever separator. A line at a time.

A file is never held in memory as a whole, so a list of 100,000 places costs what a list of a thousand costs.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

Source = Path | bytes  # a file on the disk, or what a browser sent

MOST_COLUMNS = 200
LONGEST_LINE = 2_000_000  # characters
LOOK_FOR_HEADER = 15  # lines; some published files put a title and a date above the header
ENCODINGS = {"utf-8": "UTF-8", "cp932": "Shift_JIS（CP932）", "euc_jp": "EUC-JP", "utf-16": "UTF-16"}

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
        self.header_line, self.header = find_header(self._lines(), knows_header)

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
            reader = csv.reader(_short_lines(text), delimiter=self.separator, strict=True)
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
            return "utf-16", "strict" if self._decodes("utf-16") else "replace"
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
            scores[separator] = best_header(self._lines(), knows_header)[0]
        return max(scores, key=lambda sign: scores[sign])


def _short_lines(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines of a text; one without end would be held in memory as a whole."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise NotReadable("1行が長すぎます。表のファイルではないようです。")
        yield line


def _csv_words(told: str) -> str:
    if "unexpected end of data" in told:
        return '引用符（"）が閉じていません。ここから先を読めません。'
    if "expected after" in told:
        return '引用符（"）の使い方が正しくありません。'
    if "field larger" in told:
        return 'セルが長すぎます。引用符（"）が閉じていないのかもしれません。'
    return "この行は CSV として読めません。"


# ── headers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def key(header: str) -> str:
    """How a header is compared: width, case, blanks, brackets and underscores make no difference."""
    plain = unicodedata.normalize("NFKC", header).casefold().replace("\ufeff", "")
    plain = re.sub(r"※.*", "", plain)
    return re.sub(r"[\s_()\[\]・/.:,、‐―–-]", "", plain)


def find_header(lines: Iterable[Line], knows_header: Callable[[Sequence[str]], int]) -> tuple[int, list[str]]:
    _score, number, cells = best_header(lines, knows_header)
    return number, cells


def best_header(lines: Iterable[Line], knows_header: Callable[[Sequence[str]], int]) -> tuple[int, int, list[str]]:
    best: tuple[int, int, list[str]] = (0, 0, [])
    for place, line in enumerate(lines):
        if place >= LOOK_FOR_HEADER:
            break
        score = knows_header(line.cells)
        if score > best[0]:
            best = (score, line.number, [cell.strip() for cell in line.cells])
    return best
