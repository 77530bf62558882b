"""What staff tell each other about a case: notes, who works along, who was called by name."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.services import audit, changes
from bot.services.cases import refusals
from bot.store.cases import Case, CaseNote, CaseParticipant, Mention
from bot.store.engine import rows_changed


def add(
    session: Session,
    about: Case,
    words: str,
    *,
    staff_id: int,
    now: datetime,
    colleagues: Mapping[int, str] | None = None,
    to: int | None = None,
) -> CaseNote:
    """A note only staff see. Who is called in it (「@佐藤」), and whoever it is `to`, finds it on the first page.

    `colleagues`: names by number, of those who can be called. Of two with one name, `to` tells which. NothingSaid
    without a word.
    """
    if not words.strip():
        raise refusals.NothingSaid
    known = dict(colleagues or {})
    by_name = {name: number for number, name in known.items()}
    told = dict.fromkeys(([to] if to in known else []) + called(words, by_name))
    written = f"@{known[to]} {words}" if to is not None and to in known else words
    note = CaseNote(case_id=about.id, staff_id=staff_id, kind="note", written_at=now, words=written.strip())
    session.add(note)
    session.flush()
    for one in told:
        mention(session, about, one, staff_id=staff_id, now=now, note=note)
        join(session, about, one, now=now)
    changes.tell(session, about.id, "note", now=now)
    return note


def called(words: str, names: Mapping[str, int]) -> list[int]:
    """Whom a note calls: `@` (or the wide one) before a name. The longest name counts, so 「@田中一郎」 is not 田中."""
    rest, found = words.replace("＠", "@"), []
    for name in sorted(names, key=len, reverse=True):
        if f"@{name}" in rest:
            rest = rest.replace(f"@{name}", " ")
            found.append(names[name])
    return found


def mention(
    session: Session, about: Case, whom: int, *, staff_id: int | None, now: datetime, note: CaseNote | None = None
) -> None:
    """Let somebody know of the newest note (or of `note`). Nobody is called by themselves."""
    if whom == staff_id:
        return
    if note is None:
        newest = select(CaseNote).where(CaseNote.case_id == about.id).order_by(CaseNote.id.desc()).limit(1)
        note = session.scalars(newest).one()
    session.add(Mention(note_id=note.id, case_id=about.id, staff_id=whom, at=now))


def unseen(session: Session, staff_id: int) -> Sequence[tuple[Mention, CaseNote]]:
    """The calls this member of staff has not seen yet, the newest first."""
    rows = session.execute(
        select(Mention, CaseNote)
        .join(CaseNote, CaseNote.id == Mention.note_id)
        .where(Mention.staff_id == staff_id, Mention.seen_at.is_(None))
        .order_by(Mention.id.desc())
        .limit(50)
    )
    return [(one, note) for one, note in rows]


def saw(session: Session, about: Case, *, staff_id: int, now: datetime) -> int:
    """Whoever opens the case has seen what they were called for."""
    here = update(Mention).where(Mention.case_id == about.id, Mention.staff_id == staff_id, Mention.seen_at.is_(None))
    return rows_changed(session, here.values(seen_at=now))


def of(session: Session, about: Case) -> list[CaseNote]:
    return list(session.scalars(select(CaseNote).where(CaseNote.case_id == about.id).order_by(CaseNote.id)))


# ── who works along ──


def join(session: Session, about: Case, staff_id: int, *, now: datetime) -> None:
    if session.get(CaseParticipant, (about.id, staff_id)) is None:
        session.add(CaseParticipant(case_id=about.id, staff_id=staff_id, since=now))
        audit.record(session, "join_case", staff_id=staff_id, now=now, kind="case", record_id=about.id)
        changes.tell(session, about.id, "case", now=now)


def leave(session: Session, about: Case, staff_id: int, *, now: datetime) -> None:
    gone = delete(CaseParticipant).where(CaseParticipant.case_id == about.id, CaseParticipant.staff_id == staff_id)
    if rows_changed(session, gone):
        audit.record(session, "leave_case", staff_id=staff_id, now=now, kind="case", record_id=about.id)
        changes.tell(session, about.id, "case", now=now)


def participants(session: Session, about: Case) -> list[int]:
    """Who works along, in the order they came."""
    there = select(CaseParticipant.staff_id).where(CaseParticipant.case_id == about.id)
    return list(session.scalars(there.order_by(CaseParticipant.since)))


def joined(session: Session, staff_id: int) -> Collection[int]:
    """The cases this member of staff works along on."""
    return set(session.scalars(select(CaseParticipant.case_id).where(CaseParticipant.staff_id == staff_id)))
