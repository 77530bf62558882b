"""Cases: from the bot to people. Opened by a resident, by danger, or by staff; taken, answered, closed."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session, defer

from bot.conversation import Message, Notice, words_of
from bot.services import (
    audit,
    callbacks,
    changes,
    consents,
    consultation,
    mail,
    office_hours,
    outgoing,
    queues,
    room,
    tasks,
    threads,
)
from bot.services.photos import Photo
from bot.store.cases import Case, CaseNote, CaseWay, Outcome
from bot.store.engine import rows_changed
from bot.store.queues import Queue
from bot.store.residents import Resident, Thread
from bot.store.talk import Delivery, Utterance
from bot.store.tasks import Task

BEFORE = timedelta(days=2)  # how much of the talk with the bot staff see


class AlreadyTaken(Exception):
    """A colleague was first. `by` is the id of the account."""

    def __init__(self, by: int | None) -> None:
        super().__init__(by)
        self.by = by


class AnsweredMeanwhile(Exception):
    """A colleague answered while this answer was being written. `by` is the id of the account, if it is known."""

    def __init__(self, by: int | None) -> None:
        super().__init__(by)
        self.by = by


class SaidMeanwhile(Exception):
    """The resident said something that whoever wanted to close has not read."""


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
        assign(session, open_one, now=now)
    elif danger:
        open_one.danger = danger
        open_one.looked_at = open_one.looked_by = open_one.alerted_at = None
        open_one.alerts = 0
        _hear(session, open_one, now)
        changes.tell(session, open_one.id, "danger", now=now)
    elif topic and topic != open_one.topic:
        open_one.topic = topic
        if open_one.state == "waiting":
            open_one.queue_id = queues.for_case(session, topic, resident.area).id
            assign(session, open_one, now=now)
        changes.tell(session, open_one.id, "case", now=now)
    return open_one


def of(session: Session, resident: Resident) -> Case | None:
    """The resident's open case."""
    return session.scalars(select(Case).where(Case.resident_id == resident.id, Case.state != "closed")).one_or_none()


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
        raise CannotBeReached
    is_new = of(session, resident) is None
    opened = open_for(session, resident, because="staff", topic=topic, now=now)
    if is_new:
        opened.way = "room" if consultation.rules(session).ways[0] == "room" else "line"
    if opened.state == "waiting":
        take_quietly = update(Case).where(Case.id == opened.id, Case.state == "waiting")
        rows_changed(session, take_quietly.values(state="taken", owner_id=staff_id, taken_at=now))
        session.refresh(opened)
    audit.record(session, "invite_resident", staff_id=staff_id, now=now, kind="case", record_id=opened.id)
    return opened, outgoing.say(session, thread, resident, [Notice("invitation")], now=now)


def hear_late(session: Session, resident: Resident, thread: Thread, *, written_at: datetime, now: datetime) -> bool:
    """Words written before the resident could know that the case was closed belong to it: it is open again."""
    meanwhile = select(Case.id).where(Case.resident_id == resident.id, Case.way == "line", Case.closed_at >= written_at)
    if session.scalar(meanwhile.limit(1)) is None:
        return False
    return reopen(session, resident, thread, within=now - written_at + timedelta(seconds=1), now=now) is not None


def hear(session: Session, resident: Resident, *, now: datetime) -> Case | None:
    """The resident said something for people to read. The case waits for an answer from now on, also one on hold."""
    heard = of(session, resident)
    if heard is not None:
        _hear(session, heard, now)
    return heard


def _hear(session: Session, heard: Case, now: datetime) -> None:
    if heard.closing_asked_by is not None:
        _no_second_look(session, heard, now)
    heard.heard_at = now
    heard.unanswered_since = heard.unanswered_since or now
    heard.on_hold_until = heard.closing_asked_at = heard.closing_asked_by = None


def hear_in_room(
    session: Session,
    visited: Case,
    words: str,
    *,
    form: str,
    photo: Photo | None = None,
    danger: str = "",
    now: datetime,
) -> Utterance | None:
    """The resident wrote in the room: it stands there, staff see it. None when this very form was sent before.

    A case that was closed lately is open again. NotOpen when it was closed too long ago, or another case is open;
    NothingSaid when there is neither a word nor a photo.
    """
    if photo is None and not words.strip():
        raise NothingSaid
    thread = lock(session, visited)
    key = room.form_key(session, form, words.encode(), photo.jpeg if photo else b"")
    if room.said_before(session, key):
        return None
    if visited.state == "closed":
        within = timedelta(days=consultation.rules(session).reopen_days)
        opened = thread and reopen(session, visited.resident, thread, within=within, now=now)
        if not opened or opened.id != visited.id:
            raise NotOpen
    written = room.put(session, visited, "resident", words.strip(), now=now, key=key)
    if photo is not None:
        room.keep_photo(session, written, photo)
    _hear(session, visited, now)
    if danger:
        open_for(session, visited.resident, because="danger", danger=danger, now=now)
    return written


