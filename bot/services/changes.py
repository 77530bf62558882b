"""Telling the open pages of the desk that something they show has changed. Only ids go into it.

A change is a row written in the transaction that made it, so a page never hears of what was undone.
"""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from bot.store.cases import Case
from bot.store.desk import DeskChange
from bot.store.engine import rows_changed

Why = Literal["opened", "danger", "said", "case", "typing", "delivery", "left", "unsent", "note", "desk"]
KEPT = timedelta(hours=1)


def tell(session: Session, case_id: int, why: Why, *, now: datetime) -> None:
    """This case changed. `case_id` 0: something that is no case's own, such as who is on duty."""
    session.add(DeskChange(case_id=case_id, why=why, at=now))


def about(session: Session, resident_id: int, why: Why, *, now: datetime) -> None:
    """Something happened to a resident: pages that show their open case hear of it. Nothing when there is none."""
    at = bindparam("at", now, type_=DeskChange.__table__.c.at.type)
    open_one = select(Case.id, literal(why), at).where(Case.resident_id == resident_id, Case.state != "closed")
    session.execute(insert(DeskChange).from_select(["case_id", "why", "at"], open_one))


def newest(session: Session) -> int:
    """The number of the newest change."""
    return session.scalar(select(func.max(DeskChange.id))) or 0


class Change(NamedTuple):
    """What open pages are told."""

    id: int
    case_id: int
    why: str


def after(session: Session, number: int, *, most: int = 500) -> list[Change]:
    """The changes whose number is higher, oldest first."""
    told = select(DeskChange.id, DeskChange.case_id, DeskChange.why).where(DeskChange.id > number)
    return [Change(*row) for row in session.execute(told.order_by(DeskChange.id).limit(most))]


def forget_old(session: Session, *, now: datetime) -> int:
    return rows_changed(session, delete(DeskChange).where(DeskChange.at < now - KEPT))
