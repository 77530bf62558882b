"""Those on call 当番: who is told, on their own LINE and by e-mail, when something must not wait for the next look."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversation import Text
from bot.services import audit, mail, outgoing
from bot.store.cases import Case, OnCall
from bot.store.engine import rows_changed
from bot.store.residents import Resident, Thread
from bot.store.talk import MessageClass

OFTEN = 12  # alerts, after which they come less often: a weekend must not use up LINE's quota
LOOKED_BUT_NOT_TAKEN = 3  # an alarm that was looked at sounds again after so many pauses, until somebody takes the case


class NameMissing(ValueError):
    """Somebody on call needs a name."""


def add(
    session: Session,
    name: str,
    *,
    email: str = "",
    hears_handoffs: bool = True,
    is_supervisor: bool = False,
    staff_id: int,
    now: datetime,
) -> OnCall:
    """Somebody to alert, by e-mail if an address is given. They write the code to the bot from their own LINE.

    NameMissing without a name; mail.NotAnAddress when no e-mail can be sent there.
    """
    if not name.strip():
        raise NameMissing
    code = "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(8))
    one = OnCall(
        name=name.strip(),
        email=mail.address(email) or None,
        code=code,
        hears_handoffs=hears_handoffs,
        is_supervisor=is_supervisor,
        added_at=now,
    )
    session.add(one)
    session.flush()
    audit.record(session, "add_on_call", staff_id=staff_id, now=now, kind="on_call", record_id=one.id)
    return one


def set_hearing(
    session: Session, one: OnCall, *, hears_handoffs: bool, is_supervisor: bool, staff_id: int, now: datetime
) -> None:
    """What this person is told of, beside danger, of which everybody hears."""
    one.hears_handoffs, one.is_supervisor = hears_handoffs, is_supervisor
    audit.record(session, "change_on_call", staff_id=staff_id, now=now, kind="on_call", record_id=one.id)


def remove(session: Session, one: OnCall, *, staff_id: int, now: datetime) -> None:
    audit.record(session, "remove_on_call", staff_id=staff_id, now=now, kind="on_call", record_id=one.id)
    session.delete(one)


def link(session: Session, code: str, resident: Resident) -> OnCall | None:
    """The person on call whose code this is, from now on alerted on this LINE. None when there is none."""
    one = session.scalars(select(OnCall).where(OnCall.code == code)).one_or_none()
    if one is not None:
        one.resident, one.code = resident, None
    return one


def is_reached(one: OnCall, *, by_mail: bool) -> bool:
    """An alert would go out to them: on their LINE, or (`by_mail`) to their address."""
    return bool((one.resident is not None and one.resident.is_following) or (by_mail and one.email))


def all_(session: Session) -> list[OnCall]:
    return list(session.scalars(select(OnCall).order_by(OnCall.id)))


@dataclass(frozen=True)
class Alert:
    """What those on call are told: the same on LINE and by e-mail, never a name or a word of the resident."""

    subject: str
    words: str


def due_alarms(session: Session, *, now: datetime, after: timedelta) -> list[Case]:
    """Alarms to tell those on call of: new ones at once, then again whenever nobody has looked for `after`, or looked
    long ago and took nothing."""
    no_owner = (Case.state == "waiting") & (Case.looked_at <= now - after * LOOKED_BUT_NOT_TAKEN)
    forgotten = select(Case).where(Case.danger != "", Case.state != "closed", Case.looked_at.is_(None) | no_owner)
    return [one for one in session.scalars(forgotten.order_by(Case.opened_at)) if _is_due(one, now, after)]


def _is_due(alarmed: Case, now: datetime, after: timedelta) -> bool:
    if alarmed.alerted_at is None:
        return True
    return alarmed.alerted_at <= now - after * (1 if alarmed.alerts < OFTEN else 3)


def alert(session: Session, alarmed: Case, told: Alert, *, by_mail: bool, now: datetime) -> list[str]:
    """Tell everybody on call, on their own LINE and (`by_mail`) by e-mail.

    Returns the threads to deliver to; the database keeps two clocks from telling twice.
    """
    claimed = (
        update(Case)
        .where(Case.id == alarmed.id, Case.alerts == alarmed.alerts)
        .values(alerts=Case.alerts + 1, alerted_at=now)
    )
    if rows_changed(session, claimed) == 0:
        return []
    return tell(session, told, about=f"alarm {alarmed.id}", by_mail=by_mail, now=now)


def new_handoffs(session: Session) -> list[Case]:
    """Cases the bot handed over, without danger, that those on call have not heard of."""
    new = select(Case).where(Case.state != "closed", Case.alerted_at.is_(None), Case.answered_at.is_(None))
    return list(session.scalars(new.where(Case.danger == "", Case.opened_because == "resident").order_by(Case.id)))


def tell_of_handoffs(session: Session, told: Alert, *, by_mail: bool, now: datetime) -> list[str]:
    """Tell whoever on call wants to hear of every handoff, once for all that came in together."""
    new = update(Case).where(Case.id.in_([one.id for one in new_handoffs(session)]), Case.alerted_at.is_(None))
    if rows_changed(session, new.values(alerted_at=now)) == 0:
        return []  # another clock was here first
    listening = [one for one in all_(session) if one.hears_handoffs]
    return tell(session, told, about="handoff", by_mail=by_mail, now=now, to=listening, message_class="reminder")


def supervisors(session: Session) -> list[OnCall]:
    """Whom a promise about to lapse climbs to. Where nobody is marked so, everybody: no alert goes nowhere."""
    known = all_(session)
    return [one for one in known if one.is_supervisor] or known


def tell(
    session: Session,
    told: Alert,
    *,
    about: str,
    by_mail: bool,
    now: datetime,
    to: Sequence[OnCall] | None = None,
    message_class: MessageClass = "escalation",
    is_passing: bool = False,
) -> list[str]:
    """Tell everybody on call (or only those in `to`) through every channel they have. The threads to deliver to.

    `is_passing`: nothing of it is kept once it has arrived, not even when.
    """
    to_deliver = []
    for one in all_(session) if to is None else to:
        thread = session.scalars(select(Thread).where(Thread.resident_id == one.resident_id)).one_or_none()
        if one.resident is not None and thread is not None and one.resident.is_following:
            words = [Text(told.words)]
            outgoing.say(
                session, thread, one.resident, words, now=now, message_class=message_class, is_passing=is_passing
            )
            to_deliver.append(thread.key)
        if by_mail and one.email:
            mail.send(
                session, one.email, told.subject, told.words, about=f"{about} {one.id}", now=now, is_passing=is_passing
            )
    return to_deliver