def _reads_the_room(session: Session, held: Case, now: datetime) -> bool:
    return held.way == "room" and room.is_somebody_in(session, held, now=now)


def reopen(session: Session, resident: Resident, thread: Thread, *, within: timedelta, now: datetime) -> Case | None:
    """The case that was closed a short while ago is open again, with the people who know it. None when there is none.

    Its owner has it again if on duty; else it waits in its queue.
    """
    threads.of(session, thread.key)
    closed = select(Case).where(Case.resident_id == resident.id, Case.closed_at > now - within)
    old = session.scalars(closed.order_by(Case.id.desc()).limit(1)).one_or_none()
    if old is None or of(session, resident) is not None:
        return None
    is_there = old.owner_id in queues.on_duty(session, now=now)
    old.state, old.owner_id, old.taken_at = ("taken", old.owner_id, now) if is_there else ("waiting", None, None)
    old.reopened_at, old.closed_at, old.closed_by, old.second_look_by = now, None, None, None
    old.answered_at = old.was_useful = old.alerted_at = None
    promise_again(session, old, now=now)
    _hear(session, old, now)
    session.add(CaseNote(case_id=old.id, staff_id=None, kind="reopened", written_at=now, words=""))
    threads.give_to_person(thread)
    changes.tell(session, old.id, "opened", now=now)
    if not is_there:
        assign(session, old, now=now)
    return old


def assign(session: Session, waiting: Case, *, now: datetime) -> int | None:
    """Give a waiting case to whose turn it is, if its queue says so. Who that is; None when nobody, or not so."""
    queue = session.get(Queue, waiting.queue_id) if waiting.queue_id else None
    if queue is None or queue.assigns != "automatic":
        return None
    chosen = queues.next_in_turn(session, queue, now=now, apart_from=waiting.left_by)
    if chosen is None:
        return None
    given = update(Case).where(Case.id == waiting.id, Case.state == "waiting")
    if rows_changed(session, given.values(state="taken", owner_id=chosen, taken_at=now)) == 0:
        return None  # somebody took it meanwhile
    session.refresh(waiting)
    audit.record(session, "assign_case", staff_id=None, now=now, kind="case", record_id=waiting.id)
    changes.tell(session, waiting.id, "case", now=now)
    return chosen


def promise_again(session: Session, waiting: Case, *, now: datetime) -> datetime:
    """A new promise, counted from now."""
    promised_by = office_hours.next_promise(session, now=now, apart_from=waiting.id)
    waiting.promised_by, waiting.promised_on, waiting.climbed_at = promised_by, promised_by.date(), None
    waiting.promises = 1
    return promised_by


def last_closed(session: Session, resident: Resident, *, now: datetime) -> Case | None:
    """The resident's newest closed case, while it may still be continued."""
    since = now - timedelta(days=consultation.rules(session).reopen_days)
    ours = select(Case).where(Case.resident_id == resident.id, Case.state == "closed", Case.closed_at > since)
    return session.scalars(ours.order_by(Case.closed_at.desc(), Case.id.desc()).limit(1)).one_or_none()


def rate(session: Session, closed: Case, *, was_useful: bool) -> None:
    """「役に立ちましたか」 was answered; the newest answer counts."""
    closed.was_useful = was_useful


def take(session: Session, wanted: Case, *, staff_id: int, now: datetime) -> None:
    """This member of staff answers from now on. AlreadyTaken when a colleague was first; NotOpen when it is closed."""
    thread = lock(session, wanted)
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
    mail.withdraw(session, f"alarm {wanted.id} ")
    if thread is not None and thread.owner == "bot" and wanted.way == "line":
        threads.give_to_person(thread)
    audit.record(session, "take_case", staff_id=staff_id, now=now, kind="case", record_id=wanted.id)
    changes.tell(session, wanted.id, "case", now=now)


