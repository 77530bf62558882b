"""The library: the published entries in memory, found by everyday words, renewed within two seconds of a change.

Each process keeps its own index. It looks at the version number at most once a second; when that has grown, the index
is built anew beside the old one, which answers meanwhile. Sentence vectors are kept in the database, computed once.
"""

import threading
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.store.engine import Store
from bot.store.knowledge import Answer, Resource, Vector
from knowledge import browsing, hours, rules, versions
from knowledge.search import synonyms
from knowledge.search.index import Asker, Entry, Finding, Hit, Index, fingerprint, rows_of
from knowledge.search.names import Names
from knowledge.search.sentences import Encoder, Vectors, default_encoder, sharp_encoder

LOOK_EVERY = 1.0  # seconds
NIGHT = (22, 6)  # from ten in the evening to six in the morning
EMERGENCY = "緊急"  # the category of what is rung in danger
PATIENCE = 1.0  # seconds a search waits for the index to be renewed
NAMES_A_DRAFT = 0.75  # how far a question must name an unconfirmed entry to be led to the office
NAMES_ONE = 0.5  # how far a text must name an entry to be about it
SHARE_A_NAME = 3  # entries; a name that more have is a word for what they are
ABOUT_AS_GOOD = 0.6  # of the best confidence: what may change places
FRONT = 3  # hits among which the surest may come first
MOST_ASKED = 500  # vectors asked for one by one; for more, all of them are read

# Drafts that were verified once or wait to be confirmed lead to the office. Others change nothing before staff saw
# them: what a resident proposed, or the thousands of places a published list may bring.
FOR_RESIDENTS = (Resource.status == "published") | (
    (Resource.status == "draft")
    & Resource.proposed_on.is_(None)
    & (Resource.verified_on.is_not(None) | (Resource.to_confirm != ""))
)

_TABLES: dict[str, type[Resource] | type[Answer]] = {"resource": Resource, "answer": Answer}

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Found(Finding):
    """A finding; `behind_draft` tells that the best match is an entry staff have not confirmed yet."""

    behind_draft: bool = False


@dataclass(frozen=True)
class _Shelf:
    """What was read at one version of the base: replaced as a whole, so that a search never sees half a change."""

    version: int
    index: Index
    drafts: Names
    hours: dict[str, hours.Hours | None]
    fingerprints: dict[str, str]  # by encoder and entry: what the vectors in the index were computed from
    last_days: dict[str, date]  # of events and what else ends
    everywhere: frozenset[str] = rules.WIDER_AREAS  # the names of areas that hold all others


