"""The consultation room 相談ルーム: a private page of ours, so that the words of a consultation never rest on LINE.

    open_link    a link for one resident and one case: it lives half an hour and lets one device in
    enter        the link is used: its device is in, the device before it is out
    case_behind  whose room this cookie opens, if any
    write        something the resident says there; the same form sent twice is one thing said
    answer       something staff say there; LINE carries only that a reply has come

The government's guideline on public bodies' use of LINE (2021) asks that what is confided goes straight into the
body's own database. Links and cookies are kept as keyed hashes: whoever steals the database cannot open a room.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from bot.conversation import Message, Notice, words_of
from bot.services import changes, consultation, drafts, outgoing
from bot.services.photos import Photo
from bot.store.cases import Case
from bot.store.engine import rows_changed
from bot.store.lookups import key_of
from bot.store.residents import Thread
from bot.store.room import RoomDevice, RoomLink, RoomPhoto
from bot.store.talk import Delivery, Utterance

LINK_LIVES = timedelta(minutes=30)
LONGEST = 4000


class LinkIsOver(Exception):
    """The link was used, is too old, or never was."""


def open_link(session: Session, case: Case, *, now: datetime) -> str:
    """The token of a new link into the room of this case. Only its keyed hash is kept."""
    token = secrets.token_urlsafe(24)
    session.add(
        RoomLink(token_hash=key_of(session, "room link", token), case_id=case.id, made_at=now, until=now + LINK_LIVES)
    )
    return token


def is_open(session: Session, token: str, *, now: datetime) -> bool:
    """Whether this link would let a device in now."""
    link = session.get(RoomLink, key_of(session, "room link", token))
    return link is not None and link.used_at is None and link.until > now


def leads_to(session: Session, token: str) -> int | None:
    """The number of the case whose room this link was made for, used or not; None when there is no such link."""
    link = session.get(RoomLink, key_of(session, "room link", token))
    return link.case_id if link is not None else None


def enter(session: Session, token: str, *, now: datetime) -> tuple[Case, str]:
    """Use the link: the case, and the cookie of the device that is now in. LinkIsOver when it lets nobody in.

    Two devices that open one link at the same moment: the database lets one of them use it.
    """
    name = key_of(session, "room link", token)
    using = update(RoomLink).where(RoomLink.token_hash == name, RoomLink.used_at.is_(None), RoomLink.until > now)
    if rows_changed(session, using.values(used_at=now)) == 0:
        raise LinkIsOver
    case = session.get_one(Case, session.get_one(RoomLink, name).case_id, with_for_update={"of": Case})
    leave(session, case, now=now)
    cookie = secrets.token_urlsafe(32)
    session.add(RoomDevice(case_id=case.id, cookie_hash=key_of(session, "room device", cookie), since=now, seen_at=now))
    return case, cookie


def leave(session: Session, case: Case, *, now: datetime) -> None:
    """Whatever device is in this room is out from now on."""
    inside = update(RoomDevice).where(RoomDevice.case_id == case.id, RoomDevice.ended_at.is_(None))
    session.execute(inside.values(ended_at=now))


def case_behind(session: Session, cookie: str, *, now: datetime) -> Case | None:
    """The case whose room this cookie opens; None when its device is out."""
    device = _device(session, cookie)
    if device is None or device.ended_at is not None or device.seen_at < now - idle(session):
        return None
    return session.get(Case, device.case_id)


def case_of_idle(session: Session, cookie: str, *, now: datetime) -> Case | None:
    """The case of a device that is out only because nobody used it for a while: it may not read, but is known."""
    device = _device(session, cookie)
    is_idle = device is not None and device.ended_at is None and device.seen_at < now - idle(session)
    return session.get(Case, device.case_id) if device is not None and is_idle else None


def idle(session: Session) -> timedelta:
    """A device that nobody used for this long needs a new link, which is one tap in the chat."""
    return timedelta(hours=consultation.rules(session).room_idle_hours)


def was_put_out(session: Session, cookie: str) -> bool:
    """Whether this device was in once, and another one came after it."""
    device = _device(session, cookie)
    return device is not None and device.ended_at is not None


def was_in(session: Session, cookie: str) -> bool:
    """Whether this cookie was ever that of a device in a room."""
    return bool(cookie) and _device(session, cookie) is not None


def seen(session: Session, cookie: str, *, now: datetime) -> None:
    """The device was used: it opened the room, or wrote in it."""
    name = key_of(session, "room device", cookie)
    session.execute(update(RoomDevice).where(RoomDevice.cookie_hash == name).values(seen_at=now))


def is_somebody_in(session: Session, case: Case, *, now: datetime) -> bool:
    """Whether a device can still read this room, whatever LINE does."""
    inside = (
        (RoomDevice.case_id == case.id) & RoomDevice.ended_at.is_(None) & (RoomDevice.seen_at > now - idle(session))
    )
    return bool(session.scalar(select(exists().where(inside))))


def form_key(session: Session, form: str, *content: bytes) -> str:
    """What names one sending of one form: the same form with the same content is the same thing said.

    A form that comes back with other words (somebody pressed Back and wrote on) is another thing, and is not lost.
    """
    digest = hashlib.sha256()
    for part in content:
        digest.update(len(part).to_bytes(8, "big") + part)
    return key_of(session, "room form", f"{form}\0{digest.hexdigest()}")


def said_before(session: Session, key: str) -> bool:
    return bool(session.scalar(select(exists().where(Utterance.form_key == key))))


def said(session: Session, case: Case) -> list[Utterance]:
    """What was said in the room of this case, in order."""
    ours = select(Utterance).where(Utterance.case_id == case.id, Utterance.place == "room")
    return list(session.scalars(ours.order_by(Utterance.id)))


def version(session: Session, case: Case) -> str:
    """Names what the room shows now; another name means that something changed."""
    newest = session.scalar(select(func.max(Utterance.id)).where(Utterance.case_id == case.id)) or 0
    promised = int(case.promised_by.timestamp()) if case.promised_by else 0
    return f"{newest}-{case.state}-{promised}-{case.was_useful}"


def is_being_answered(session: Session, case: Case, *, now: datetime) -> bool:
    """Whether staff are writing at this moment."""
    return bool(drafts.being_written_by(session, case, now=now))


def keep_photo(session: Session, said_with: Utterance, photo: Photo) -> RoomPhoto:
    kept = RoomPhoto(
        utterance_id=said_with.id,
        case_id=said_with.case_id,
        jpeg=photo.jpeg,
        width=photo.width,
        height=photo.height,
    )
    session.add(kept)
    session.flush()
    return kept


def written_lately(session: Session, case: Case, *, since: datetime) -> int:
    """How much the resident wrote here since then."""
    ours = select(func.count()).select_from(Utterance)
    return (
        session.scalar(
            ours.where(
                Utterance.case_id == case.id,
                Utterance.place == "room",
                Utterance.speaker == "resident",
                Utterance.said_at > since,
            )
        )
        or 0
    )


def put(
    session: Session,
    case: Case,
    speaker: str,
    words: str,
    *,
    now: datetime,
    key: str | None = None,
    staff_id: int | None = None,
) -> Utterance:
    """One more thing said in the room."""
    one = Utterance(
        resident_id=case.resident_id,
        case_id=case.id,
        said_at=now,
        speaker=speaker,
        words=words,
        place="room",
        form_key=key,
        staff_id=staff_id,
    )
    session.add(one)
    session.flush()
    changes.about(session, case.resident_id, "said", now=now)
    return one


def answer_key(session: Session, form: str) -> str | None:
    """What names staff's form, so that one sent twice is one answer; None for an answer from no form."""
    return key_of(session, "answer", form) if form else None


