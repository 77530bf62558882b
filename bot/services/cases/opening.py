"""Opening a case: by a resident, by danger, by staff; and again, when it was closed a short while ago."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversation import Notice
from bot.services import audit, changes, consents, consultation, office_hours, outgoing, queues, threads
from bot.services.cases import closing, finding, ownership, refusals
from bot.store.cases import Case, CaseNote, CaseWay
from bot.store.engine import rows_changed
from bot.store.residents import Resident, Thread
from bot.store.talk import Delivery


def open_for(
    session: Session, resident: Resident, *, because: str, now: datetime, topic: str = "", danger: str = ""
) -> Case:
    """The resident's open case, or a new one. Danger makes an open case urgent and sounds its alarm anew."""
    open_one = finding.open_case(session, resident)
    if open_one is None:
        promised_by = office_hours.next_promise(session, now=now)
        open_one = Case(
            resident=resident,
            topic=topic,
            danger=danger,
            opened_at=now,
            opened_because=because,
            promised_by=promised_by,
            promised_on=promised_by.date(),
            queue_id=queues.for_case(session, topic, resident.area).id,
            unanswered_since=now if because != "staff" else None,
        )
        session.add(open_one)
        session.flush()
        changes.tell(session, open_one.id, "danger" if danger else "opened", now=now)
        ownership.assign(session, open_one, now=now)
    elif danger:
        open_one.danger = danger
        open_one.looked_at = open_one.looked_by = open_one.alerted_at = None
        open_one.alerts = 0
        heard(session, open_one, now)
        changes.tell(session, open_one.id, "danger", now=now)
    elif topic and topic != open_one.topic:
        open_one.topic = topic
        if open_one.state == "waiting":
            open_one.queue_id = queues.for_case(session, topic, resident.area).id
            ownership.assign(session, open_one, now=now)
        changes.tell(session, open_one.id, "case", now=now)
    return open_one


def begin_talk(
    session: Session,
    resident: Resident,
    thread: Thread,
    *,
    topic: str,
    now: datetime,
    way: CaseWay = "line",
    consent: str = "",
) -> Case:
    """The resident agreed to talk with people, in this way, to the words of version `consent`: the bot is silent."""
    opened = open_for(session, resident, because="resident", topic=topic, now=now)
    if opened.agreed_at is None:
        consents.give(session, resident, "case", version=consent, now=now)
        opened.agreed_at = now
        if opened.opened_because == "staff":  # whoever invited sees at once that the invitation was taken up
            opened.unanswered_since = opened.unanswered_since or now
            changes.tell(session, opened.id, "case", now=now)
        if opened.answered_at is None:  # danger opened it earlier; the promise counts from now
            promise_again(session, opened, now=now)
    opened.way = way
    threads.give_to_person(thread)
    return opened


def invite(
    session: Session, resident: Resident, *, staff_id: int, now: datetime, topic: str = ""
) -> tuple[Case, Delivery]:
    """Staff would like to talk: a case that whoever opened it has, and an invitation the resident may take up.

    CannotBeReached when the resident has left.
    """
    thread = threads.of_resident(session, resident.id)
    if thread is None or not resident.is_following:
        raise refusals.CannotBeReached
    is_new = finding.open_case(session, resident) is None
    opened = open_for(session, resident, because="staff", topic=topic, now=now)
    if is_new:
        opened.way = "room" if consultation.rules(session).ways[0] == "room" else "line"
    if opened.state == "waiting":
        take_quietly = update(Case).where(Case.id == opened.id, Case.state == "waiting")
        rows_changed(session, take_quietly.values(state="taken", owner_id=staff_id, taken_at=now))
        session.refresh(opened)
    audit.record(session, "invite_resident", staff_id=staff_id, now=now, kind="case", record_id=opened.id)
    return opened, outgoing.say(session, thread, resident, [Notice("invitation")], now=now)


def reopen(session: Session, resident: Resident, thread: Thread, *, within: timedelta, now: datetime) -> Case | None:
    """The case that was closed a short while ago is open again, with the people who know it. None when there is none.

    Its owner has it again if on duty; else it waits in its queue.
    """
    threads.of(session, thread.key)
    closed = select(Case).where(Case.resident_id == resident.id, Case.closed_at > now - within)
    old = session.scalars(closed.order_by(Case.id.desc()).limit(1)).one_or_none()
    if old is None or finding.open_case(session, resident) is not None:
        return None
    is_there = old.owner_id in queues.on_duty(session, now=now)
    old.state, old.owner_id, old.taken_at = ("taken", old.owner_id, now) if is_there else ("waiting", None, None)
    old.reopened_at, old.closed_at, old.closed_by, old.second_look_by = now, None, None, None
    old.answered_at = old.was_useful = old.alerted_at = None
    promise_again(session, old, now=now)
    heard(session, old, now)
    session.add(CaseNote(case_id=old.id, staff_id=None, kind="reopened", written_at=now, words=""))
    threads.give_to_person(thread)
    changes.tell(session, old.id, "opened", now=now)
    if not is_there:
        ownership.assign(session, old, now=now)
    return old


def promise_again(session: Session, waiting: Case, *, now: datetime) -> datetime:
    """A new promise, counted from now."""
    promised_by = office_hours.next_promise(session, now=now, apart_from=waiting.id)
    waiting.promised_by, waiting.promised_on, waiting.climbed_at = promised_by, promised_by.date(), None
    waiting.promises = 1
    return promised_by


def heard(session: Session, about: Case, now: datetime) -> None:
    """Something came from the resident, or danger did: the case waits for an answer from now on."""
    if about.closing_asked_by is not None:
        closing.no_second_look(session, about, now)
    about.heard_at = now
    about.unanswered_since = about.unanswered_since or now
    about.on_hold_until = about.closing_asked_at = about.closing_asked_by = None
