"""A starter set: areas, categories, resources, answers and council facts of one city, `knowledge/data/<name>/`.

It is data, not code: another city starts from an empty base and its own files. Loading it again changes nothing, and
never what staff changed or confirmed since: entries come in through `knowledge.exchange`, as from any other file.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.services import council
from bot.store.areas import Area
from bot.store.knowledge import Category
from bot.store.running import CouncilSetting
from knowledge import exchange
from knowledge.exchange import Preview, Problem, Row

DATA = Path(__file__).parent / "data"


class NoSuchStarter(ValueError):
    """There is no starter set of this name; the text lists those there are."""


def names() -> list[str]:
    return sorted(folder.name for folder in DATA.iterdir() if (folder / "resources.csv").exists())


def load(session: Session, name: str, *, now: datetime) -> Preview:
    """Load the set: what was added, changed, unchanged, and kept because staff changed it."""
    if name not in names():
        raise NoSuchStarter(f"There is no starter set “{name}”; there are: {', '.join(names())}.")
    folder = DATA / name
    _areas(session, folder)
    _categories(session, folder)
    _council(session, folder, now=now)
    doubts = {row["id"]: doubt(row) for row in _rows(folder / "to_confirm.csv")}
    done = Preview()
    for file in (folder / "resources.csv", folder / "answers.csv"):
        if file.exists():
            exchange.apply(session, _with_doubts(exchange.open_file(file), doubts), now=now, preview=done)
    return done


def doubt(row: dict[str, str]) -> str:
    """A row of `to_confirm.csv` as the line staff read: what to ask, why, and whom to call."""
    return f"{row['what_to_confirm']}（{row['why']}）→ {row['call']}に電話"


def _with_doubts(file: exchange.File, doubts: dict[str, str]) -> Iterator[Row | Problem]:
    for found in file:
        if isinstance(found, Row) and found.kind == "resource":
            yield replace(found, facts={**found.facts, "to_confirm": doubts.get(found.entry_id, "")})
        else:
            yield found


def _categories(session: Session, folder: Path) -> None:
    """The taxonomy belongs to staff: what they renamed or moved stays so; only what is missing comes."""
    known = list(session.scalars(select(Category)))
    ids, taken = {category.id for category in known}, {category.name for category in known}
    for row in _rows(folder / "categories.csv"):
        if row["id"] not in ids and row["name"] not in taken:
            session.add(Category(id=row["id"], name=row["name"], position=int(row["position"])))
    session.flush()


def _council(session: Session, folder: Path, *, now: datetime) -> None:
    """What the council says of itself, where nobody has said anything yet."""
    said = set(session.scalars(select(CouncilSetting.name)))
    facts = {row["name"]: row["value"] for row in _rows(folder / "council.csv") if row["name"] not in said}
    council.set_facts(session, facts, now=now)


def _areas(session: Session, folder: Path) -> None:
    known = {(area.kind, area.name): area for area in session.scalars(select(Area))}
    rows = list(_rows(folder / "areas.csv"))
    for position, row in enumerate(rows):
        area = known.get((row["kind"], row["name"]))
        if area is None:
            area = known[(row["kind"], row["name"])] = Area(kind=row["kind"], name=row["name"])
            session.add(area)
        area.layer, area.kana, area.position = int(row["layer"]), row["kana"], position
        area.source_url = row["source_url"]
        area.latitude = float(row["lat"]) if row.get("lat") else None
        area.longitude = float(row["lng"]) if row.get("lng") else None
    session.flush()
    by_name = {area.name: area for area in known.values()}
    for row in rows:
        parent = by_name.get(row["parent"]) if row["parent"] else None
        known[(row["kind"], row["name"])].parent_id = parent.id if parent else None


def _rows(file: Path) -> Iterator[dict[str, str]]:
    if not file.exists():
        return
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)