def say(
    session: Session,
    held: Case,
    messages: Sequence[Message],
    *,
    staff_id: int,
    now: datetime,
    seen: int | None = None,
    form_key: str = "",
) -> Delivery | None:
    """Say something to the resident; whoever answers a waiting case takes it. None when this form was sent before.

    `seen` is the number of the newest words of staff that the writer has seen: AnsweredMeanwhile when there are newer
    ones. CannotBeReached when the resident left; NotOpen when the case is closed.
    """
    thread = lock(session, held)
    if form_key and room.said_before(session, str(room.answer_key(session, form_key))):
        return None
    if held.state == "closed":
        raise NotOpen
    if seen is not None and (newest := newest_of_staff(session, held)) is not None and newest.id > seen:
        raise AnsweredMeanwhile(newest.staff_id)
    if thread is None or not (held.resident.is_following or _reads_the_room(session, held, now)):
        raise CannotBeReached
    if held.state == "waiting":
        take(session, held, staff_id=staff_id, now=now)
    if thread.owner == "bot" and held.way == "line":
        threads.give_to_person(thread)  # in the room both can be at hand: the person there, the bot on LINE
    if held.looked_at is None:  # whoever answers has seen the alarm
        held.looked_at, held.looked_by = now, staff_id
        mail.withdraw(session, f"alarm {held.id} ")
    held.answered_at = held.answered_at or now
    held.unanswered_since = held.left_by = None
    tasks.drop(session, Task.case_id == held.id, Task.kind == "promise", now=now)
    audit.record(session, "answer_case", staff_id=staff_id, now=now, kind="case", record_id=held.id)
    if held.way == "room":
        return room.answer(session, held, thread, messages, staff_id=staff_id, form=form_key, now=now)
    key = room.answer_key(session, form_key)
    return outgoing.say_for_person(
        session, thread, held.resident, messages, staff_id=staff_id, case_id=held.id, key=key, now=now
    )


def close(
    session: Session,
    held: Case,
    *,
    outcome: str,
    farewell: Sequence[Message],
    staff_id: int,
    now: datetime,
    kind: Outcome = "other",
    topic: str = "",
    seen: int | None = None,
) -> bool:
    """Done, with what came of it; the bot answers again and says `farewell`.

    A case of danger is not closed by one person alone: the first asks for it (False), a second one closes it (True).
    NothingSaid without an outcome; SaidMeanwhile when the resident has spoken since the words numbered `seen`.
    """
    thread = lock(session, held)
    if held.state == "closed":
        raise NotOpen
    if not outcome.strip():
        raise NothingSaid
    if seen is not None and (newest := newest_of_resident(session, held)) is not None and newest.id > seen:
        raise SaidMeanwhile
    held.outcome, held.outcome_kind, held.topic = outcome.strip(), kind, topic or held.topic
    if held.danger and held.closing_asked_by in (None, staff_id):
        held.closing_asked_at, held.closing_asked_by = now, staff_id
        need = f"second look {held.id} {now.isoformat()}"
        tasks.open_(session, need, "other", now=now, is_urgent=True, case_id=held.id, resident_id=held.resident_id)
        audit.record(session, "ask_to_close_case", staff_id=staff_id, now=now, kind="case", record_id=held.id)
        changes.tell(session, held.id, "case", now=now)
        return False
    if held.danger:
        held.second_look_by = staff_id
    _no_second_look(session, held, now)
    held.state, held.closed_at, held.closed_by = "closed", now, held.closing_asked_by or staff_id
    held.looked_at = held.looked_at or now
    held.unanswered_since = held.on_hold_until = None
    callbacks.cancel_of(session, held, now=now)
    tasks.drop(session, Task.case_id == held.id, Task.kind == "promise", now=now)
    if farewell and held.way == "room":
        room.put(session, held, "bot", "\n".join(filter(None, map(words_of, farewell))), now=now)
    if thread is not None and (thread.owner == "person" or (held.way == "room" and thread.owner == "bot")):
        threads.give_to_bot(thread)
        asked = Notice("was_it_useful", {"case": str(held.id)})
        outgoing.say(session, thread, held.resident, [*farewell, asked], now=now, case_id=held.id)
    audit.record(session, "close_case", staff_id=staff_id, now=now, kind="case", record_id=held.id)
    changes.tell(session, held.id, "case", now=now)
    return True


def keep_open(session: Session, held: Case, *, staff_id: int, now: datetime) -> None:
    """The second person would not close it yet."""
    lock(session, held)
    held.closing_asked_at = held.closing_asked_by = None
    _no_second_look(session, held, now)
    audit.record(session, "keep_case_open", staff_id=staff_id, now=now, kind="case", record_id=held.id)
    changes.tell(session, held.id, "case", now=now)


