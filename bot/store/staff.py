"""Staff who may sign in, their roles, and the record of what they saw and did.

Names and addresses are encrypted; an account is found by the keyed hash of its address. Imported by the staff pages
only, so that workers do not load the sign-in library.
"""

from datetime import datetime
from typing import Any

from flask_security.core import RoleMixin, UserMixin, WebAuthnMixin
from flask_security.datastore import AsaList
from sqlalchemy import JSON, Column, ForeignKey, LargeBinary, String, Table, Text, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.store.base import Base
from bot.store.ciphers import EncryptedText

staff_roles = Table(
    "staff_role",
    Base.metadata,
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """A role of staff: 相談員, 主任, 管理者, 閲覧のみ. What it may do is `bot.services.access`'s to say."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    description: Mapped[str | None] = mapped_column(Text)


class Staff(Base, UserMixin):
    """Somebody who works at the desk."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(EncryptedText)
    email_hash: Mapped[str] = mapped_column(String(255))  # of the address in small letters
    name: Mapped[str] = mapped_column(EncryptedText)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(EncryptedText)
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(  # type: ignore[assignment]
        String(64), unique=True, index=True
    )
    failed_sign_ins: Mapped[int] = mapped_column(default=0)  # in a row
    locked_until: Mapped[datetime | None]

    webauthn: Mapped[list["Passkey"]] = relationship(  # type: ignore[assignment]
        back_populates="staff", order_by="Passkey.id", cascade="all, delete-orphan"
    )
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=staff_roles, lazy="joined"
    )

    __table_args__ = (UniqueConstraint("email_hash", name="uq_staff_email"),)  # the column once held the address


class Passkey(Base, WebAuthnMixin):
    """A passkey of somebody: it signs in by itself, being both something they have and something they are or know."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    usage: Mapped[str] = mapped_column(String(16))
    lastuse_datetime: Mapped[datetime]

    staff: Mapped[Staff] = relationship(back_populates="webauthn")

    def get_user_mapping(self) -> dict[str, Any]:
        return {"id": self.staff_id}


class SignIn(Base):
    """One sign-in in one browser, so that each can be ended from elsewhere. The browser's cookie holds its id."""

    __tablename__ = "sign_in"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    browser: Mapped[str] = mapped_column(EncryptedText)
    ended_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did what to which record, when. Only added to; each entry's `digest` covers the one before it."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    staff_id: Mapped[int | None]
    deed: Mapped[str] = mapped_column(String(48))
    kind: Mapped[str] = mapped_column(String(32), default="")
    record_id: Mapped[str] = mapped_column(String(64), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    digest: Mapped[str] = mapped_column(String(64))
