"""Cases: from the bot to people. Opened by a resident, by danger, or by staff; taken, answered, closed."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.orm import Session

from bot.conversation import Message
from bot.services import audit, outgoing, threads, working_days
from bot.store.cases import Case, CaseNote, OnCall
from bot.store.engine import rows_changed
from bot.store.residents import Resident, Thread
from bot.store.talk import Delivery, Utterance

TOPICS = ("care", "children", "money", "disability", "loneliness", "other")
BEFORE = timedelta(days=2)  # how much of the talk with the bot staff see
MOST_ALERTS = 48


class AlreadyTaken(Exception):
    """A colleague was first. `by` is the id of the account."""

    def __init__(self, by: int | None) -> None:
        super().__init__(by)
        self.by = by


class NotOpen(Exception):
    """The case is closed."""


class CannotBeReached(Exception):
    """The resident has blocked the account or left: nothing said here arrives."""


class NothingSaid(ValueError):
    """There is not a word in it."""


def open_for(
    session: Session, resident: Resident, *, because: str, now: datetime, topic: str = "", danger: str = ""
) -> Case:
    """The resident's open case, or a new one. Danger makes an open case urgent and sounds its alarm anew."""
    open_one = of(session, resident)
    if open_one is None:
        open_one = Case(
            resident=resident,
            topic=topic,
            danger=danger,
            opened_at=now,
            opened_because=because,
            promised_on=working_days.after(now.date(), 1),
        )
        session.add(open_one)
        session.flush()
    elif danger:
        open_one.danger = danger
        open_one.looked_at = open_one.looked_by = open_one.alerted_at = None
        open_one.alerts = 0
    elif topic:
        open_one.topic = topic
    return open_one


def of(session: Session, resident: Resident) -> Case | None:
    """The resident's open case."""
    return session.scalars(select(Case).where(Case.resident_id == resident.id, Case.state != "closed")).one_or_none()


def begin_talk(session: Session, resident: Resident, thread: Thread, *, topic: str, now: datetime) -> Case:
    """The resident agreed to talk with people: from now on the bot is silent."""
    opened = open_for(session, resident, because="resident", topic=topic, now=now)
    threads.give_to_person(thread)
    return opened


def take(session: Session, wanted: Case, *, staff_id: int, now: datetime) -> None:
    """This member of staff answers from now on. AlreadyTaken when a colleague was first; NotOpen when it is closed."""
    taken = (
        update(Case)
        .where(Case.id == wanted.id, Case.state == "waiting")
        .values(state="taken", owner_id=staff_id, taken_at=now, looked_at=func.coalesce(Case.looked_at, now))
    )
    if rows_changed(session, taken) == 0:
        session.refresh(wanted)
        if wanted.state == "closed":
            raise NotOpen
        if wanted.owner_id != staff_id:
            raise AlreadyTaken(wanted.owner_id)
        return
    session.refresh(wanted)
    if (thread := _thread(session, wanted)) is not None and thread.owner == "bot":
        threads.give_to_person(thread)
    audit.record(session, "take_case", staff_id=staff_id, now=now, kind="case", record_id=wanted.id)


def hand_on(session: Session, held: Case, *, to: int | None, reason: str, staff_id: int, now: datetime) -> None:
    """To a colleague, or back to everybody (`to` None), with the reason as a note. NothingSaid without a reason."""
    add_note(session, held, reason, staff_id=staff_id, now=now)
    held.state, held.owner_id, held.taken_at = ("taken", to, now) if to is not None else ("waiting", None, None)
    audit.record(session, "hand_on_case", staff_id=staff_id, now=now, kind="case", record_id=held.id)


def say(session: Session, held: Case, messages: Sequence[Message], *, staff_id: int, now: datetime) -> Delivery:
    """Say something to the resident. CannotBeReached when they left; NotOpen when the case is closed."""
    if held.state == "closed":
        raise NotOpen
    thread = _thread(session, held)
    if thread is None or not held.resident.is_following:
        raise CannotBeReached
    if thread.owner == "bot":
        threads.give_to_person(thread)
    held.answered_at = held.answered_at or now
    audit.record(session, "answer_case", staff_id=staff_id, now=now, kind="case", record_id=held.id)
    return outgoing.say(session, thread, held.resident, messages, now=now, speaker="staff")


def add_note(session: Session, about: Case, words: str, *, staff_id: int, now: datetime) -> CaseNote:
    """A note only staff see. NothingSaid when it is empty."""
    if not words.strip():
        raise NothingSaid
    note = CaseNote(case_id=about.id, staff_id=staff_id, written_at=now, words=words.strip())
    session.add(note)
    return note


def close(
    session: Session, held: Case, *, outcome: str, farewell: Sequence[Message], staff_id: int, now: datetime
) -> None:
    """Done, with what came of it; the bot answers again and says `farewell`. NothingSaid without an outcome."""
    if not outcome.strip():
        raise NothingSaid
    held.state, held.closed_at, held.outcome = "closed", now, outcome.strip()
    held.looked_at = held.looked_at or now
    thread = _thread(session, held)
    if thread is not None and thread.owner == "person":
        threads.give_to_bot(thread)
        outgoing.say(session, thread, held.resident, farewell, now=now)
    audit.record(session, "close_case", staff_id=staff_id, now=now, kind="case", record_id=held.id)


