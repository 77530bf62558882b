"""What a file would change, and changing it.

    plan     shows: added, changed, unchanged, kept, refused; touches nothing
    apply    does it, and tells the same

Two rules protect people who rely on an entry:

- **What staff changed or confirmed since stays.** For every entry we remember what the file said last time
  (`ImportedEntry`). A row that says the same again has no news. A row with news changes only what nobody changed since;
  if staff have confirmed, published or archived the entry meanwhile, all of it is kept and the difference is shown.
  A row that was exported from the entry as it stands now (its `revision` fits) is an edit by staff, and is taken over.
- **Nobody sees what nobody verified.** A row is published only if it says so itself, with a source and a verified day.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store.knowledge import Answer, Change, ImportedEntry, Resource
from knowledge import entries, hours, versions
from knowledge.exchange import columns
from knowledge.exchange.checking import Checks
from knowledge.exchange.rows import Found, Kind, Note, Problem, Row

Deed = Literal["added", "changed", "unchanged", "kept", "refused"]
STATUS_WORDS = {"draft": "下書き", "published": "公開", "archived": "保管"}
BATCH = 500  # rows looked up and written at a time
SHOWN = 200  # lines of each sort that a preview holds; the counts go on


@dataclass(frozen=True)
class Difference:
    """One field: what is there now, and what the file says."""

    field: str
    now: Any
    file: Any

    @property
    def words(self) -> tuple[str, str]:
        """Both as people read them, for a page or a terminal."""
        return _words(self.now), _words(self.file)


@dataclass(frozen=True)
class Outcome:
    """What becomes of one row. `differences` are taken over, `left` are not, because staff changed them since."""

    deed: Deed
    line: int
    kind: Kind
    entry_id: str
    title: str
    differences: tuple[Difference, ...] = ()
    left: tuple[Difference, ...] = ()


@dataclass
class Rewritten:
    """How often something was rewritten in a column, and the first example."""

    count: int
    line: int
    example: str


@dataclass
class Preview:
    """What a file would change (or has changed). Small however long the file is: it holds the first of each sort."""

    counts: Counter[Deed] = field(default_factory=Counter)
    outcomes: list[Outcome] = field(default_factory=list)  # added, changed, kept
    problems: list[Problem] = field(default_factory=list)
    rewritten: dict[tuple[str, str], Rewritten] = field(default_factory=dict)  # by column and what was done
    part_read: float = 0.0

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    @property
    def changes_nothing(self) -> bool:
        return not (self.counts["added"] or self.counts["changed"])

    def of(self, deed: Deed) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.deed == deed]

    def more(self, deed: Deed) -> int:
        """How many of this sort are counted and not shown."""
        return self.counts[deed] - (len(self.problems) if deed == "refused" else len(self.of(deed)))

    def note(self, outcome: Outcome, notes: Iterable[Note]) -> None:
        if outcome.deed != "unchanged" and self.counts[outcome.deed] < SHOWN:
            self.outcomes.append(outcome)
        self.counts[outcome.deed] += 1
        for note in notes:
            known = self.rewritten.get((note.column, note.what))
            if known is None:
                self.rewritten[(note.column, note.what)] = Rewritten(1, outcome.line, note.value)
            else:
                known.count += 1

    def refuse(self, problem: Problem) -> None:
        if self.counts["refused"] < SHOWN:
            self.problems.append(problem)
        self.counts["refused"] += 1


def plan(session: Session, found: Iterable[Found], *, now: datetime, preview: Preview | None = None) -> Preview:
    """What `apply` would do. Changes nothing."""
    return _go_through(session, found, now=now, preview=preview or Preview(), writer=None)


def apply(
    session: Session,
    found: Iterable[Found],
    *,
    now: datetime,
    staff_id: int | None = None,
    preview: Preview | None = None,
) -> Preview:
    """Take the good rows over, with history; tell the bad ones.

    A long file comes in `portions`, each in a transaction of its own, and one `preview` counts them all.
    """
    return _go_through(
        session, found, now=now, preview=preview or Preview(), writer=_Writer(session, now=now, staff_id=staff_id)
    )


def portions(found: Iterable[Found], most: int = BATCH) -> Iterator[list[Found]]:
    """The rows in portions, so that a long file does not keep other writers waiting."""
    rest = iter(found)
    while portion := list(islice(rest, most)):
        yield portion


def revision_of(entry: Resource | Answer) -> str:
    """A short mark of an entry as it stands; another one as soon as anything in it changes."""
    told = json.dumps(entries.plain(entry), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _go_through(
    session: Session, found: Iterable[Found], *, now: datetime, preview: Preview, writer: "_Writer | None"
) -> Preview:
    checks = Checks(session, today=now.date())
    for portion in portions(found):
        rows = [one for one in portion if isinstance(one, Row)]
        there, remembered = _look_up(session, rows, to_write=writer is not None)
        for row in portion:
            if isinstance(row, Problem):
                preview.refuse(row)
                continue
            key = (row.kind, row.entry_id)
            problem, facts, notes = checks.check(row, there.get(key), remembered.get(key))
            if problem is not None:
                preview.refuse(problem)
                continue
            outcome = _decide(row, facts, there.get(key), remembered.get(key))
            preview.note(outcome, (*row.notes, *notes))
            preview.part_read = row.part_read
            if writer is not None:
                writer.write(row, facts, outcome, there.get(key), remembered.get(key))
        if writer is not None:
            writer.finish()
    return preview


def _look_up(
    session: Session, rows: Sequence[Row], *, to_write: bool
) -> tuple[dict[tuple[Kind, str], Any], dict[tuple[Kind, str], ImportedEntry]]:
    """The entries of these rows and what was said of them last; held until the end of the turn if they may change."""
    there: dict[tuple[Kind, str], Any] = {}
    remembered: dict[tuple[Kind, str], ImportedEntry] = {}
    if to_write:
        versions.hold(session)  # two imports at once take turns
    for kind, table in columns.TABLES.items():
        ids = [row.entry_id for row in rows if row.kind == kind]
        if not ids:
            continue
        entry: Any
        found = select(table).where(table.__table__.c.id.in_(ids)).execution_options(populate_existing=to_write)
        for entry in session.scalars(found.with_for_update() if to_write else found):
            there[(kind, entry.id)] = entry
        for known in session.scalars(
            select(ImportedEntry).where(ImportedEntry.kind == kind, ImportedEntry.entry_id.in_(ids))
        ):
            remembered[(kind, known.entry_id)] = known
    return there, remembered


def _decide(row: Row, facts: Mapping[str, Any], entry: Any, remembered: ImportedEntry | None) -> Outcome:
    """Whether a row is new, news, or to be left: a rule of values alone."""
    if entry is None:
        return _outcome(row, "added")
    current = {name: _stored(getattr(entry, name)) for name in facts}
    told = {name: _stored(value) for name, value in facts.items()}
    differing = [name for name in facts if current[name] != told[name]]
    if not differing:
        return _outcome(row, "unchanged")
    if row.revision and row.revision == revision_of(entry):
        return _changed(row, facts, entry, [Difference(name, current[name], told[name]) for name in differing], [])
    if remembered is None:
        return _outcome(row, "kept", left=[Difference(name, current[name], told[name]) for name in differing])
    last = remembered.facts
    news = [name for name in differing if name not in last or told[name] != last[name]]
    if not news:
        return _outcome(row, "unchanged")
    decided = any(
        name in last and _stored(getattr(entry, name)) != last[name]
        for name in ("status", "verified_on", "is_internal")
    )
    free = [name for name in news if not decided and name in last and current[name] == last[name]]
    left = [name for name in news if name not in free]
    return _changed(
        row,
        facts,
        entry,
        [Difference(name, current[name], told[name]) for name in free],
        [Difference(name, current[name], told[name]) for name in left],
    )


def _changed(row: Row, facts: Mapping[str, Any], entry: Any, free: list[Difference], left: list[Difference]) -> Outcome:
    if not free:
        return _outcome(row, "kept", left=left)
    if entry.status == "published" and "status" not in facts:
        free.append(Difference("status", "published", "draft"))  # what changed in it nobody has verified
    return _outcome(row, "changed", free, left)


def _outcome(row: Row, deed: Deed, differences: Sequence[Difference] = (), left: Sequence[Difference] = ()) -> Outcome:
    return Outcome(deed, row.line, row.kind, row.entry_id, row.title, tuple(differences), tuple(left))


class _Writer:
    """Puts outcomes into the session: entries, their history, and what the file said."""

    def __init__(self, session: Session, *, now: datetime, staff_id: int | None) -> None:
        self.session, self.now, self.staff_id = session, now, staff_id
        self._touched: list[tuple[Any, dict[str, Any] | None]] = []  # entries with how they were before

    def write(
        self, row: Row, facts: Mapping[str, Any], outcome: Outcome, entry: Any, remembered: ImportedEntry | None
    ) -> None:
        if outcome.deed == "added":
            entry = columns.TABLES[row.kind](id=row.entry_id, **facts)
            self.session.add(entry)
            self._touched.append((entry, None))
        elif outcome.deed == "changed":
            self._touched.append((entry, entries.plain(entry)))
            for difference in outcome.differences:
                setattr(entry, difference.field, facts.get(difference.field, difference.file))
        if row.revision and outcome.deed != "added":
            return  # staff edited what they had exported: theirs from now on, no news of a file
        told = {name: _stored(value) for name, value in facts.items()}
        if remembered is None:
            self.session.add(ImportedEntry(kind=row.kind, entry_id=row.entry_id, facts=told, read_at=self.now))
        elif {**remembered.facts, **told} != remembered.facts:
            remembered.facts, remembered.read_at = {**remembered.facts, **told}, self.now

    def finish(self) -> None:
        """The end of a portion: everything is in the database, and every process will notice."""
        self.session.flush()
        for entry, before in self._touched:
            self.session.add(
                Change(
                    kind=entry.__tablename__,
                    entry_id=entry.id,
                    changed_at=self.now,
                    staff_id=self.staff_id,
                    deed="added" if before is None else "changed",
                    before=before,
                    after=entries.plain(entry),
                )
            )
        if self._touched:
            versions.bump(self.session)
        self.session.flush()
        self._touched.clear()


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, list):
        return "、".join(map(str, value)) if all(isinstance(one, str) for one in value) else hours.special_lines(value)
    return "" if value is None else STATUS_WORDS.get(str(value), str(value))


def _stored(value: Any) -> Any:
    """A value as JSON keeps it, so that what we remember can be compared with what is there."""
    return value.isoformat() if isinstance(value, date) else value
