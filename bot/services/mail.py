"""Putting an e-mail on its way, in the transaction of whatever made it necessary. `bot.work.post` carries it."""

import secrets
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.store.mail import Mail


class NotAnAddress(ValueError):
    """No e-mail can be sent there."""


def address(typed: str) -> str:
    """A typed address as it is kept; empty when nothing was typed. NotAnAddress when none can be sent there."""
    kept = typed.strip()
    if not kept:
        return ""
    name, _at, host = kept.rpartition("@")
    is_plain = kept.isascii() and kept.isprintable() and not any(sign in kept for sign in ' ,;:<>()[]\\"')
    if not (name and "." in host.strip(".") and is_plain) or len(kept) > 254 or "@" in name:
        raise NotAnAddress
    return kept


def send(
    session: Session, to: str, subject: str, words: str, *, about: str, now: datetime, is_passing: bool = False
) -> bool:
    """Let one e-mail go out. False when one about the same still waits: nobody needs two of them later.

    `is_passing`: nothing of it is kept once the mail server has it, not even when.
    """
    mail = Mail(
        about=about,
        message_id=secrets.token_urlsafe(24),
        recipient=to,
        subject=subject,
        words=words,
        created_at=now,
        is_passing=is_passing,
    )
    try:
        with session.begin_nested():
            session.add(mail)
            session.flush()
    except IntegrityError:
        return False
    return True


def withdraw(session: Session, about: str) -> None:
    """What still waits about this need not be told any more. `about` is the beginning of the mails' own."""
    session.query(Mail).filter(Mail.about.startswith(about, autoescape=True), Mail.state == "waiting").delete()


def newest(session: Session, about: str) -> Mail | None:
    """The newest e-mail whose `about` ends so, to see what became of it."""
    newest_id = select(func.max(Mail.id)).where(Mail.about.endswith(about, autoescape=True)).scalar_subquery()
    return session.scalars(select(Mail).where(Mail.id == newest_id)).one_or_none()
