"""What the running program notes about itself: signs of life, the clock's lease, secrets, settings staff can change."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base
from bot.store.ciphers import EncryptedText


class Heartbeat(Base):
    """The last sign of life of one part (`web`, `worker`, `clock`) of one process."""

    __tablename__ = "heartbeat"

    part: Mapped[str] = mapped_column(String(16), primary_key=True)
    process: Mapped[str] = mapped_column(String(64), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(index=True)


class Lease(Base):
    """A duty that one process at a time may hold, such as being the clock. Free again when `held_until` is past."""

    __tablename__ = "lease"

    duty: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    held_until: Mapped[datetime]


class StoredSecret(Base):
    """A secret the program made for itself, such as the one behind keyed hashes. Encrypted under DATA_KEYS."""

    __tablename__ = "stored_secret"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(EncryptedText)


class RateCount(Base):
    """How often a door was tried lately, when several processes count together. Its name is a keyed hash."""

    __tablename__ = "rate_count"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class CouncilSetting(Base):
    """Something the council decides and staff can change on the settings page, such as the office's telephone."""

    __tablename__ = "council_setting"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime]