def acknowledge(session: Session, alarmed: Case, *, staff_id: int, now: datetime) -> bool:
    """Somebody has seen the alarm. False when a colleague was first."""
    seen = update(Case).where(Case.id == alarmed.id, Case.looked_at.is_(None)).values(looked_at=now, looked_by=staff_id)
    if rows_changed(session, seen) == 0:
        return False
    audit.record(session, "acknowledge_alarm", staff_id=staff_id, now=now, kind="case", record_id=alarmed.id)
    return True


# ── what the desk looks at ──


def open_cases(session: Session) -> list[Case]:
    """Alarms nobody has looked at first, then urgent ones, then by promise and age."""
    order = (
        case(((Case.danger != "") & Case.looked_at.is_(None), 0), (Case.danger != "", 1), else_=2),
        case((Case.state == "waiting", 0), else_=1),
        Case.promised_on,
        Case.opened_at,
    )
    return list(session.scalars(select(Case).where(Case.state != "closed").order_by(*order)))


def alarms(session: Session) -> list[Case]:
    """Open cases of danger that nobody has looked at yet, the oldest first."""
    return list(session.scalars(select(Case).where(*_alarmed()).order_by(Case.opened_at)))


def _alarmed() -> tuple[ColumnElement[bool], ...]:
    return (Case.danger != "", Case.looked_at.is_(None), Case.state != "closed")


def conversation(session: Session, about: Case) -> list[Utterance]:
    """What the resident saw and said, from a while before the case on."""
    said = select(Utterance).where(Utterance.resident_id == about.resident_id)
    return list(session.scalars(said.where(Utterance.said_at >= about.opened_at - BEFORE).order_by(Utterance.id)))


def notes(session: Session, about: Case) -> list[CaseNote]:
    return list(session.scalars(select(CaseNote).where(CaseNote.case_id == about.id).order_by(CaseNote.id)))


def refused(session: Session, about: Case) -> list[Delivery]:
    """What LINE did not deliver since the case was opened."""
    failed = select(Delivery).where(Delivery.resident_id == about.resident_id, Delivery.created_at >= about.opened_at)
    return list(session.scalars(failed.where(or_(Delivery.state == "failed", Delivery.refusal.is_not(None)))))


def _thread(session: Session, about: Case) -> Thread | None:
    return session.scalars(
        select(Thread).where(Thread.resident_id == about.resident_id).with_for_update()
    ).one_or_none()


# ── those on call ──


def add_on_call(session: Session, name: str, *, staff_id: int, now: datetime) -> OnCall:
    """Somebody to alert. They write the code to the bot from their own LINE. NothingSaid without a name."""
    if not name.strip():
        raise NothingSaid
    code = "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(8))
    one = OnCall(name=name.strip(), code=code, added_at=now)
    session.add(one)
    session.flush()
    audit.record(session, "add_on_call", staff_id=staff_id, now=now, kind="on_call", record_id=one.id)
    return one


def remove_on_call(session: Session, one: OnCall, *, staff_id: int, now: datetime) -> None:
    audit.record(session, "remove_on_call", staff_id=staff_id, now=now, kind="on_call", record_id=one.id)
    session.delete(one)


def link_on_call(session: Session, code: str, resident: Resident) -> OnCall | None:
    """The person on call whose code this is, from now on alerted on this LINE. None when there is none."""
    one = session.scalars(select(OnCall).where(OnCall.code == code)).one_or_none()
    if one is not None:
        one.resident, one.code = resident, None
    return one


def on_call(session: Session) -> list[OnCall]:
    return list(session.scalars(select(OnCall).order_by(OnCall.id)))


def due_alarms(session: Session, *, now: datetime, after: timedelta) -> list[Case]:
    """Alarms that nobody has looked at for `after`, since they began or since the last alert."""
    waited = now - after
    late = or_(Case.alerted_at <= waited, Case.alerted_at.is_(None) & (Case.opened_at <= waited))
    return list(session.scalars(select(Case).where(*_alarmed(), late, Case.alerts < MOST_ALERTS)))


def alert(session: Session, alarmed: Case, words: Message, *, now: datetime) -> int:
    """Tell everybody on call, on their own LINE. Returns how many; the database keeps two clocks from telling twice."""
    told = (
        update(Case)
        .where(Case.id == alarmed.id, Case.alerts == alarmed.alerts, Case.looked_at.is_(None))
        .values(alerts=Case.alerts + 1, alerted_at=now)
    )
    if rows_changed(session, told) == 0:
        return 0
    count = 0
    for one in on_call(session):
        thread = session.scalars(select(Thread).where(Thread.resident_id == one.resident_id)).one_or_none()
        if one.resident is not None and thread is not None and one.resident.is_following:
            outgoing.say(session, thread, one.resident, [words], now=now, message_class="escalation")
            count += 1
    return count
