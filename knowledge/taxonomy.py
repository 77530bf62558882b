"""The one list of categories: staff add, rename, order and remove them; entries follow a new name.

An entry names its category, so a renaming is written into every entry of it, each with its line of history.
"""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.store.knowledge import Answer, Category, Change, Deed, Resource
from knowledge import entries, versions

LONGEST = 20  # letters of a button in the chat


class NoName(ValueError):
    """A category needs a name of at most 20 letters."""


class NameTaken(ValueError):
    """There is a category of this name."""


class StillUsed(ValueError):
    """Entries stand in this category; `count` tells how many."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} entries")
        self.count = count


def listed(session: Session) -> list[tuple[Category, int]]:
    """The categories in their order, each with how many entries stand in it."""
    counts: dict[str, int] = {}
    for table in (Resource, Answer):
        for name, count in session.execute(select(table.category, func.count()).group_by(table.category)):
            counts[name] = counts.get(name, 0) + count
    rows = session.scalars(select(Category).order_by(Category.position, Category.id))
    return [(row, counts.get(row.name, 0)) for row in rows]


def add(session: Session, name: str, *, staff_id: int | None, now: datetime) -> Category:
    name = _free(session, name)
    last = session.scalar(select(func.max(Category.position)))
    category = Category(id=f"c-{secrets.token_hex(4)}", name=name, position=0 if last is None else last + 1)
    session.add(category)
    session.flush()
    _note(session, category, "added", None, staff_id=staff_id, now=now)
    return category


def rename(session: Session, category: Category, name: str, *, staff_id: int | None, now: datetime) -> int:
    """Give it another name. How many entries followed."""
    if name.strip() == category.name:
        return 0
    name, old, before = _free(session, name), category.name, entries.plain(category)
    category.name = name
    session.flush()
    followed: list[Resource | Answer] = []
    for table in (Resource, Answer):
        followed += session.scalars(select(table).where(table.category == old))
    for entry in followed:
        entries.keep(session, type(entry), entry.id, {"category": name}, now=now, staff_id=staff_id)
    _note(session, category, "renamed", before, staff_id=staff_id, now=now)
    return len(followed)


def move(session: Session, category: Category, *, up: bool, staff_id: int | None, now: datetime) -> bool:
    """One place up or down. False at the end of the list."""
    rows = [row for row, _ in listed(session)]
    place = rows.index(category)
    other = place + (-1 if up else 1)
    if not 0 <= other < len(rows):
        return False
    before = entries.plain(category)
    rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows):
        row.position = position
    session.flush()
    _note(session, category, "moved", before, staff_id=staff_id, now=now)
    return True


def remove(session: Session, category: Category, *, staff_id: int | None, now: datetime) -> None:
    """Take an empty category off the list. StillUsed while entries stand in it."""
    count = next(used for row, used in listed(session) if row is category)
    if count:
        raise StillUsed(count)
    before = entries.plain(category)
    _note(session, category, "removed", before, staff_id=staff_id, now=now)
    session.delete(category)
    session.flush()


def _free(session: Session, name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST:
        raise NoName
    if session.scalar(select(Category.id).where(Category.name == name)) is not None:
        raise NameTaken
    return name


def _note(
    session: Session,
    category: Category,
    deed: Deed,
    before: dict[str, Any] | None,
    *,
    staff_id: int | None,
    now: datetime,
) -> None:
    done = {"kind": "category", "entry_id": category.id, "changed_at": now, "staff_id": staff_id, "deed": deed}
    session.add(Change(**done, before=before, after=None if deed == "removed" else entries.plain(category)))
    versions.bump(session)
