"""災害時: everybody in chosen areas is asked 「無事ですか」 on one press; answers are counted, the silent listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from bot.services import audit, changes, outgoing
from bot.services.cases import opening
from bot.store.areas import Area
from bot.store.checkins import CheckinPlan, DisasterAsk, DisasterRound
from bot.store.engine import insert_or_ignore, rows_changed
from bot.store.residents import Resident, Thread

BATCH = 500


class NoSuchArea(ValueError):
    """An area that is not there."""


def begin(
    session: Session,
    *,
    area_ids: Sequence[int],
    form_key: str,
    staff_id: int,
    now: datetime,
    repeats: DisasterRound | None = None,
) -> DisasterRound:
    """Press the switch. No areas: the whole city. Pressed twice (the same form) it is one round. NoSuchArea."""
    known = set(session.scalars(select(Area.id).where(Area.id.in_(area_ids)))) if area_ids else set()
    if known != set(area_ids):
        raise NoSuchArea
    is_new = insert_or_ignore(
        session,
        DisasterRound,
        form_key=form_key[:22],
        area_ids=sorted(known),
        started_at=now,
        started_by=staff_id,
        repeats_id=repeats.id if repeats else None,
    )
    made = session.scalars(select(DisasterRound).where(DisasterRound.form_key == form_key[:22])).one()
    if is_new:
        audit.record(session, "begin_disaster_round", staff_id=staff_id, now=now, kind="disaster", record_id=made.id)
    return made


def end(session: Session, wanted: DisasterRound, *, staff_id: int, now: datetime) -> None:
    """Nobody is asked any more, and answers are no longer counted."""
    wanted.ended_at = wanted.ended_at or now
    audit.record(session, "end_disaster_round", staff_id=staff_id, now=now, kind="disaster", record_id=wanted.id)


def ask_due(session: Session, say: Any, *, now: datetime) -> tuple[int, list[str]]:
    """Ask the next people of rounds whose asks are not all on their way. How many, and the threads to ring for."""
    wanted = session.scalars(
        select(DisasterRound)
        .where(DisasterRound.told_everybody_at.is_(None), DisasterRound.ended_at.is_(None))
        .order_by(DisasterRound.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if wanted is None:
        return 0, []
    area_ids = with_areas_below(session, wanted.area_ids)
    last = session.scalar(select(func.max(DisasterAsk.resident_id)).where(DisasterAsk.disaster_id == wanted.id)) or 0
    place = func.coalesce(Resident.area_id, CheckinPlan.area_id)
    people = (
        select(Resident, Thread.key, place)
        .join(Thread, Thread.resident_id == Resident.id)
        .outerjoin(CheckinPlan, (CheckinPlan.resident_id == Resident.id) & (CheckinPlan.state != "stopped"))
        .where(Resident.is_following, Resident.line_id.is_not(None), Resident.id > last)
        .order_by(Resident.id)
        .limit(BATCH)
    )
    if wanted.area_ids:
        people = people.where(place.in_(area_ids))
    found = session.execute(people).unique().all()
    if not found:
        _list_those_without_line(session, wanted, area_ids)
        wanted.told_everybody_at = now
        return 0, []
    asks = [
        DisasterAsk(disaster_id=wanted.id, resident_id=resident.id, area_id=area_id) for resident, _, area_id in found
    ]
    words = say.are_you_safe(wanted.id)
    delivery = outgoing.say_to_many(
        session,
        [(resident, key) for resident, key, _ in found],
        words.messages,
        choices=words.choices,
        now=now,
        message_class="escalation",
        retry_key=outgoing.retry_key(f"disaster:{wanted.id}:{found[0][0].id}-{found[-1][0].id}"),
    )
    for ask in asks:
        ask.delivery_id = delivery.id
    session.add_all(asks)
    session.flush()
    return len(found), [delivery.thread_key]


def _list_those_without_line(session: Session, wanted: DisasterRound, area_ids: Sequence[int]) -> None:
    """Those watched over without LINE stand among the silent from the beginning: people ask them."""
    plans = select(CheckinPlan).where(
        CheckinPlan.state != "stopped",
        or_(CheckinPlan.resident_id.is_(None), CheckinPlan.unreachable_at.is_not(None)),
    )
    if wanted.area_ids:
        plans = plans.where(CheckinPlan.area_id.in_(area_ids))
    for plan in session.scalars(plans):
        insert_or_ignore(session, DisasterAsk, disaster_id=wanted.id, plan_id=plan.id, area_id=plan.area_id)


def with_areas_below(session: Session, area_ids: Sequence[int]) -> list[int]:
    """These areas and all below them."""
    found, edge = set(area_ids), set(area_ids)
    while edge:
        edge = set(session.scalars(select(Area.id).where(Area.parent_id.in_(edge)))) - found
        found |= edge
    return sorted(found)


def hear(session: Session, resident: Resident, kind: str, *, now: datetime) -> bool:
    """The resident answered (`safe`, `help`) or gave any sign of life (`sign`). Whether an open round was waiting for
    it. Who asks for help gets an urgent case."""
    open_rounds = select(DisasterRound.id).where(DisasterRound.ended_at.is_(None))
    answering = update(DisasterAsk).where(
        DisasterAsk.resident_id == resident.id, DisasterAsk.disaster_id.in_(open_rounds)
    )
    if kind != "help":  # whoever asked for help stays on the list until staff take them off
        weaker = (None, "sign") if kind == "safe" else (None,)
        answering = answering.where(
            or_(*(DisasterAsk.answer.is_(one) if one is None else DisasterAsk.answer == one for one in weaker))
        )
    was_waiting = rows_changed(session, answering.values(answer=kind, answered_at=now)) > 0
    if was_waiting:
        changes.tell(session, 0, "desk", now=now)
    if kind == "help":
        opening.open_for(session, resident, because="resident", topic="other", danger="disaster", now=now)
    return was_waiting


def staff_reached(session: Session, ask: DisasterAsk, *, staff_id: int, now: datetime) -> None:
    """Staff made sure by other means."""
    ask.answer, ask.answered_at = "staff", now
    audit.record(session, "reach_in_disaster", staff_id=staff_id, now=now, kind="disaster", record_id=ask.disaster_id)


@dataclass(frozen=True)
class Count:
    """One area's answers."""

    area_id: int | None
    area: str
    asked: int
    safe: int
    help: int
    silent: int