class Library:
    """What a process knows of the knowledge base. Safe to use from many threads."""

    def __init__(self, store: Store, *, is_sharp: bool = False) -> None:
        """`is_sharp`: use the finer second encoder as well; SharpMissing at the first search if it is not installed."""
        self._store = store
        self._is_sharp = is_sharp
        self._shelf = _Shelf(-1, Index.build([]), Names([]), {}, {}, {})
        self._looked_at = float("-inf")
        self._guard = threading.Lock()

    def warm_up(self) -> None:
        """Load the model and the index now, so that the first resident does not wait for it."""
        self.refresh(at_once=True)
        self._shelf.index.search("相談")

    def refresh(self, *, at_once: bool = False) -> None:
        """Look whether the base has changed (at most once a second), and renew the index if so.

        `at_once` looks now and keeps new vectors before it returns: never inside a turn. A search is often part of a
        turn, which on SQLite holds the one lock for writing; so there the renewal is left to a thread of its own, for
        which the search waits a moment, and new vectors are kept when the turn is over.
        """
        if at_once:
            with self._guard:
                if not self._is_current():
                    self._keep(self._renew())
            return
        if time.monotonic() - self._looked_at < LOOK_EVERY:
            return
        is_first = self._shelf.version < 0
        if not self._guard.acquire(blocking=is_first):
            return  # somebody is renewing it; the old index answers meanwhile
        if self._is_current():
            self._guard.release()
            return
        renewed = threading.Event()
        threading.Thread(target=self._renew_aside, args=(renewed,), name="library", daemon=True).start()
        renewed.wait(None if is_first else PATIENCE)

    def listen(self, query: str) -> None:
        """Think about a question before a turn begins: the search in the turn is then quicker."""
        self.refresh()
        self._shelf.index.listen(query)

    def search(
        self,
        query: str,
        *,
        now: datetime,
        areas: Collection[str] = (),
        latitude: float | None = None,
        longitude: float | None = None,
        limit: int = 10,
        exclude: Collection[str] = (),
    ) -> Found:
        """The published entries for a question, best first. `exclude` holds keys (`resource/…`) already seen."""
        self.refresh()
        shelf = self._shelf
        asker = Asker(
            areas=frozenset(areas),
            wider=shelf.everywhere,
            latitude=latitude,
            longitude=longitude,
            is_night=is_night(now),
            is_open=lambda key: (found := shelf.hours.get(key)) is not None and found.is_open(now),
        )
        over = [key for key, last in shelf.last_days.items() if last < now.date()]
        found = shelf.index.search(query, asker=asker, limit=limit, exclude={*exclude, *over})
        hits = _surest_first(found.hits)
        hits = _night_lines_first(hits) if asker.is_night else hits
        draft = float(shelf.drafts.heard_in(query).named.max(initial=0.0))
        if draft >= NAMES_A_DRAFT and draft > found.named:
            return Found("perhaps" if hits else "unknown", hits, found.named, behind_draft=True)
        return Found(found.outcome, hits, found.named)

    def is_named(self, text: str) -> bool:
        """Whether the text names an entry, published or not confirmed yet; not a word that many have in their names."""
        self.refresh()
        shelf = self._shelf
        heard = int(
            (shelf.index.named_in(text) >= NAMES_ONE).sum() + (shelf.drafts.heard_in(text).whole >= NAMES_ONE).sum()
        )
        return 0 < heard <= SHARE_A_NAME

    def resource(self, session: Session, entry_id: str) -> Resource | None:
        """A published resource that residents may see."""
        return next(iter(self.resources(session, [entry_id])), None)

    def resources(self, session: Session, ids: Sequence[str]) -> list[Resource]:
        """The published resources of these ids that residents may see, in their order, in one query."""
        found = self.read(session, [f"resource/{one}" for one in ids])
        return [row for row in found if isinstance(row, Resource)]

    def read(self, session: Session, keys: Sequence[str]) -> list[Resource | Answer]:
        """The published entries of these keys (`resource/…`, `answer/…`) that residents may see, in their order."""
        asked = {kind: {key.partition("/")[2] for key in keys if key.startswith(f"{kind}/")} for kind in _TABLES}
        found: dict[str, Resource | Answer] = {}
        for kind, table in _TABLES.items():
            if asked[kind]:
                seen = table.id.in_(asked[kind]), table.status == "published", table.is_internal.is_(False)
                rows: Iterable[Resource | Answer] = session.scalars(select(table).where(*seen))
                found.update({f"{kind}/{row.id}": row for row in rows})
        return [found[key] for key in keys if key in found]

    # ── renewing ──

    def _is_current(self) -> bool:
        self._looked_at = time.monotonic()
        with self._store.reading() as session:
            return versions.current(session) == self._shelf.version

    def _renew_aside(self, renewed: threading.Event) -> None:
        """Renew, tell who waits, keep what is new; the guard is given back at the end."""
        try:
            fresh = self._renew()
            renewed.set()
            self._keep(fresh)
        except Exception:  # the old index goes on answering; the next search tries again
            log.exception("the library could not be renewed")
        finally:
            renewed.set()
            self._guard.release()

    def _renew(self) -> list[Vector]:
        """Read the base and put a new index on the shelf. The vectors that had to be computed, to be kept."""
        started = time.perf_counter()
        self._looked_at = time.monotonic()
        encoders = [default_encoder(), *([sharp_encoder()] if self._is_sharp else [])]
        with self._store.reading() as session:
            version = versions.current(session)
            resources = list(session.scalars(select(Resource).where(Resource.is_internal.is_(False), FOR_RESIDENTS)))
            answers = list(
                session.scalars(select(Answer).where(Answer.status == "published", Answer.is_internal.is_(False)))
            )
            published = [row for row in resources if row.status == "published"]
            entries = [_of_resource(row) for row in published] + [_of_answer(row) for row in answers]
            prints = {
                f"{encoder.name} {entry.key}": fingerprint(entry, encoder.name)
                for encoder in encoders
                for entry in entries
            }
            known = {encoder.name: self._known_vectors(session, encoder, entries, prints) for encoder in encoders}
            heard = synonyms.in_use(session) or synonyms.load()
            everywhere = browsing.everywhere(session)
        index = Index.build(entries, encoders=encoders, synonyms=heard, vectors=known)
        self._shelf = _Shelf(
            version,
            index,
            Names([_of_resource(row) for row in resources if row.status == "draft"]),
            {f"resource/{row.id}": _hours_of(row) for row in published},
            prints,
            {f"resource/{row.id}": row.ends_on for row in published if row.ends_on is not None},
            everywhere,
        )
        log.info("library renewed", entries=len(entries), seconds=round(time.perf_counter() - started, 2))
        return [
            Vector(
                kind=entry.kind,
                entry_id=entry.id,
                encoder=encoder.name,
                fingerprint=prints[f"{encoder.name} {entry.key}"],
                numbers=index.vectors[encoder.name][entry.key].astype(np.float16).tobytes(),
            )
            for encoder in encoders
            for entry in entries
            if entry.key not in known[encoder.name]
        ]

    def _known_vectors(
        self, session: Session, encoder: Encoder, entries: Sequence[Entry], prints: Mapping[str, str]
    ) -> dict[str, Vectors]:
        """The rows of entries whose wording has not changed: from the index before, else from the database."""
        shelf = self._shelf
        before = shelf.index.vectors.get(encoder.name, {})
        known = {
            entry.key: before[entry.key]
            for entry in entries
            if entry.key in before and shelf.fingerprints.get(name := f"{encoder.name} {entry.key}") == prints[name]
        }
        if len(known) < len(entries):
            wanted = {entry.key: entry for entry in entries if entry.key not in known}
            rows = select(Vector).where(Vector.encoder == encoder.name)
            if len(wanted) <= MOST_ASKED:
                rows = rows.where(Vector.fingerprint.in_([prints[f"{encoder.name} {key}"] for key in wanted]))
            for row in session.scalars(rows):
                entry = wanted.get(f"{row.kind}/{row.entry_id}")
                if entry is not None and row.fingerprint == prints[f"{encoder.name} {entry.key}"]:
                    numbers = np.frombuffer(row.numbers, np.float16).astype(np.float32)
                    known[entry.key] = numbers.reshape(len(rows_of(entry, encoder)), -1)
        return known

    def _keep(self, fresh: Sequence[Vector]) -> None:
        """Keep new vectors, and the everyday words this release brings. Another process may be doing the same."""
        with self._store.reading() as session:
            lacks_words = synonyms.lacks_some(session)
        if not fresh and not lacks_words:
            return
        try:
            with self._store.turn() as session:
                for vector in fresh:
                    session.merge(vector)
                if lacks_words:
                    synonyms.seed(session)
        except IntegrityError:
            log.info("vectors or words were kept by another process")


