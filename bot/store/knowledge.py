"""The knowledge base: resources 社会資源, answers よくある質問, categories, and the history of every change."""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base
from bot.store.ciphers import UndatedText

Status = Literal["draft", "published", "archived"]
Deed = Literal[
    "added", "changed", "published", "drafted", "archived", "paused", "resumed", "made_internal", "made_open",
    "confirmed", "restored", "proposed", "renamed", "moved", "removed",
]  # fmt: skip


class Category(Base):
    """One entry of the taxonomy, which staff can edit."""

    __tablename__ = "category"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    position: Mapped[int] = mapped_column(default=0)


class Resource(Base):
    """A place, service, group or hotline. Follows the part of Open Referral HSDS 3 that a council needs.

    `hours` is the week in the notation of `knowledge.hours`, `special_days` the dated exceptions from it, as
    `knowledge.hours.special_days` makes them. `to_confirm` tells staff what to ask and whom, `proposed_on` the day a
    resident proposed it (such a draft stays out of everything residents see). After `ends_on`, the last day of an
    event or of a service, residents do not see it any more. `version` grows with every change, so
    that of two who edit at once the second is told.
    """

    __tablename__ = "resource"
    __table_args__ = (CheckConstraint("status in ('draft', 'published', 'archived')", name="status"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    kana: Mapped[str] = mapped_column(Text, default="")
    organisation: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(String(64), default="", index=True)
    audience: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
    eligibility: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[str] = mapped_column(Text, default="")
    phones: Mapped[list[str]] = mapped_column(JSON, default=list)
    fax: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    areas: Mapped[list[str]] = mapped_column(JSON, default=list)
    hours: Mapped[str] = mapped_column(Text, default="")
    special_days: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")
    languages: Mapped[str] = mapped_column(Text, default="")
    accessibility: Mapped[str] = mapped_column(Text, default="")
    keywords: Mapped[list[str]] = mapped_column(JSON, default=list)
    source_url: Mapped[str] = mapped_column(Text, default="")
    verified_on: Mapped[date | None]
    credit: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[Status] = mapped_column(String(9), default="draft", index=True)
    is_internal: Mapped[bool] = mapped_column(default=False)
    paused_message: Mapped[str] = mapped_column(Text, default="")
    to_confirm: Mapped[str] = mapped_column(Text, default="", server_default="")
    proposed_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it so


class Answer(Base):
    """An answer to a question residents often ask."""

    __tablename__ = "answer"
    __table_args__ = (CheckConstraint("status in ('draft', 'published', 'archived')", name="status"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    question: Mapped[str] = mapped_column(Text)
    other_questions: Mapped[list[str]] = mapped_column(JSON, default=list)
    answer: Mapped[str] = mapped_column(Text)
    resources: Mapped[list[str]] = mapped_column(JSON, default=list)
    category: Mapped[str] = mapped_column(String(64), default="")
    keywords: Mapped[list[str]] = mapped_column(JSON, default=list)
    source_url: Mapped[str] = mapped_column(Text, default="")
    verified_on: Mapped[date | None]
    credit: Mapped[str] = mapped_column(Text, default="", server_default="")
    status: Mapped[Status] = mapped_column(String(9), default="draft", index=True)
    is_internal: Mapped[bool] = mapped_column(default=False, server_default=false())
    paused_message: Mapped[str] = mapped_column(Text, default="", server_default="")
    to_confirm: Mapped[str] = mapped_column(Text, default="", server_default="")
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it so


class Change(Base):
    """Who changed which entry when, and how it was before and after. Nothing is deleted by an edit."""

    __tablename__ = "knowledge_change"
    __table_args__ = (Index("ix_knowledge_change_entry", "kind", "entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Literal["resource", "answer", "category"]] = mapped_column(String(8))
    entry_id: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime]
    staff_id: Mapped[int | None]
    deed: Mapped[Deed] = mapped_column(String(16), default="changed", server_default="changed")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class ImportedEntry(Base):
    """What a file last said of an entry: only what it says anew may change the entry, and only where staff did not."""

    __tablename__ = "imported_entry"

    kind: Mapped[Literal["resource", "answer"]] = mapped_column(String(8), primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    read_at: Mapped[datetime]


class WaitingFile(Base):
    """A file staff sent to be taken in, between the look at what it would change and the deed."""

    __tablename__ = "waiting_file"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(Text, default="")
    credit: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[bytes] = mapped_column(LargeBinary)
    staff_id: Mapped[int]
    sent_at: Mapped[datetime]


class Vector(Base):
    """What an entry means, as numbers; computed once for each wording (`fingerprint`) and encoder."""

    __tablename__ = "knowledge_vector"

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    encoder: Mapped[str] = mapped_column(String(32), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    numbers: Mapped[bytes] = mapped_column(LargeBinary)


class UnansweredQuestion(Base):
    """A question nothing answered, or whose answer was 「ちがう」, without who asked: its day and, if told, area.

    Settled questions (an entry, a
    synonym, an item for the district council came of them, or nothing) leave the lists of staff.
    """

    __tablename__ = "unanswered_question"
    __table_args__ = (CheckConstraint("because in ('unanswered', 'not_this')", name="because"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_on: Mapped[date] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(UndatedText)
    because: Mapped[Literal["unanswered", "not_this"]] = mapped_column(String(10), default="unanswered")
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id", ondelete="SET NULL"))
    settled_on: Mapped[date | None] = mapped_column(index=True)
    settled_as: Mapped[Literal["", "entry", "words", "synonym", "council", "nothing"]] = mapped_column(
        String(8), default="", server_default=""
    )


class CouncilItem(Base):
    """A need that no service meets, as an item for a district council (ささえあい協議会).

    `counted` is how many questions stood behind it.
    """

    __tablename__ = "council_item"
    __table_args__ = (CheckConstraint("state in ('new', 'discussed', 'working', 'done', 'dropped')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id", ondelete="SET NULL"))
    need: Mapped[str] = mapped_column(UndatedText)
    note: Mapped[str] = mapped_column(UndatedText, default="")
    counted: Mapped[int] = mapped_column(default=0)
    state: Mapped[Literal["new", "discussed", "working", "done", "dropped"]] = mapped_column(
        String(9), default="new", index=True
    )
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    staff_id: Mapped[int | None]


class LookedFor(Base):
    """How often residents of an area looked for a category on one day: counts, without words and without who."""

    __tablename__ = "looked_for"

    looked_on: Mapped[date] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(64), primary_key=True)  # empty: nothing was found
    area_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0: the area is not known
    times: Mapped[int] = mapped_column(default=0)


class SynonymPair(Base):
    """An everyday word, and the words of the field it stands for. Seeded from a file; staff add and drop pairs.

    A dropped pair stays, so that it does not come back with the next release, and one sees who dropped it.
    """

    __tablename__ = "synonym"
    __table_args__ = (UniqueConstraint("everyday", "means"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    everyday: Mapped[str] = mapped_column(String(100))
    means: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime | None]  # None: it came with the program
    added_by: Mapped[int | None]
    dropped_at: Mapped[datetime | None]
    dropped_by: Mapped[int | None]


class Verdict(Base):
    """How often an entry helped, or was not what was asked for, on one day."""

    __tablename__ = "knowledge_verdict"

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    given_on: Mapped[date] = mapped_column(primary_key=True)
    helped: Mapped[int] = mapped_column(default=0)
    not_this: Mapped[int] = mapped_column(default=0)


class KnowledgeVersion(Base):
    """One row whose number grows with every change, so that each process notices within seconds."""

    __tablename__ = "knowledge_version"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(default=0)