def _no_second_look(session: Session, held: Case, now: datetime) -> None:
    """Whatever was asked of a second person is done, or no longer to be done."""
    tasks.drop(session, Task.case_id == held.id, Task.need.startswith("second look "), now=now)


def acknowledge(session: Session, alarmed: Case, *, staff_id: int, now: datetime) -> bool:
    """Somebody has seen the alarm. False when a colleague was first."""
    seen = update(Case).where(Case.id == alarmed.id, Case.looked_at.is_(None)).values(looked_at=now, looked_by=staff_id)
    if rows_changed(session, seen) == 0:
        return False
    session.refresh(alarmed)
    mail.withdraw(session, f"alarm {alarmed.id} ")
    audit.record(session, "acknowledge_alarm", staff_id=staff_id, now=now, kind="case", record_id=alarmed.id)
    changes.tell(session, alarmed.id, "case", now=now)
    return True


# ── what the desk looks at ──


def open_count(session: Session) -> tuple[int, int]:
    """How many cases are open, and how many of them wait for somebody to take them."""
    counted = select(func.count(), func.count().filter(Case.state == "waiting")).where(Case.state != "closed")
    open_, waiting = session.execute(counted).one()
    return open_, waiting


def alarms(session: Session) -> list[Case]:
    """Open cases of danger that nobody has looked at yet, the oldest first."""
    return list(session.scalars(select(Case).where(*_alarmed()).order_by(Case.opened_at)))


def _alarmed() -> tuple[ColumnElement[bool], ...]:
    return (Case.danger != "", Case.looked_at.is_(None), Case.state != "closed")


def conversation(session: Session, about: Case, *, most: int = 200, earlier: bool = False) -> list[Utterance]:
    """What was said, on LINE and in the room, in one order: the newest `most`, from a while before the case on.

    Each thing said in a case stands in that case only; what was said to the bot stands around it. `earlier`: ever.
    """
    said = select(Utterance).where(Utterance.resident_id == about.resident_id)
    if not earlier:
        around = Utterance.case_id.is_(None) & (Utterance.said_at >= about.opened_at - BEFORE)
        if about.closed_at is not None:
            around &= Utterance.said_at <= about.closed_at
        said = said.where((Utterance.case_id == about.id) | around)
    return list(reversed(session.scalars(said.order_by(Utterance.id.desc()).limit(most)).all()))


def newest_of_staff(session: Session, about: Case) -> Utterance | None:
    return _newest(session, about, "staff")


def newest_of_resident(session: Session, about: Case) -> Utterance | None:
    return _newest(session, about, "resident")


def _newest(session: Session, about: Case, speaker: str) -> Utterance | None:
    said = select(Utterance).where(Utterance.resident_id == about.resident_id, Utterance.speaker == speaker)
    said = said.where(Utterance.said_at >= about.opened_at - BEFORE)
    return session.scalars(said.order_by(Utterance.id.desc()).limit(1)).one_or_none()


def undelivered(session: Session, delivery_ids: Collection[int]) -> Sequence[Delivery]:
    """Those of these deliveries that LINE has not taken."""
    wanted = select(Delivery).where(Delivery.id.in_(delivery_ids), Delivery.state != "sent")
    return session.scalars(wanted.options(defer(Delivery.messages), defer(Delivery.reply_token))).all()


def residents_with_refused(session: Session) -> set[int]:
    """Residents with an open case to whom something did not come through since it was opened."""
    trouble = (
        select(Delivery.resident_id)
        .join(Case, Case.resident_id == Delivery.resident_id)
        .where(Case.state != "closed", Delivery.created_at >= Case.opened_at, Delivery.settled_at.is_(None))
        .where(or_(Delivery.state == "failed", *_is_late()))
    )
    return {number for number in session.scalars(trouble.distinct()) if number is not None}


def _is_late() -> tuple[ColumnElement[bool], ...]:
    return ((Delivery.state == "waiting") & Delivery.refusal.is_not(None),)


def earlier(session: Session, about: Case, *, most: int = 20) -> list[Case]:
    """The resident's other cases, the newest first."""
    others = select(Case).where(Case.resident_id == about.resident_id, Case.id != about.id)
    return list(session.scalars(others.order_by(Case.id.desc()).limit(most)))


def lock(session: Session, about: Case) -> Thread | None:
    """The resident's thread, locked until the transaction ends, and the case as it stands under that lock.

    Turns lock the same row first, so whatever arrives meanwhile comes wholly before or wholly after.
    """
    thread = threads.of_resident(session, about.resident_id)
    session.refresh(about)
    if thread is not None:
        session.refresh(thread)
    return thread
