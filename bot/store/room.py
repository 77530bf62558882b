"""The consultation room 相談ルーム: links that open it, the one device that is in it, photos sent there.

Its words are rows of `utterance` (`place` is `room`), so that a case's conversation has one order.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base
from bot.store.ciphers import EncryptedBytes


class RoomLink(Base):
    """A link that opens the room of one case once. Only a keyed hash of its token is kept."""

    __tablename__ = "room_link"

    token_hash: Mapped[str] = mapped_column(String(22), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("consultation_case.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class RoomDevice(Base):
    """A device that was let in. At most one of a case is in at a time; its cookie's keyed hash is kept."""

    __tablename__ = "room_device"
    __table_args__ = (
        Index(
            "uq_room_device_in",
            "case_id",
            unique=True,
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("consultation_case.id", ondelete="CASCADE"))
    cookie_hash: Mapped[str] = mapped_column(String(22), unique=True)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class RoomPhoto(Base):
    """A photo sent in the room: re-encoded, so without place or camera, and encrypted."""

    __tablename__ = "room_photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    utterance_id: Mapped[int] = mapped_column(ForeignKey("utterance.id", ondelete="CASCADE"), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("consultation_case.id", ondelete="CASCADE"), index=True)
    jpeg: Mapped[bytes] = mapped_column(EncryptedBytes, deferred=True)
    width: Mapped[int]
    height: Mapped[int]
