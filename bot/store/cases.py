"""Cases 相談ケース: what people took over from the bot, and whom to alert when nobody looks."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.store.base import Base
from bot.store.ciphers import EncryptedText
from bot.store.residents import Resident

CaseState = Literal["waiting", "taken", "closed"]
NoteKind = Literal["note", "transfer", "return", "hold", "referral", "closing", "reopened", "erased"]
Outcome = Literal["answered", "referred", "visiting", "unreachable", "withdrawn", "other"]
CaseWay = Literal["line", "room"]


class Case(Base):
    """One matter of one resident. At most one is open for a resident at a time."""

    __tablename__ = "consultation_case"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'taken', 'closed')", name="state"),
        Index(
            "uq_consultation_case_open",
            "resident_id",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"))
    topic: Mapped[str] = mapped_column(String(32), default="")
    danger: Mapped[str] = mapped_column(String(32), default="")  # the kind of crisis, if it is one
    state: Mapped[CaseState] = mapped_column(String(8), default="waiting", index=True)
    opened_at: Mapped[datetime]
    opened_because: Mapped[Literal["resident", "danger", "staff"]] = mapped_column(String(8))
    promised_on: Mapped[date]  # the day of `promised_by`
    promised_by: Mapped[datetime | None] = mapped_column(index=True)  # when somebody will have answered at the latest
    promises: Mapped[int] = mapped_column(default=1, server_default="1")  # how often it was promised
    climbed_at: Mapped[datetime | None]  # when the supervisor was told that a promise is about to lapse
    way: Mapped[CaseWay] = mapped_column(String(4), default="line", server_default="line")
    agreed_at: Mapped[datetime | None]  # when the resident agreed to talk with people
    was_useful: Mapped[bool | None]
    erasure_asked_at: Mapped[datetime | None]  # the resident wants to be forgotten; its words go when it is closed
    erased_at: Mapped[datetime | None]
    owner_id: Mapped[int | None]
    taken_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(EncryptedText)
    looked_at: Mapped[datetime | None]  # when somebody acknowledged the alarm
    looked_by: Mapped[int | None]
    alerted_at: Mapped[datetime | None]  # when those on call were last told of it
    alerts: Mapped[int] = mapped_column(default=0)
    queue_id: Mapped[int | None] = mapped_column(index=True)
    unanswered_since: Mapped[datetime | None]  # the oldest words of the resident that no person has answered yet
    heard_at: Mapped[datetime | None]  # the resident's newest words
    left_by: Mapped[int | None]  # whose case it was when it went back for their silence: not assigned to them again
    on_hold_until: Mapped[date | None]
    outcome_kind: Mapped[Outcome | None] = mapped_column(String(12))
    closing_asked_at: Mapped[datetime | None]  # somebody would close a crisis; a second person must look first
    closing_asked_by: Mapped[int | None]
    second_look_by: Mapped[int | None]
    closed_by: Mapped[int | None]
    reopened_at: Mapped[datetime | None]

    resident: Mapped[Resident] = relationship(lazy="joined")


class CaseNote(Base):
    """What only staff see about a case: a note, or what was done with it and why. `staff_id` None: the clock did it."""

    __tablename__ = "case_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("consultation_case.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int | None]
    kind: Mapped[NoteKind] = mapped_column(String(8), default="note", server_default="note")
    written_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(EncryptedText)


class CaseParticipant(Base):
    """Somebody who works on a case beside its owner."""

    __tablename__ = "case_participant"

    case_id: Mapped[int] = mapped_column(ForeignKey("consultation_case.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    since: Mapped[datetime]


class Mention(Base):
    """A colleague was called by name in a note. It stands on their first page until they have seen it."""

    __tablename__ = "mention"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("case_note.id", ondelete="CASCADE"))
    case_id: Mapped[int] = mapped_column(ForeignKey("consultation_case.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(index=True)
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class OnCall(Base):
    """Somebody who is alerted when an alarm is not looked at: on their own LINE (linked by a code they write once), and
    by e-mail."""

    __tablename__ = "on_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(EncryptedText)
    email: Mapped[str | None] = mapped_column(EncryptedText)
    code: Mapped[str | None] = mapped_column(String(22), unique=True)  # used once
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id", ondelete="SET NULL"))
    hears_handoffs: Mapped[bool] = mapped_column(default=True, server_default=true())  # not only of danger
    is_supervisor: Mapped[bool] = mapped_column(default=False, server_default=false())  # hears of promises that lapse
    added_at: Mapped[datetime]

    resident: Mapped[Resident | None] = relationship(lazy="joined")
