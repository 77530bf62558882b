"""Call-backs 折り返しの電話: when staff telephone, to which number, and the word by which they are known."""

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base
from bot.store.ciphers import EncryptedText

CallbackState = Literal["booked", "done", "missed", "cancelled"]
BOOKED = text("state = 'booked'")


class Callback(Base):
    """One booked telephone call. `place` counts the calls of one slot: no slot holds more than the council allows."""

    __tablename__ = "callback"
    __table_args__ = (
        CheckConstraint("state in ('booked', 'done', 'missed', 'cancelled')", name="state"),
        Index("uq_callback_place", "starts_at", "place", unique=True, sqlite_where=BOOKED, postgresql_where=BOOKED),
        Index("uq_callback_case", "case_id", unique=True, sqlite_where=BOOKED, postgresql_where=BOOKED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("consultation_case.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    place: Mapped[int]
    state: Mapped[CallbackState] = mapped_column(String(9), default="booked")
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    shared_word: Mapped[str | None] = mapped_column(EncryptedText)  # staff say it first
    booked_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]  # when the chat last showed from which number we call
