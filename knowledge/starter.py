"""A starter set: areas, categories, resources, answers and council facts of one city, `knowledge/data/<name>/`.

It is data, not code: another city starts from an empty base and its own files. Loading it again changes nothing; what
staff have changed since stays as they left it.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.services import council
from bot.store.areas import Area
from bot.store.knowledge import Answer, Category, Change, Resource
from knowledge import entries

DATA = Path(__file__).parent / "data"
TEXT_COLUMNS = (
    *("name", "kana", "organisation", "category", "audience", "description", "eligibility", "cost", "fax", "email"),
    *("url", "address", "hours", "languages", "accessibility", "source_url", "credit"),
)


class NoSuchStarter(ValueError):
    """There is no starter set of this name; the text lists those there are."""


def names() -> list[str]:
    return sorted(folder.name for folder in DATA.iterdir() if (folder / "resources.csv").exists())


def load(session: Session, name: str, *, now: datetime) -> Counter[str]:
    """Load the set. Counts of `added`, `changed`, `unchanged`, `kept` (as staff left them) entries, and of `areas`."""
    if name not in names():
        raise NoSuchStarter(f"There is no starter set “{name}”; there are: {', '.join(names())}.")
    folder = DATA / name
    done: Counter[str] = Counter()
    done["areas"] = _areas(session, folder)
    by_staff = _touched_by_staff(session)
    for row in _rows(folder / "categories.csv"):
        if ("category", row["id"]) not in by_staff:
            session.merge(Category(id=row["id"], name=row["name"], position=int(row["position"])))
    doubts = {row["id"]: doubt(row) for row in _rows(folder / "to_confirm.csv")}
    for row in _rows(folder / "resources.csv"):
        if ("resource", row["id"]) in by_staff:
            done["kept"] += 1
            continue
        facts = {**resource_facts(row), "to_confirm": doubts.get(row["id"], "")}
        done[entries.keep(session, Resource, row["id"], facts, now=now)] += 1
    for row in _rows(folder / "answers.csv"):
        if ("answer", row["id"]) in by_staff:
            done["kept"] += 1
            continue
        done[entries.keep(session, Answer, row["id"], answer_facts(row), now=now)] += 1
    council.set_facts(session, {row["name"]: row["value"] for row in _rows(folder / "council.csv")}, now=now)
    return done


def doubt(row: dict[str, str]) -> str:
    """A row of `to_confirm.csv` as the line staff read: what to ask, why, and whom to call."""
    return f"{row['what_to_confirm']}（{row['why']}）→ {row['call']}に電話"


def resource_facts(row: dict[str, str]) -> dict[str, Any]:
    """A row of `resources.csv` as the columns of a resource."""
    return {
        **{column: row.get(column, "") or "" for column in TEXT_COLUMNS},
        "phones": _list(row.get("phone", "")),
        "areas": _list(row.get("area", "")),
        "keywords": _list(row.get("keywords", "")),
        "latitude": float(row["lat"]) if row.get("lat") else None,
        "longitude": float(row["lng"]) if row.get("lng") else None,
        "status": row.get("status") or "draft",
        "paused_message": row.get("message", "") or "",
        "verified_on": date.fromisoformat(row["verified_on"]) if row.get("verified_on") else None,
    }


def answer_facts(row: dict[str, str]) -> dict[str, Any]:
    """A row of `answers.csv` as the columns of an answer."""
    return {
        "question": row["question"],
        "answer": row["answer"],
        "other_questions": _list(row.get("other_questions", "")),
        "resources": _list(row.get("resources", "")),
        "category": row.get("category", "") or "",
        "keywords": _list(row.get("keywords", "")),
        "source_url": row.get("source_url", "") or "",
        "verified_on": date.fromisoformat(row["verified_on"]) if row.get("verified_on") else None,
        "status": row.get("status") or "draft",
    }


def _touched_by_staff(session: Session) -> set[tuple[str, str]]:
    touched = select(Change.kind, Change.entry_id).where(Change.staff_id.is_not(None)).distinct()
    return {(kind, entry_id) for kind, entry_id in session.execute(touched)}


def _areas(session: Session, folder: Path) -> int:
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
    return len(rows)


def _rows(file: Path) -> Iterator[dict[str, str]]:
    if not file.exists():
        return
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _list(text: str) -> list[str]:
    return [part.strip() for part in (text or "").split(";") if part.strip()]