def counts(session: Session, wanted: DisasterRound) -> list[Count]:
    """The answers by area, most silent first."""
    safe = func.sum(case((DisasterAsk.answer.in_(("safe", "sign", "staff")), 1), else_=0))
    help_ = func.sum(case((DisasterAsk.answer == "help", 1), else_=0))
    rows = session.execute(
        select(DisasterAsk.area_id, Area.name, func.count(), safe, help_)
        .outerjoin(Area, Area.id == DisasterAsk.area_id)
        .where(DisasterAsk.disaster_id == wanted.id)
        .group_by(DisasterAsk.area_id, Area.name)
    ).all()
    told = [
        Count(area_id, name or "", asked, int(well or 0), int(needs or 0), asked - int(well or 0) - int(needs or 0))
        for area_id, name, asked, well, needs in rows
    ]
    return sorted(told, key=lambda one: (-one.help, -one.silent, one.area))


def silent(session: Session, wanted: DisasterRound, *, most: int = 500) -> list[DisasterAsk]:
    """Those who asked for help, then those who have not answered."""
    first = case((DisasterAsk.answer == "help", 0), else_=1)
    return list(
        session.scalars(
            select(DisasterAsk)
            .where(
                DisasterAsk.disaster_id == wanted.id,
                or_(DisasterAsk.answer.is_(None), DisasterAsk.answer == "help"),
            )
            .order_by(first, DisasterAsk.area_id, DisasterAsk.id)
            .limit(most)
        )
    )


def all_rounds(session: Session) -> list[DisasterRound]:
    return list(session.scalars(select(DisasterRound).order_by(DisasterRound.id.desc()).limit(20)))
