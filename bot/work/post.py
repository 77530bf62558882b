"""Carrying e-mail to the mail server, as durably as messages to LINE.

A mail is claimed in one transaction, handed over outside of any, and its result noted in a second one. A clock that
dies in between leaves a claim that runs out, and the mail is handed over again under the same Message-ID. Refused for
good (5xx): kept as failed, for staff to see. Anything else is tried again, for a day.
"""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from bot.store.engine import Store, rows_changed
from bot.store.mail import Mail

CLAIM = timedelta(seconds=60)
TIMEOUT = 15.0  # seconds for each step of the talk with the mail server
KEEPS_TRYING = timedelta(hours=24)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=10)
HERE = ("localhost", "127.0.0.1", "::1")

log = structlog.get_logger(__name__)


class NotSecure(smtplib.SMTPException):
    """The mail server offers no encryption, and a password must not travel in the clear."""


@dataclass(frozen=True)
class MailServer:
    """Where e-mail is handed over, from SMTP_URL and MAIL_FROM.

    `smtp://` asks for encryption (STARTTLS) where it is offered, and insists on it for a password; `smtps://` is
    encrypted from the first byte.
    """

    url: str
    sender: str

    def hand_over(self, message: EmailMessage) -> None:
        """Raises smtplib.SMTPException or OSError when it was not taken."""
        with self._connected() as smtp:
            smtp.send_message(message)

    def answers(self) -> None:
        """Connect, and sign in where that is asked for. Raises as `hand_over` does."""
        with self._connected() as smtp:
            smtp.noop()

    def _connected(self) -> smtplib.SMTP:
        where = urlsplit(self.url)
        host = where.hostname or "localhost"
        trusted = ssl.create_default_context()
        if where.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, where.port or 465, timeout=TIMEOUT, context=trusted)
        else:
            smtp = smtplib.SMTP(host, where.port or (587 if where.username else 25), timeout=TIMEOUT)
        try:
            smtp.ehlo()
            if where.scheme != "smtps" and smtp.has_extn("starttls"):
                smtp.starttls(context=trusted)
                smtp.ehlo()
            elif where.scheme != "smtps" and where.username and host not in HERE:
                raise NotSecure("the mail server offers no STARTTLS")
            if where.username:
                smtp.login(unquote(where.username), unquote(where.password or ""))
        except BaseException:
            smtp.close()
            raise
        return smtp


@dataclass(frozen=True)
class Claimed:
    """One mail to hand over, as it was read while claiming it."""

    id: int
    message: EmailMessage


def carry(store: Store, server: MailServer, now: Callable[[], datetime]) -> int:
    """Hand over every mail that is due. Returns how many the server took."""
    taken = 0
    tried: set[int] = set()
    while True:
        with store.turn() as session:
            claimed = _claim(session, server, tried, now=now())
        if claimed is None:
            return taken
        tried.add(claimed.id)
        trouble = _hand_over(server, claimed.message)
        with store.turn() as session:
            taken += _note(session, claimed.id, trouble, now=now())


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether a mail waits to be handed over."""
    return session.scalar(_due(now).limit(1)) is not None


def _due(now: datetime) -> Select[Mail]:
    return (
        select(Mail)
        .where(
            Mail.state == "waiting",
            or_(Mail.next_try_at.is_(None), Mail.next_try_at <= now),
            or_(Mail.claimed_until.is_(None), Mail.claimed_until <= now),
        )
        .order_by(Mail.id)
    )


def _claim(session: Session, server: MailServer, tried: set[int], *, now: datetime) -> Claimed | None:
    for due in session.scalars(_due(now).where(Mail.id.not_in(tried)).limit(20)):
        claim = (
            update(Mail)
            .where(Mail.id == due.id, Mail.state == "waiting", Mail.tries == due.tries)
            .values(claimed_until=now + CLAIM, tries=Mail.tries + 1)
        )
        if rows_changed(session, claim) == 1:
            return Claimed(due.id, _written(due, server))
    return None


def _written(mail: Mail, server: MailServer) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, mail.recipient, mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.message_id}@{server.sender.rpartition('@')[2].strip('>') or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday notices must not answer
    message["X-Priority"] = "1"
    message.set_content(mail.words)
    return message


def _hand_over(server: MailServer, message: EmailMessage) -> Exception | None:
    try:
        server.hand_over(message)
    except (smtplib.SMTPException, OSError, ValueError) as trouble:
        return trouble
    return None


def _note(session: Session, mail_id: int, trouble: Exception | None, *, now: datetime) -> bool:
    """Keep the result. True when the server has taken it."""
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None or mail.state != "waiting":
        return trouble is None  # withdrawn meanwhile
    mail.claimed_until = None
    if trouble is None and mail.is_passing:
        session.delete(mail)
        return True
    if trouble is None:
        mail.state, mail.done_at, mail.refusal, mail.next_try_at = "sent", now, None, None
        return True
    mail.refusal = _said(trouble)
    log.warning("an e-mail was not taken", mail=mail.id, tries=mail.tries, why=type(trouble).__name__)
    if _is_for_good(trouble) or now - mail.created_at > KEEPS_TRYING:
        mail.state, mail.done_at, mail.next_try_at = "failed", now, None
        return False
    mail.next_try_at = now + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(mail.tries - 1, 10))
    return False


def _is_for_good(trouble: Exception) -> bool:
    """Whether the server said no to this very mail; a wrong password or a server that is away may be mended."""
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in trouble.recipients.values())
    return isinstance(trouble, smtplib.SMTPSenderRefused | smtplib.SMTPDataError) and trouble.smtp_code >= 500


def _said(trouble: Exception) -> str:
    """What the mail server said, without the address."""
    code = getattr(trouble, "smtp_code", None)
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        code = next((number for number, _words in trouble.recipients.values()), None)
    return f"{type(trouble).__name__} {code}" if code else type(trouble).__name__
