"""Cases 相談ケース: what people took over from the bot, and whom to alert when nobody looks."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.store.base import Base
from bot.store.ciphers import EncryptedText
from bot.store.residents import Resident

CaseState = Literal["waiting", "taken", "closed"]


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
    promised_on: Mapped[date]  # by the end of this day somebody answers
    owner_id: Mapped[int | None]
    taken_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(EncryptedText)
    looked_at: Mapped[datetime | None]  # when somebody acknowledged the alarm
    looked_by: Mapped[int | None]
    alerted_at: Mapped[datetime | None]
    alerts: Mapped[int] = mapped_column(default=0)

    resident: Mapped[Resident] = relationship(lazy="joined")


class CaseNote(Base):
    """What only staff see about a case."""

    __tablename__ = "case_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("consultation_case.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int]
    written_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(EncryptedText)


class OnCall(Base):
    """Somebody who is alerted on their own LINE when an alarm is not looked at. Linked by a code they write once."""

    __tablename__ = "on_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(EncryptedText)
    code: Mapped[str | None] = mapped_column(String(22), unique=True)  # used once
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id", ondelete="SET NULL"))
    added_at: Mapped[datetime]

    resident: Mapped[Resident | None] = relationship(lazy="joined")
