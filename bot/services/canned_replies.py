"""Ready-made replies 定型文: kept by staff, with variables that are filled in when one is put into an answer."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.services import audit
from bot.store.desk import CannedReply

VARIABLES = {
    "担当": "お返事を書いている職員の名前",
    "お名前": "その方の名前（わからないときは「あなた」）",
    "社協": "社協の名前",
    "電話": "社協の電話番号",
    "約束の日": "お返事を約束した日",
    "きょう": "きょうの日付",
}
"""Each variable as it stands between braces, and what it becomes."""

SAMPLES: dict[str, str] = {
    one["name"]: one["words"]
    for one in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["reply"]
}
"""Replies to begin with, by name."""

LONGEST = 1000


class NameTaken(ValueError):
    """Another reply has this name."""


class SomethingMissing(ValueError):
    """A reply needs a name and words."""


class UnknownVariable(ValueError):
    """There is something between braces that nobody can fill in."""


def all_(session: Session, *, topic: str = "") -> Sequence[CannedReply]:
    """Every reply by name; those for `topic` first when one is given."""
    rows = session.scalars(select(CannedReply).order_by(CannedReply.name)).all()
    return sorted(rows, key=lambda one: one.topic != topic) if topic else rows


def save(
    session: Session, reply: CannedReply | None, *, name: str, words: str, topic: str, staff_id: int, now: datetime
) -> CannedReply:
    """A new reply, or an old one changed. SomethingMissing, NameTaken, UnknownVariable."""
    name, words = name.strip(), words.strip()
    if not name or not words:
        raise SomethingMissing
    for found in re.findall(r"\{([^{}]*)\}", words):
        if found not in VARIABLES:
            raise UnknownVariable(found)
    other = session.scalar(select(CannedReply.id).where(CannedReply.name == name))
    if other is not None and (reply is None or other != reply.id):
        raise NameTaken(name)
    if reply is None:
        reply = CannedReply(name=name)
        session.add(reply)
    reply.name, reply.words, reply.topic = name[:64], words[:LONGEST], topic
    reply.changed_at, reply.changed_by = now, staff_id
    session.flush()
    audit.record(session, "save_reply", staff_id=staff_id, now=now, kind="canned_reply", record_id=reply.id)
    return reply


def remove(session: Session, reply: CannedReply, *, staff_id: int, now: datetime) -> None:
    audit.record(session, "remove_reply", staff_id=staff_id, now=now, kind="canned_reply", record_id=reply.id)
    session.delete(reply)


def add_samples(session: Session, *, staff_id: int, now: datetime) -> int:
    """The samples that are not there yet, to begin with. How many were added."""
    there = set(session.scalars(select(CannedReply.name)))
    new = {name: words for name, words in SAMPLES.items() if name not in there}
    for name, words in new.items():
        save(session, None, name=name, words=words, topic="", staff_id=staff_id, now=now)
    return len(new)


def filled(words: str, values: Mapping[str, str]) -> str:
    """The words with every variable filled in; one that is not known is left out, never shown with its braces."""
    return re.sub(r"\{([^{}]*)\}", lambda found: values.get(found[1], ""), words)