def _surest_first(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Where the first hit is doubtful and one right behind it is not, that one comes first."""
    front = hits[:FRONT]
    if not front or front[0].score >= ABOUT_AS_GOOD * max(hit.score for hit in front):
        return tuple(hits)
    return (*sorted(front, key=lambda hit: -hit.score), *hits[FRONT:])


def _night_lines_first(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """At night emergencies and lines that are always there come first, where they answer about as well, or the same."""
    if not hits:
        return ()
    best, good = hits[0].entry, max(hit.score for hit in hits) * ABOUT_AS_GOOD

    def comes_first(hit: Hit) -> bool:
        is_there = hit.entry.always_open or hit.entry.is_emergency
        return is_there and (hit.score >= good or hit.entry.category == best.category)

    return tuple(sorted(hits, key=lambda hit: not comes_first(hit)))


def is_night(now: datetime) -> bool:
    return now.hour >= NIGHT[0] or now.hour < NIGHT[1]


def _hours_of(row: Resource) -> hours.Hours | None:
    """When somebody is there; a paused entry has nobody there."""
    return None if row.paused_message else hours.read(row.hours, row.special_days)


def _of_resource(row: Resource) -> Entry:
    found = _hours_of(row)
    return Entry(
        id=row.id,
        kind="resource",
        title=row.name,
        kana=row.kana,
        text=" ".join(part for part in (row.description, row.eligibility, row.organisation) if part),
        keywords=tuple(row.keywords),
        category=row.category,
        audience=row.audience,
        areas=frozenset(row.areas),
        latitude=row.latitude,
        longitude=row.longitude,
        always_open=found is not None and found.is_always,
        is_emergency=row.category == EMERGENCY and not row.paused_message,
    )


def _of_answer(row: Answer) -> Entry:
    return Entry(
        id=row.id,
        kind="answer",
        title=row.question,
        other_titles=tuple(row.other_questions),
        text=row.answer,
        keywords=tuple(row.keywords),
        category=row.category,
    )
