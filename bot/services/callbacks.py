"""Call-backs 折り返しの電話: a free time is chosen, staff telephone then, and the resident knows that it is no scam.

Before staff telephone, the chat (and the room) shows from which number the call comes and a shared word 合言葉, which
staff say first. Without it, an old person is right to hang up. How many calls a slot holds is the council's rule; the
database lets no slot hold more.
"""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.conversation import Notice
from bot.services import audit, changes, consultation, office_hours, outgoing, tasks
from bot.store.callbacks import Callback
from bot.store.cases import Case
from bot.store.engine import insert_or_ignore, rows_changed
from bot.store.residents import Thread
from bot.store.tasks import Task

LEAD = timedelta(minutes=60)  # between choosing and the earliest call
ANNOUNCED = timedelta(minutes=10)  # before the call, the chat shows number and word
TO_CALL = timedelta(minutes=15)  # after the hour, until the task climbs
WORDS = (
    "あさがお", "いちご", "うさぎ", "えんぴつ", "おにぎり", "かえる", "きりん", "くるみ", "けやき",
    "こすもす", "さくら", "しろくま", "すいか", "せせらぎ", "そよかぜ", "たけのこ", "ちょうちょ", "つばめ",
    "てまり", "とんぼ", "なのはな", "にわとり", "ぬりえ", "ねこやなぎ", "のはら", "はまぐり", "ひまわり",
    "ふうせん", "へちま", "ほたる", "まつぼっくり", "みかん", "むぎわら", "めだか", "もみじ", "やまびこ",
    "ゆきだるま", "よもぎ", "らっこ", "りんご", "わかめ",
)  # fmt: skip


class SlotTaken(Exception):
    """Somebody else was first, or the time is not offered (any more)."""


class NotANumber(ValueError):
    """It is no Japanese telephone number."""


@dataclass(frozen=True)
class Slot:
    """A time that can be chosen, and how many calls it still holds."""

    starts_at: datetime
    left: int


def free(session: Session, *, now: datetime) -> list[Slot]:
    """The free times in the council's desk hours, from an hour from now on, over the next open days."""
    rules = consultation.rules(session)
    desk = office_hours.of(session, rules)
    length = timedelta(minutes=rules.callback_minutes)
    booked = _booked(session, now)
    slots: list[Slot] = []
    days: set[object] = set()
    with suppress(office_hours.NeverOpen):
        for opens, closes in desk.stretches(now):
            if opens.date() not in days and len(days) == rules.callback_days:
                break
            days.add(opens.date())
            whole = opens.replace(second=0, microsecond=0)
            start = whole + timedelta(minutes=-whole.minute % rules.callback_minutes)
            while start + length <= closes:
                left = rules.callback_places - booked.get(start.timestamp(), 0)
                if start >= now + LEAD and start >= opens and left > 0:
                    slots.append(Slot(start, left))
                start += length
    return slots


def _booked(session: Session, now: datetime) -> dict[float, int]:
    rows = session.execute(
        select(Callback.starts_at, func.count())
        .where(Callback.state == "booked", Callback.starts_at >= now)
        .group_by(Callback.starts_at)
    )
    return {starts_at.timestamp(): count for starts_at, count in rows}


def number(typed: str) -> str:
    """A Japanese telephone number as people write it, in plain digits and hyphens. NotANumber."""
    plain = re.sub(r"[ー−―‐–(). 　]", "-", unicodedata.normalize("NFKC", typed)).strip("-")
    plain = re.sub(r"-+", "-", plain.replace("+81-", "0").replace("+81", "0"))
    digits = plain.replace("-", "")
    if not re.fullmatch(r"0[1-9]\d{8,9}", digits) or digits[:4] in ("0120", "0570", "0990"):
        raise NotANumber
    return plain


def book(session: Session, case: Case, starts_at: datetime, *, phone: str, now: datetime) -> Callback:
    """Book a free time for this case; an earlier booking of it is given up. SlotTaken; NotANumber."""
    reached = number(phone)
    if all(slot.starts_at != starts_at for slot in free(session, now=now)):
        raise SlotTaken
    places = consultation.rules(session).callback_places
    with session.begin_nested() as attempt:
        cancel_of(session, case, now=now)
        word = "・".join(_two_words())
        found = any(
            insert_or_ignore(
                session,
                Callback,
                case_id=case.id,
                starts_at=starts_at,
                place=place,
                state="booked",
                phone=reached,
                shared_word=word,
                booked_at=now,
            )
            for place in range(places)
        )
        if not found:
            attempt.rollback()
    if not found:
        raise SlotTaken
    booked = of(session, case)
    assert booked is not None
    tasks.open_(
        session,
        f"callback:{booked.id}",
        "callback",
        due_at=starts_at,
        climbs_after=starts_at - now + TO_CALL,
        resident_id=case.resident_id,
        case_id=case.id,
        now=now,
    )
    changes.tell(session, case.id, "case", now=now)
    return booked


