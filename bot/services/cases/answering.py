"""What staff say in a case."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.conversation import Message
from bot.services import audit, mail, outgoing, room, tasks, threads
from bot.services.cases import finding, ownership, refusals
from bot.store.cases import Case
from bot.store.talk import Delivery
from bot.store.tasks import Task


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
    thread = finding.lock(session, held)
    if form_key and room.said_before(session, str(room.answer_key(session, form_key))):
        return None
    if held.state == "closed":
        raise refusals.NotOpen
    if seen is not None and (newest := finding.newest_of_staff(session, held)) is not None and newest.id > seen:
        raise refusals.AnsweredMeanwhile(newest.staff_id)
    if thread is None or not (held.resident.is_following or _reads_the_room(session, held, now)):
        raise refusals.CannotBeReached
    if held.state == "waiting":
        ownership.take(session, held, staff_id=staff_id, now=now)
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


def _reads_the_room(session: Session, held: Case, now: datetime) -> bool:
    return held.way == "room" and room.is_somebody_in(session, held, now=now)
