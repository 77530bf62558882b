"""Residents and who owns their thread of conversation."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.store.areas import Area
from bot.store.base import Base
from bot.store.ciphers import EncryptedJson, EncryptedText

Owner = Literal["bot", "person", "nobody"]


class Resident(Base):
    """Someone who talks, or talked, with the bot on LINE."""

    __tablename__ = "resident"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[str | None] = mapped_column(EncryptedText)
    line_id_hash: Mapped[str | None] = mapped_column(String(22), unique=True)
    name: Mapped[str | None] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(String(8), default="ja")
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    is_following: Mapped[bool] = mapped_column(default=True)
    followed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None] = mapped_column(index=True)

    area: Mapped[Area | None] = relationship(lazy="joined")


class Thread(Base):
    """One conversation: who answers in it now, and where an open flow stands.

    The row is also the lock that keeps one conversation's events one at a time. `key` is the keyed hash of the
    LINE id (of a person, group or room), so that the webhook can name it before a resident is known.
    """

    __tablename__ = "thread"
    __table_args__ = (CheckConstraint("owner in ('bot', 'person', 'nobody')", name="owner"),)

    key: Mapped[str] = mapped_column(String(22), primary_key=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id"), unique=True)
    owner: Mapped[Owner] = mapped_column(String(8), default="bot")
    step: Mapped[str | None] = mapped_column(String(64))
    step_since: Mapped[datetime | None]
    memory: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson)
    last_lookup: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson)
    reply_token: Mapped[str | None] = mapped_column(EncryptedText)  # an unused one, for the person who answers
    reply_until: Mapped[datetime | None]

    resident: Mapped[Resident | None] = relationship()