def of(session: Session, case: Case) -> Callback | None:
    """The call this case waits for."""
    return session.scalars(
        select(Callback).where(Callback.case_id == case.id, Callback.state == "booked")
    ).one_or_none()


def to_come(session: Session) -> list[tuple[Callback, Case]]:
    """All booked calls with their cases, the next one first."""
    rows = select(Callback, Case).join(Case, Case.id == Callback.case_id).where(Callback.state == "booked")
    return [(one, case) for one, case in session.execute(rows.order_by(Callback.starts_at, Callback.place))]


def cancel_of(session: Session, case: Case, *, now: datetime) -> bool:
    """The booked call of this case is given up. Whether there was one."""
    booked = of(session, case)
    if booked is None:
        return False
    booked.state = "cancelled"
    session.flush()
    tasks.drop(session, Task.need == f"callback:{booked.id}", now=now)
    changes.tell(session, case.id, "case", now=now)
    return True


def start_now(session: Session, case: Case, *, staff_id: int, now: datetime) -> Callback:
    """Staff are about to telephone: the chat shows our number and the word. The booked call, or one made for this."""
    calling = of(session, case)
    if calling is None:
        calling = Callback(case_id=case.id, starts_at=now, place=0, shared_word="・".join(_two_words()), booked_at=now)
        session.add(calling)
        session.flush()
    audit.record(session, "announce_call", staff_id=staff_id, now=now, kind="callback", record_id=calling.id)
    announce(session, calling, now=now)
    return calling


def announce(session: Session, call: Callback, *, now: datetime) -> str | None:
    """Show the resident from which number we call and the shared word. The thread to deliver to."""
    call.announced_at = now
    case = session.get_one(Case, call.case_id)
    changes.tell(session, case.id, "case", now=now)
    thread = session.scalars(select(Thread).where(Thread.resident_id == case.resident_id)).one_or_none()
    if thread is None or not case.resident.is_following:
        return None
    outgoing.say(
        session, thread, case.resident, [Notice("we_call", {"call": str(call.id)})],
        now=now, message_class="reminder",
    )  # fmt: skip
    return thread.key


def soon(session: Session, *, now: datetime) -> Sequence[Callback]:
    """Booked calls that begin in a few minutes and have not been announced."""
    near = select(Callback).where(
        Callback.state == "booked", Callback.announced_at.is_(None), Callback.starts_at <= now + ANNOUNCED
    )
    return session.scalars(near).all()


def finish(session: Session, call: Callback, *, was_reached: bool, staff_id: int, now: datetime) -> bool:
    """The call was made. When nobody took it, the resident is told and can choose again. False: it was over already."""
    ending = update(Callback).where(Callback.id == call.id, Callback.state == "booked")
    if rows_changed(session, ending.values(state="done" if was_reached else "missed")) == 0:
        return False
    session.refresh(call)
    audit.record(
        session, "finish_call", staff_id=staff_id, now=now, kind="callback", record_id=call.id,
        details={"reached": was_reached},
    )  # fmt: skip
    task = tasks.by_need(session, f"callback:{call.id}")
    if task is not None and task.state in ("open", "accepted"):
        tasks.done(session, task, staff_id=staff_id, now=now)
    case = session.get_one(Case, call.case_id)
    if was_reached:
        case.answered_at, case.unanswered_since = case.answered_at or now, None
        tasks.drop(session, Task.case_id == case.id, Task.kind == "promise", now=now)
    changes.tell(session, case.id, "case", now=now)
    thread = session.scalars(select(Thread).where(Thread.resident_id == case.resident_id)).one_or_none()
    if not was_reached and thread is not None and case.resident.is_following:
        outgoing.say(session, thread, case.resident, [Notice("we_called")], now=now)
    return True


def _two_words() -> list[str]:
    return secrets.SystemRandom().sample(WORDS, 2)
