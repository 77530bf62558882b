"""What residents' questions teach the council, without who asked.

    unanswered questions    their words and area, for the staff page and the needs board
    verdicts                how often an entry helped or was not what was asked for
    looked for              how often a category was looked for, by area and day

Nothing here leads to a resident: days instead of instants, areas instead of addresses, counts instead of names.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.store.engine import rows_changed
from bot.store.knowledge import LookedFor, UnansweredQuestion, Verdict

MOST_WORDS = 500
NO_AREA = 0


def note_unanswered(
    session: Session,
    words: str,
    *,
    area_id: int | None,
    on: date,
    because: Literal["unanswered", "not_this"] = "unanswered",
) -> None:
    """Keep a question that nothing answered, or that was answered wrongly."""
    session.add(UnansweredQuestion(asked_on=on, words=words[:MOST_WORDS], area_id=area_id, because=because))


def note_verdict(session: Session, key: str, *, helped: bool, on: date) -> None:
    """Count 「役に立った」 or 「ちがう」 under an entry (`resource/…`, `answer/…`)."""
    kind, _, entry_id = key.partition("/")
    _count(
        session,
        Verdict,
        {"kind": kind, "entry_id": entry_id, "given_on": on},
        "helped" if helped else "not_this",
    )


def note_looked_for(session: Session, category: str, *, area_id: int | None, on: date) -> None:
    """Count that somebody of an area looked for a category; an empty one means that nothing was found."""
    _count(session, LookedFor, {"looked_on": on, "category": category, "area_id": area_id or NO_AREA}, "times")


def looked_for(session: Session, *, since: date, until: date) -> dict[tuple[str, int], int]:
    """How often each category (empty: nothing found) was looked for in each area (0: not known), both days included."""
    rows = session.execute(
        select(LookedFor.category, LookedFor.area_id, func.sum(LookedFor.times))
        .where(LookedFor.looked_on.between(since, until))
        .group_by(LookedFor.category, LookedFor.area_id)
    )
    return {(category, area_id): int(times) for category, area_id, times in rows}


def verdicts(session: Session, *, since: date) -> dict[str, tuple[int, int]]:
    """For each entry's key how often it helped, and how often it was not what was asked for."""
    rows = session.execute(
        select(Verdict.kind, Verdict.entry_id, func.sum(Verdict.helped), func.sum(Verdict.not_this))
        .where(Verdict.given_on >= since)
        .group_by(Verdict.kind, Verdict.entry_id)
    )
    return {f"{kind}/{entry_id}": (int(helped), int(not_this)) for kind, entry_id, helped, not_this in rows}


def _count(session: Session, table: type[Verdict] | type[LookedFor], key: Mapping[str, Any], column: str) -> None:
    """Add one to a counter. Two at once both count: the row is made by whoever is first."""
    counter = getattr(table, column)
    one_more = update(table).filter_by(**key).values({column: counter + 1})
    if rows_changed(session, one_more):
        return
    try:
        with session.begin_nested():
            session.add(table(**key, **{column: 1}))
    except IntegrityError:
        session.execute(one_more)  # somebody made the row in the meantime
