"""Closing a case, with what came of it; where there was danger, only with a second look."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.conversation import Message, Notice, words_of
from bot.services import audit, callbacks, changes, outgoing, room, tasks, threads
from bot.services.cases import finding, refusals
from bot.store.cases import Case, Outcome
from bot.store.tasks import Task

SECOND_LOOK = timedelta(hours=1)  # so soon a second person looks whether a case of danger may be closed


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
    thread = finding.lock(session, held)
    if held.state == "closed":
        raise refusals.NotOpen
    if not outcome.strip():
        raise refusals.NothingSaid
    if seen is not None and (newest := finding.newest_of_resident(session, held)) is not None and newest.id > seen:
        raise refusals.SaidMeanwhile
    held.outcome, held.outcome_kind, held.topic = outcome.strip(), kind, topic or held.topic
    if held.danger and held.closing_asked_by in (None, staff_id):
        held.closing_asked_at, held.closing_asked_by = now, staff_id
        need = f"second look {held.id} {now.isoformat()}"
        tasks.open_(
            session,
            need,
            "second_look",
            now=now,
            due_at=now + SECOND_LOOK,
            is_urgent=True,
            case_id=held.id,
            resident_id=held.resident_id,
        )
        audit.record(session, "ask_to_close_case", staff_id=staff_id, now=now, kind="case", record_id=held.id)
        changes.tell(session, held.id, "case", now=now)
        return False
    if held.danger:
        held.second_look_by = staff_id
    no_second_look(session, held, now)
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
    finding.lock(session, held)
    held.closing_asked_at = held.closing_asked_by = None
    no_second_look(session, held, now)
    audit.record(session, "keep_case_open", staff_id=staff_id, now=now, kind="case", record_id=held.id)
    changes.tell(session, held.id, "case", now=now)


def no_second_look(session: Session, held: Case, now: datetime) -> None:
    """Whatever was asked of a second person is done, or no longer to be done."""
    tasks.drop(session, Task.case_id == held.id, Task.need.startswith("second look "), now=now)


def rate(session: Session, closed: Case, *, was_useful: bool) -> None:
    """「役に立ちましたか」 was answered; the newest answer counts."""
    closed.was_useful = was_useful
