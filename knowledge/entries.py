"""What staff do with entries. Every change keeps who, when, what, and how it was before and after.

add        a draft                          keep       an import makes an entry what a row says
change     edit                             confirm    「確認した」: verified today
publish    residents see it                 pause, resume            closed for now, with a message
archive    residents see it no longer       make_internal, make_open for staff only, or for all
restore    the contents of an earlier state propose, decline         what a resident proposed

`seen` is the version the member of staff had before their eyes; if somebody changed the entry since,
`ChangedMeanwhile` is raised and nothing is overwritten. Nothing is deleted by an edit.
"""

import secrets
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.store.areas import Area
from bot.store.knowledge import Answer, Category, Change, Deed, Resource
from knowledge import rules, versions
from knowledge.rules import EntryWrong, Kind

Entry = Resource | Answer
NOT_CONTENTS = frozenset({"id", "version", "status", "is_internal", "paused_message", "proposed_on"})


class ChangedMeanwhile(Exception):
    """Somebody else changed the entry after it was looked at. `last` is their change."""

    def __init__(self, last: Change | None) -> None:
        super().__init__("the entry was changed meanwhile")
        self.last = last


class NoMessage(ValueError):
    """A paused entry must tell residents why, or until when."""


class NotAProposal(ValueError):
    """Only what a resident proposed and staff have not taken on can be declined."""


def keep(
    session: Session, kind: Kind, entry_id: str, facts: Mapping[str, Any], *, now: datetime, staff_id: int | None = None
) -> str:
    """Make the entry what `facts` say. Returns `added`, `changed` or `unchanged`; history is written with it."""
    entry: Any = session.get(kind, entry_id)
    before = None if entry is None else plain(entry)
    if entry is None:
        entry = kind(id=entry_id, **facts)
        session.add(entry)
        session.flush()
    else:
        for name, value in facts.items():
            setattr(entry, name, value)
    after = plain(entry)
    if before == after:
        return "unchanged"
    done: Deed = "added" if before is None else "changed"
    _note(session, entry, done, before, staff_id=staff_id, now=now)
    return done


def add(session: Session, kind: Kind, facts: Mapping[str, Any], *, staff_id: int | None, now: datetime) -> Entry:
    """A new draft. EntryWrong when the facts break a rule."""
    complete = {**blank(kind), **rules.tidied(facts), "status": "draft"}
    _must_be_right(session, kind, complete, now=now)
    entry: Entry = kind(id=_new_id(kind), **complete)
    session.add(entry)
    session.flush()
    _note(session, entry, "added", None, staff_id=staff_id, now=now)
    return entry


def change(
    session: Session, entry: Entry, facts: Mapping[str, Any], *, seen: int, staff_id: int | None, now: datetime
) -> bool:
    """Edit. False when nothing is different. EntryWrong, ChangedMeanwhile."""
    return _make(session, entry, rules.tidied(facts), "changed", seen=seen, staff_id=staff_id, now=now)


def publish(session: Session, entry: Entry, *, seen: int, staff_id: int | None, now: datetime) -> bool:
    """Residents see it from now on. EntryWrong: it is in doubt, or lacks source, verified day, a way to reach it."""
    if entry.to_confirm and entry.status != "published":
        raise EntryWrong([rules.Wrong("to_confirm", entry.to_confirm, "doubtful")])
    facts: dict[str, Any] = {"status": "published"}
    return _make(session, entry, facts, "published", seen=seen, staff_id=staff_id, now=now)


def draft(session: Session, entry: Entry, *, seen: int, staff_id: int | None, now: datetime) -> bool:
    """Back to a draft: residents see it no longer, and are led to the office."""
    return _make(session, entry, {"status": "draft"}, "drafted", seen=seen, staff_id=staff_id, now=now)


def archive(session: Session, entry: Entry, *, seen: int, staff_id: int | None, now: datetime) -> bool:
    """Put away: nobody finds it any more, but it stays here with its history."""
    return _make(session, entry, {"status": "archived"}, "archived", seen=seen, staff_id=staff_id, now=now)


