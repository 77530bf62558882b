"""Contacts 緊急連絡先: whom the person named. Confirmed through an invitation on LINE, or by staff on the telephone.

A contact is asked in order, each once for a round: 「行きます」 ends the chain, 「今は無理」 asks the next at once, no
answer asks the next after `PATIENCE`. They see only what the person allowed.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from bot.services import audit, outgoing, tasks
from bot.services.checkins import templates
from bot.store.checkins import CheckinAsk, CheckinContact, CheckinPlan, CheckinRound
from bot.store.engine import insert_or_ignore, rows_changed
from bot.store.residents import Resident, Thread
from bot.store.talk import MessageClass
from bot.store.tasks import Task

RELATIONS = ("family", "welfare_volunteer", "neighbour", "friend", "other")
PATIENCE = timedelta(minutes=30)
GOING = timedelta(hours=2)  # how long somebody who said 「行きます」 has until a visit by staff becomes due
CODE_LIVES = timedelta(days=30)
SOMEBODY_ELSE_BY = timedelta(days=1)
TELEPHONE_WITHIN = timedelta(minutes=15)
MOST = 5
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class ContactWrong(ValueError):
    """A contact without a name, or one too many. The text names which: `name`, `most`."""


def add(
    session: Session,
    plan: CheckinPlan,
    *,
    name: str,
    phone: str = "",
    relation: str = "family",
    may_hear_alarms: bool = True,
    may_hear_responses: bool = False,
    staff_id: int | None = None,
    now: datetime,
) -> CheckinContact:
    """The person named somebody. They are asked only once they have agreed. ContactWrong."""
    known = of(session, plan)
    if not name.strip() or relation not in RELATIONS:
        raise ContactWrong("name")
    if len(known) >= MOST:
        raise ContactWrong("most")
    one = CheckinContact(
        plan_id=plan.id,
        position=max((other.position for other in known), default=0) + 1,
        name=name.strip()[:60],
        phone=phone.strip()[:30] or None,
        relation=relation,
        may_hear_alarms=may_hear_alarms,
        may_hear_responses=may_hear_responses,
        code="".join(secrets.choice(SIGNS) for _ in range(8)),
        code_until=now + CODE_LIVES,
        added_at=now,
    )
    session.add(one)
    session.flush()
    audit.record(session, "add_contact", staff_id=staff_id, now=now, kind="plan", record_id=plan.id)
    return one


def of(session: Session, plan: CheckinPlan) -> list[CheckinContact]:
    return list(
        session.scalars(
            select(CheckinContact).where(CheckinContact.plan_id == plan.id).order_by(CheckinContact.position)
        )
    )


def invited(session: Session, code: str, *, now: datetime) -> CheckinContact | None:
    """The contact whose invitation this is."""
    return session.scalars(
        select(CheckinContact).where(CheckinContact.code == code, CheckinContact.code_until > now)
    ).one_or_none()


def accept(session: Session, one: CheckinContact, resident: Resident, *, now: datetime) -> bool:
    """The contact agrees on their own LINE. False when the invitation was used meanwhile, or is the person's own."""
    if one.plan.resident_id == resident.id:
        return False
    agreeing = (
        update(CheckinContact)
        .where(CheckinContact.id == one.id, CheckinContact.code == one.code)
        .values(code=None, code_until=None, resident_id=resident.id, confirmed_at=now, declined_at=None)
    )
    is_first = rows_changed(session, agreeing) == 1
    _is_settled(session, one, now=now)
    session.refresh(one)
    return is_first


def decline(session: Session, one: CheckinContact, *, now: datetime) -> None:
    one.code, one.code_until, one.declined_at, one.confirmed_at = None, None, now, None
    _is_settled(session, one, now=now)


def _is_settled(session: Session, one: CheckinContact, *, now: datetime) -> None:
    """Whether the contact agrees is known: nobody need telephone to ask."""
    tasks.drop(session, Task.need == f"contact:{one.id}:confirm", now=now, result="settled")


