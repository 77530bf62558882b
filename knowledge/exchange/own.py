"""Our own files: one column for each field, as `sasaeai kb export` writes them and docs/knowledge-files.md explains."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from knowledge.exchange import cells, columns
from knowledge.exchange.rows import Found, Kind, LineReading, Row
from knowledge.exchange.sheets import CsvTable, Line, key
from knowledge.exchange.spreadsheets import Spreadsheet


def score(kind: Kind, header: Sequence[str]) -> int:
    """How many of our columns a header names; 0 when one is missing that must be there."""
    named = set(_fields(kind, header))
    return len(named) if named >= set(columns.REQUIRED[kind]) else 0


def read(table: CsvTable | Spreadsheet, kind: Kind, *, name: str) -> Iterator[Found]:
    """Each line as a row, or the problem with it."""
    places = _fields(kind, table.header)
    for line in table.lines():
        reading = LineReading(name, line.number)
        refuse_misshapen(reading, line, table.header)
        row = None if reading.problem else _row(reading, line, kind, table.header, places)
        if reading.problem is not None:
            yield reading.problem
        elif row is not None:
            yield row


def _row(reading: LineReading, line: Line, kind: Kind, header: Sequence[str], places: dict[str, int]) -> Row:
    given = {
        field: cells.rearm(line.cells[place]) if place < len(line.cells) else "" for field, place in places.items()
    }
    headings = {field: header[place] for field, place in places.items()}
    entry_id = reading.take(cells.entry_id, headings.get("id", "id"), given.pop("id", ""))
    revision = given.pop(columns.REVISION, "").strip()
    facts: dict[str, Any] = {}
    if {"latitude", "longitude"} <= set(given):
        place = reading.take(cells.place, headings["latitude"], given["latitude"], given["longitude"])
        facts["latitude"], facts["longitude"] = place or (None, None)
    asides: list[str] = []
    for column in columns.of(kind):
        if column.field not in given or column.field in ("latitude", "longitude"):
            continue
        more = {"asides": asides} if column.field == "phones" else {}
        facts[column.field] = reading.take(column.read, headings[column.field], given[column.field], **more)
    for field in columns.REQUIRED[kind]:
        if not facts.get(field):
            reading.refuse("空欄です。", "この列は必ず書いてください。", headings[field])
    if asides and "description" in facts:
        facts["description"] = f"{facts['description'] or ''}（電話: {'、'.join(asides)}）"
    elif asides:
        expected = "番号だけにして、ほかは説明（description）の列に書いてください。"
        reading.refuse("番号でないものがあります。", expected, headings["phones"], "、".join(asides))
    title = str(facts[columns.REQUIRED[kind][0]])
    return Row(
        file=reading.file,
        line=line.number,
        kind=kind,
        entry_id=entry_id or made_id(kind, title, str(facts.get("address", ""))),
        facts=facts,
        title=title,
        notes=tuple(reading.notes),
        revision=revision,
        part_read=line.part_read,
    )


def refuse_misshapen(reading: LineReading, line: Line, header: Sequence[str]) -> None:
    """A line that is not a line of this table: broken quotes, or more cells than there are headings."""
    if line.wrong:
        reading.refuse(line.wrong, "この行を直してください。")
    elif any(cell.strip() for cell in line.cells[len(header) :]):
        reading.refuse(
            f"列が多すぎます（{len(line.cells)}列）。",
            f'見出しは{len(header)}列です。文の中にコンマがあるセルは " で囲んでください。',
        )


def made_id(kind: str, *words: str) -> str:
    """An id for a row that has none: the same words give the same one, so a second import finds the entry again."""
    spelt = "\n".join(words)
    return f"{kind}-{hashlib.sha256(spelt.encode()).hexdigest()[:12]}"


def unknown_columns(kind: Kind, header: Sequence[str]) -> list[str]:
    """Headings we have no field for; they are told, and not taken over."""
    used = set(_fields(kind, header).values())
    return [heading for place, heading in enumerate(header) if heading and place not in used]


def _fields(kind: Kind, header: Sequence[str]) -> dict[str, int]:
    """Which field stands in which column. The first of two columns for one field counts."""
    meanings = _meanings(kind)
    found: dict[str, int] = {}
    for place, heading in enumerate(header):
        field = meanings.get(key(heading))
        if field is not None:
            found.setdefault(field, place)
    return found


@cache
def _meanings(kind: Kind) -> dict[str, str]:
    fields = {column.name: column.field for column in columns.of(kind)} | {
        "id": "id",
        columns.REVISION: columns.REVISION,
    }
    return {
        key(spelling): field
        for name, field in fields.items()
        for spelling in (name, field, *columns.JAPANESE.get(name, ()))
    }