def pause(session: Session, entry: Entry, message: str, *, seen: int, staff_id: int | None, now: datetime) -> bool:
    """Closed for now: the card stays, and tells why. NoMessage without one."""
    if not message.strip():
        raise NoMessage
    facts = rules.tidied({"paused_message": message.strip()[: rules.LONGEST["paused_message"]]})
    return _make(session, entry, facts, "paused", seen=seen, staff_id=staff_id, now=now)


def resume(session: Session, entry: Entry, *, seen: int, staff_id: int | None, now: datetime) -> bool:
    """Open again."""
    return _make(session, entry, {"paused_message": ""}, "resumed", seen=seen, staff_id=staff_id, now=now)


def make_internal(session: Session, entry: Entry, *, seen: int, staff_id: int | None, now: datetime) -> bool:
    """For staff only."""
    return _make(session, entry, {"is_internal": True}, "made_internal", seen=seen, staff_id=staff_id, now=now)


def make_open(session: Session, entry: Entry, *, seen: int, staff_id: int | None, now: datetime) -> bool:
    """No longer for staff only. A published one must then fulfil what residents need."""
    return _make(session, entry, {"is_internal": False}, "made_open", seen=seen, staff_id=staff_id, now=now)


def confirm(session: Session, entry: Entry, *, seen: int, staff_id: int | None, now: datetime) -> bool:
    """「確認した」: somebody asked, and it is so. Verified today; nothing is left to confirm."""
    facts = {"verified_on": now.date(), "to_confirm": ""}
    return _make(session, entry, facts, "confirmed", seen=seen, staff_id=staff_id, now=now)


def restore(session: Session, entry: Entry, from_: Change, *, seen: int, staff_id: int | None, now: datetime) -> bool:
    """The contents as they were after an earlier change. What residents see of it (status, pause) stays as it is."""
    assert (from_.kind, from_.entry_id) == (entry.__tablename__, entry.id)
    old = _from_plain(type(entry), from_.after or from_.before or {})
    facts = {name: value for name, value in old.items() if name not in NOT_CONTENTS}
    return _make(session, entry, facts, "restored", seen=seen, staff_id=staff_id, now=now)


def propose(session: Session, facts: Mapping[str, Any], *, now: datetime) -> Resource:
    """What a resident proposed: a draft that staff check. Nobody's name is kept with it, and no resident sees it."""
    complete = {**blank(Resource), **rules.tidied(facts), "status": "draft", "proposed_on": now.date()}
    _must_be_right(session, Resource, complete, now=now)
    entry = Resource(id=_new_id(Resource), **complete)
    session.add(entry)
    session.flush()
    _note(session, entry, "proposed", None, staff_id=None, now=now)
    return entry


def decline(session: Session, entry: Entry) -> None:
    """A proposal that is not taken on goes, with its history: what a resident wrote is not kept without need."""
    if not isinstance(entry, Resource) or entry.proposed_on is None or entry.status != "draft":
        raise NotAProposal
    session.execute(delete(Change).where(Change.kind == "resource", Change.entry_id == entry.id))
    session.delete(entry)
    session.flush()


def find(session: Session, kind: str, entry_id: str) -> Entry | None:
    """The entry, whatever its state; None when there is none (or no such kind)."""
    if kind == "answer":
        return session.get(Answer, entry_id)
    return session.get(Resource, entry_id) if kind == "resource" else None


def history(session: Session, entry: Entry) -> list[Change]:
    """Every change of the entry, the newest first."""
    mine = (Change.kind == entry.__tablename__, Change.entry_id == entry.id)
    return list(session.scalars(select(Change).where(*mine).order_by(Change.id.desc())))