def confirm_by_phone(session: Session, one: CheckinContact, *, staff_id: int, now: datetime) -> None:
    """Staff telephoned, and the contact agreed. ContactWrong without a number to telephone."""
    if not one.phone:
        raise ContactWrong("phone")
    one.confirmed_at, one.confirmed_by, one.declined_at = now, staff_id, None
    _is_settled(session, one, now=now)
    audit.record(session, "confirm_contact", staff_id=staff_id, now=now, kind="plan", record_id=one.plan_id)


def have_somebody_else_found(session: Session, one: CheckinContact, *, now: datetime) -> None:
    """A contact who had agreed is not reached on LINE any more, or has given it up: staff hear before it is needed."""
    tasks.open_(
        session,
        f"contact:{one.id}:{now:%Y%m%d%H%M}:left",
        "follow_up",
        now=now,
        due_at=now + SOMEBODY_ELSE_BY,
        plan_id=one.plan_id,
        contact_id=one.id,
    )


def is_back(session: Session, one: CheckinContact, *, now: datetime) -> None:
    """LINE reaches the contact again."""
    tasks.drop(session, Task.contact_id == one.id, Task.need.like("contact:%:left"), now=now)


def remove(session: Session, one: CheckinContact, *, staff_id: int | None, now: datetime) -> None:
    audit.record(session, "remove_contact", staff_id=staff_id, now=now, kind="plan", record_id=one.plan_id)
    session.delete(one)


def ask_next(
    session: Session, silent: CheckinRound, plan: CheckinPlan, say: Any, *, now: datetime, at_once: int
) -> int:
    """Ask the next contacts who may hear of it and were not asked yet, at most `at_once`. How many were asked."""
    asked = set(session.scalars(select(CheckinAsk.contact_id).where(CheckinAsk.round_id == silent.id)))
    willing = [one for one in of(session, plan) if one.confirmed_at and one.may_hear_alarms and one.id not in asked]
    count = 0
    for one in willing[:at_once]:
        if not insert_or_ignore(session, CheckinAsk, round_id=silent.id, contact_id=one.id, asked_at=now):
            continue
        ask = session.scalars(
            select(CheckinAsk).where(CheckinAsk.round_id == silent.id, CheckinAsk.contact_id == one.id)
        ).one()
        count += 1
        reached = tell(session, one.resident_id, say.please_look_after(ask.id, plan.name or ""), f"ask:{ask.id}", now)
        if reached is None:
            have_telephoned(session, ask, now=now)
        else:
            ask.delivery_id = reached
    return count


def have_telephoned(session: Session, ask: CheckinAsk, *, now: datetime) -> None:
    """The contact has no LINE with us, or LINE does not take the message: staff telephone them."""
    silent = session.get_one(CheckinRound, ask.round_id)
    tasks.open_(
        session,
        f"round:{ask.round_id}:contact:{ask.contact_id}",
        "contact",
        now=now,
        is_urgent=True,
        climbs_after=TELEPHONE_WITHIN,
        plan_id=silent.plan_id,
        round_id=silent.id,
        contact_id=ask.contact_id,
    )


def tell(
    session: Session,
    resident_id: int | None,
    said: Any,
    key: str,
    now: datetime,
    message_class: MessageClass = "escalation",
) -> int | None:
    """Say something to a contact on their own LINE. None when they cannot be reached there."""
    resident = session.get(Resident, resident_id) if resident_id else None
    thread = (
        session.scalars(select(Thread).where(Thread.resident_id == resident.id)).one_or_none() if resident else None
    )
    if resident is None or thread is None or not resident.is_following:
        return None
    return outgoing.say(
        session,
        thread,
        resident,
        said.messages,
        choices=said.choices,
        now=now,
        message_class=message_class,
        retry_key=outgoing.retry_key(key),
    ).id