def answer(
    session: Session,
    case: Case,
    thread: Thread,
    messages: Sequence[Message],
    *,
    staff_id: int,
    form: str,
    now: datetime,
) -> Delivery | None:
    """What staff say stands in the room; LINE carries only that a reply has come, once for several in a row.

    None when LINE cannot tell the resident, who has left it and is in the room all the same.
    """
    key = answer_key(session, form)
    words = "\n".join(filter(None, map(words_of, messages)))
    written = put(session, case, "staff", words, now=now, key=key, staff_id=staff_id)
    waiting = select(Delivery).where(
        Delivery.resident_id == case.resident_id,
        Delivery.state == "waiting",
        Delivery.message_class == "answer",
        Delivery.tries == 0,
    )
    for delivery in session.scalars(waiting.order_by(Delivery.id.desc())):
        if any(message.get("name") == "room_reply" for content in delivery.messages for message in content["messages"]):
            written.delivery_id = delivery.id
            return delivery  # its notice has not gone out yet: it tells of this one too
    if not case.resident.is_following:
        return None
    notice = Notice("room_reply", {"link": open_link(session, case, now=now)})
    told = outgoing.say(session, thread, case.resident, [notice], now=now)
    written.delivery_id = told.id  # where LINE refuses the notice, staff see it at these words
    return told


def form_token(session: Session, cookie: str) -> str:
    """What a form of this device's page carries, so that no other site can send one."""
    return key_of(session, "room form token", cookie)


def _device(session: Session, cookie: str) -> RoomDevice | None:
    name = key_of(session, "room device", cookie)
    return session.scalars(select(RoomDevice).where(RoomDevice.cookie_hash == name)).one_or_none()