def differences(change_: Change) -> dict[str, tuple[Any, Any]]:
    """The fields a change touched, each with its value before and after."""
    before, after = change_.before or {}, change_.after or {}
    return {
        name: (before.get(name), after.get(name))
        for name in {**before, **after}
        if before.get(name) != after.get(name) and name != "version"
    }


def plain(entry: Entry | Category) -> dict[str, Any]:
    """All columns of an entry as plain data, for the history."""
    values = {column.key: getattr(entry, column.key) for column in entry.__table__.columns if column.key != "version"}
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}


def blank(kind: Kind) -> dict[str, Any]:
    """What a new entry of the kind has before anybody wrote anything."""
    lists = {"phones", "areas", "keywords", "special_days", "other_questions", "resources"}
    given: dict[str, Any] = {}
    for column in kind.__table__.columns:
        if column.key in ("id", "version", "status"):
            continue
        if column.key in lists:
            given[column.key] = []
        elif column.nullable:
            given[column.key] = None
        else:
            given[column.key] = False if column.key == "is_internal" else ""
    return given


def facts_of(entry: Entry) -> dict[str, Any]:
    """All columns of an entry."""
    return {column.key: getattr(entry, column.key) for column in entry.__table__.columns}


def wrongs(session: Session, kind: Kind, facts: Mapping[str, Any], *, now: datetime) -> list[rules.Wrong]:
    """What breaks a rule in these complete facts, with the city's own areas and categories."""
    return rules.wrongs(kind, facts, categories=category_names(session), areas=area_names(session), today=now.date())


def category_names(session: Session) -> Collection[str]:
    return session.scalars(select(Category.name).order_by(Category.position)).all()


def area_names(session: Session) -> Collection[str]:
    return session.scalars(select(Area.name).order_by(Area.layer, Area.position)).all()


def _make(
    session: Session,
    entry: Entry,
    facts: Mapping[str, Any],
    deed: Deed,
    *,
    seen: int,
    staff_id: int | None,
    now: datetime,
) -> bool:
    """Change the entry if it is still the version that was seen. The database decides when two come at once."""
    session.refresh(entry, with_for_update=True)
    if entry.version != seen:
        raise ChangedMeanwhile(_last(session, entry))
    before = plain(entry)
    kind = type(entry)
    if not set(facts) <= {"status", "paused_message", "is_internal"} or deed in ("published", "made_open"):
        complete = {**facts_of(entry), **facts}
        _must_be_right(session, kind, complete, now=now)
    for name, value in facts.items():
        setattr(entry, name, value)
    if plain(entry) == before:
        return False
    session.flush()
    _note(session, entry, deed, before, staff_id=staff_id, now=now)
    return True


def _must_be_right(session: Session, kind: Kind, facts: Mapping[str, Any], *, now: datetime) -> None:
    found = wrongs(session, kind, facts, now=now)
    if found:
        raise EntryWrong(found)


def _note(
    session: Session,
    entry: Entry,
    deed: Deed,
    before: dict[str, Any] | None,
    *,
    staff_id: int | None,
    now: datetime,
) -> None:
    session.add(
        Change(
            kind=entry.__tablename__,
            entry_id=entry.id,
            changed_at=now,
            staff_id=staff_id,
            deed=deed,
            before=before,
            after=plain(entry),
        )
    )
    versions.bump(session)


def _last(session: Session, entry: Entry) -> Change | None:
    changes = history(session, entry)
    return changes[0] if changes else None


def _from_plain(kind: Kind, kept: Mapping[str, Any]) -> dict[str, Any]:
    """A kept state as values of today's columns; what a newer release added keeps its default."""
    days = {"verified_on", "proposed_on", "ends_on"}
    facts = {**blank(kind), **{name: kept[name] for name in kept if name in kind.__table__.columns}}
    return {
        name: date.fromisoformat(value) if name in days and isinstance(value, str) else value
        for name, value in facts.items()
    }


def _new_id(kind: Kind) -> str:
    return f"{'r' if kind is Resource else 'a'}-{secrets.token_hex(6)}"