def asked_of(session: Session, ask_id: int, resident: Resident) -> CheckinAsk | None:
    """This ask, if it was put to this resident (as contact, or as member of the group)."""
    ask = session.get(CheckinAsk, ask_id)
    if ask is None:
        return None
    contact = session.get(CheckinContact, ask.contact_id) if ask.contact_id else None
    member = session.get(CheckinPlan, ask.member_id) if ask.member_id else None
    is_theirs = (contact is not None and contact.resident_id == resident.id) or (
        member is not None and member.resident_id == resident.id
    )
    return ask if is_theirs else None


def answer(session: Session, ask: CheckinAsk, going: bool, say: Any, *, now: datetime) -> bool:
    """「行きます」: the others are told, the chain stops. 「今は無理」: the next is asked now. False when the alarm is
    over already."""
    silent = session.scalars(
        select(CheckinRound)
        .where(CheckinRound.id == ask.round_id)
        .options(joinedload(CheckinRound.plan))
        .with_for_update(of=CheckinRound)
    ).one()
    ask.answer, ask.answered_at = "going" if going else "not_now", now
    if silent.ended_at is not None:
        return False
    if going:
        if silent.next_stage_at is not None:
            silent.next_stage_at = templates.allowed_at(silent.plan, "visit", now + GOING)
        for other in session.scalars(
            select(CheckinAsk).where(
                CheckinAsk.round_id == silent.id, CheckinAsk.id != ask.id, CheckinAsk.contact_id.is_not(None)
            )
        ):
            contact = session.get(CheckinContact, other.contact_id)
            if contact is not None and other.answer != "not_now":
                tell(session, contact.resident_id, say.somebody_is_going(), f"going:{ask.id}:{other.id}", now)
    elif silent.stage == "contact" and not is_somebody_going(session, silent):
        silent.next_stage_at = templates.allowed_at(silent.plan, "contact", now)
    return True


def is_somebody_going(session: Session, silent: CheckinRound) -> bool:
    """Whether a contact has said 「行きます」: then no other is asked, and a visit by staff comes next."""
    going = select(CheckinAsk.id).where(CheckinAsk.round_id == silent.id, CheckinAsk.answer == "going")
    return session.scalar(going.limit(1)) is not None


def to_tell(session: Session, *, most: int = 100) -> list[tuple[CheckinAsk, int | None]]:
    """Those who were asked about an alarm that is over and have not heard so, with their resident id."""
    rows = session.scalars(
        select(CheckinAsk)
        .join(CheckinRound, CheckinRound.id == CheckinAsk.round_id)
        .where(CheckinAsk.told_over_at.is_(None), CheckinRound.ended_at.is_not(None))
        .order_by(CheckinAsk.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=CheckinAsk)
    )
    found = []
    for ask in rows:
        contact = session.get(CheckinContact, ask.contact_id) if ask.contact_id else None
        member = session.get(CheckinPlan, ask.member_id) if ask.member_id else None
        found.append((ask, contact.resident_id if contact else member.resident_id if member else None))
    return found


def tell_it_is_over(session: Session, say: Any, *, now: datetime) -> int:
    """Tell everybody who was asked that the person's well-being is known, each once. How many there were."""
    waiting = to_tell(session)
    for ask, resident_id in waiting:
        ask.told_over_at = now
        if ask.outcome in (None, "not_met"):  # who found the person knows it
            tell(session, resident_id, say.it_is_over(), f"over:{ask.id}", now)
    return len(waiting)


def hearing_responses(session: Session, plan: CheckinPlan) -> list[CheckinContact]:
    """The contacts who may hear that the person answered today, and can."""
    return [
        one for one in of(session, plan) if one.confirmed_at and one.may_hear_responses and one.resident_id is not None
    ]


def watched_by(session: Session, resident: Resident) -> list[CheckinContact]:
    """For whom this resident is a confirmed contact."""
    mine = select(CheckinContact).where(
        CheckinContact.resident_id == resident.id, CheckinContact.confirmed_at.is_not(None)
    )
    return list(session.scalars(mine))
