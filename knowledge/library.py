"""The library: the published entries in memory, found by everyday words, renewed within two seconds of a change.

Each process keeps its own index. It looks at the version number at most once a second; when that has grown, the index
is built anew beside the old one, which answers meanwhile. Sentence vectors are kept in the database, computed once.
"""

import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.store.engine import Store
from bot.store.knowledge import Answer, Category, Resource, Vector
from knowledge import hours, versions
from knowledge.search import synonyms
from knowledge.search.index import Asker, Entry, Finding, Index, fingerprint
from knowledge.search.sentences import Encoder, Vectors, default_encoder

LOOK_EVERY = 1.0  # seconds
NIGHT = (22, 6)  # from ten in the evening to six in the morning
NATIONWIDE = {"全国", "兵庫県", "全市"}

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Found(Finding):
    """A finding; `behind_draft` tells that the best match is an entry staff have not confirmed yet."""

    behind_draft: bool = False


class Library:
    """What a process knows of the knowledge base. Safe to use from many threads."""

    def __init__(self, store: Store, *, encoders: Sequence[Encoder] | None = None) -> None:
        self._store = store
        self._encoders = encoders
        self._index = Index.build([])
        self._drafts: frozenset[str] = frozenset()
        self._hours: dict[str, hours.Hours | None] = {}
        self._version = -1
        self._looked_at = float("-inf")
        self._guard = threading.Lock()

    def warm_up(self) -> None:
        """Load the model and the index now, so that the first resident does not wait for it."""
        self.refresh(at_once=True)
        self._index.search("相談")

    def refresh(self, *, at_once: bool = False) -> None:
        """Look whether the base has changed (at most once a second), and renew the index if so."""
        if not at_once and time.monotonic() - self._looked_at < LOOK_EVERY:
            return
        if not self._guard.acquire(blocking=self._version < 0 or at_once):
            return  # somebody is renewing it; the old index answers meanwhile
        try:
            self._looked_at = time.monotonic()
            if self._version < 0:
                self._seed_synonyms()
            with self._store.reading() as session:
                version = versions.current(session)
                if version == self._version:
                    return
                self._renew(session)
            self._version = version
        finally:
            self._guard.release()

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
        asker = Asker(
            areas=frozenset(areas) | NATIONWIDE if areas else frozenset(),
            latitude=latitude,
            longitude=longitude,
            is_night=is_night(now),
            is_open=lambda key: self._is_open(key, now),
        )
        drafts = self._drafts
        finding = self._index.search(query, asker=asker, limit=limit + len(drafts), exclude=exclude)
        behind = bool(finding.hits) and finding.outcome != "unknown" and finding.hits[0].entry.key in drafts
        hits = tuple(hit for hit in finding.hits if hit.entry.key not in drafts)[:limit]
        outcome = finding.outcome
        if behind and outcome == "sure" and (not hits or hits[0].score < finding.hits[0].score):
            outcome = "perhaps" if hits else "unknown"
        return Found(outcome, hits, behind_draft=behind)

    def resource(self, session: Session, entry_id: str) -> Resource | None:
        """A published resource that residents may see."""
        found = session.get(Resource, entry_id)
        return found if found is not None and found.status == "published" and not found.is_internal else None

    def answer(self, session: Session, entry_id: str) -> Answer | None:
        """A published answer."""
        found = session.get(Answer, entry_id)
        return found if found is not None and found.status == "published" and not found.is_internal else None

    def categories(self, session: Session) -> list[Category]:
        """The categories that have something to show, in their order."""
        used = set(
            session.scalars(
                select(Resource.category).where(Resource.status == "published", Resource.is_internal.is_(False))
            )
        )
        return [row for row in session.scalars(select(Category).order_by(Category.position)) if row.name in used]

    def browse(self, session: Session, *, category: str = "", areas: Collection[str] = ()) -> list[Resource]:
        """The published resources of a category, those of the given areas first, wider ones after."""
        query = select(Resource).where(Resource.status == "published", Resource.is_internal.is_(False))
        if category:
            query = query.where(Resource.category == category)
        rows = list(session.scalars(query.order_by(Resource.kana, Resource.id)))
        near = set(areas)
        return sorted(rows, key=lambda row: (not near & set(row.areas), not NATIONWIDE & set(row.areas)))

    def _is_open(self, key: str, now: datetime) -> bool:
        found = self._hours.get(key)
        return found is not None and found.is_open(now)

    def _seed_synonyms(self) -> None:
        """The everyday words this release brings, added once by whichever process is first."""
        with self._store.reading() as session:
            if not synonyms.lacks_some(session):
                return
        try:
            with self._store.turn() as session:
                synonyms.seed(session)
        except IntegrityError:
            log.info("synonyms were seeded by another process")

    def _renew(self, session: Session) -> None:
        started = time.perf_counter()
        resources = list(
            session.scalars(select(Resource).where(Resource.is_internal.is_(False), _matters_to_residents(Resource)))
        )
        answers = list(
            session.scalars(select(Answer).where(Answer.is_internal.is_(False), _matters_to_residents(Answer)))
        )
        described = [_of_resource(row) for row in resources] + [_of_answer(row) for row in answers]
        encoders = self._encoders if self._encoders is not None else [default_encoder()]
        kept = {encoder.name: self._kept_vectors(session, encoder, described) for encoder in encoders}
        index = Index.build(described, encoders=encoders, synonyms=synonyms.in_use(session), vectors=kept)
        self._hours = {f"resource/{row.id}": hours.read(row.hours, row.special_days) for row in resources}
        statuses = [row.status for row in resources] + [row.status for row in answers]
        self._drafts = frozenset(
            entry.key for entry, status in zip(described, statuses, strict=True) if status != "published"
        )
        self._index = index
        for encoder in encoders:
            self._keep_vectors(encoder, described, kept[encoder.name])
        log.info("library renewed", entries=len(described), seconds=round(time.perf_counter() - started, 2))

    def _kept_vectors(self, session: Session, encoder: Encoder, described: Sequence[Entry]) -> dict[str, Vectors]:
        rows = session.scalars(select(Vector).where(Vector.encoder == encoder.name))
        by_key = {f"{row.kind}/{row.entry_id}": row for row in rows}
        fresh: dict[str, Vectors] = {}
        for entry in described:
            row = by_key.get(entry.key)
            if row is not None and row.fingerprint == fingerprint(entry, encoder.name):
                flat = np.frombuffer(row.numbers, np.float16).astype(np.float32)
                fresh[entry.key] = flat.reshape(len(entry.other_titles) + 2, -1)
        return fresh

    def _keep_vectors(self, encoder: Encoder, described: Sequence[Entry], known: dict[str, Vectors]) -> None:
        new = [entry for entry in described if entry.key not in known]
        if not new:
            return
        vectors = self._index.vectors[encoder.name]
        with self._store.turn() as session:
            for entry in new:
                session.merge(
                    Vector(
                        kind=entry.kind,
                        entry_id=entry.id,
                        encoder=encoder.name,
                        fingerprint=fingerprint(entry, encoder.name),
                        numbers=vectors[entry.key].astype(np.float16).tobytes(),
                    )
                )


def _matters_to_residents(kind: type[Resource] | type[Answer]) -> ColumnElement[bool]:
    """What is published, and drafts that were verified once or wait to be confirmed: those lead to the office.

    Other drafts change nothing: what a resident proposed, or the thousands of places a published list may bring.
    """
    awaited = (kind.status == "draft") & (kind.verified_on.is_not(None) | (kind.to_confirm != ""))
    if kind is Resource:
        awaited &= Resource.proposed_on.is_(None)
    return (kind.status == "published") | awaited


def is_night(now: datetime) -> bool:
    return now.hour >= NIGHT[0] or now.hour < NIGHT[1]


def _of_resource(row: Resource) -> Entry:
    found = hours.read(row.hours)
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
        is_emergency=row.category == "緊急",
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
