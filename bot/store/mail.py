"""E-mail that is due: to those on call, never to residents. Kept until the mail server has taken it."""

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base
from bot.store.ciphers import EncryptedText

MailState = Literal["waiting", "sent", "failed"]


class Mail(Base):
    """One e-mail. `about` names what it tells of and whom; at most one of them waits at a time.

    `message_id` stays the same when it is tried again, so that a mail program shows a doubled one once.
    """

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'sent', 'failed')", name="state"),
        Index(
            "uq_mail_waiting",
            "about",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(64), index=True)
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    recipient: Mapped[str] = mapped_column(EncryptedText)
    subject: Mapped[str] = mapped_column(EncryptedText)
    words: Mapped[str] = mapped_column(EncryptedText)
    state: Mapped[MailState] = mapped_column(String(8), default="waiting", index=True)
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    refusal: Mapped[str | None] = mapped_column(EncryptedText)
    is_passing: Mapped[bool] = mapped_column(default=False, server_default=false())  # gone once it was handed over
