"""What the desk itself needs: the stream of changes that open pages follow, drafts, ready-made replies."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base
from bot.store.ciphers import EncryptedText


class DeskChange(Base):
    """Something changed that open pages of the desk show. Only ids; kept for an hour."""

    __tablename__ = "desk_change"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - a number is never used twice

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    case_id: Mapped[int]
    why: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(index=True)


class CaseDraft(Base):
    """What a member of staff is writing to a resident and has not sent yet."""

    __tablename__ = "case_draft"

    case_id: Mapped[int] = mapped_column(ForeignKey("consultation_case.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(EncryptedText)
    saved_at: Mapped[datetime]


class CannedReply(Base):
    """A ready-made reply 定型文, with variables such as {担当}."""

    __tablename__ = "canned_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    words: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(String(32), default="")  # empty: every topic
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None]
