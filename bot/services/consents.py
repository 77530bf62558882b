"""What residents agreed to: kept with the version of the words they saw."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store.consents import Consent
from bot.store.residents import Resident


def give(session: Session, resident: Resident, purpose: str, *, version: str, now: datetime) -> Consent:
    """The resident said yes to the words of this version."""
    given = Consent(resident_id=resident.id, purpose=purpose, version=version, given_at=now)
    session.add(given)
    return given


def newest(session: Session, resident: Resident, purpose: str) -> Consent | None:
    """What the resident agreed to last for this purpose."""
    ours = select(Consent).where(Consent.resident_id == resident.id, Consent.purpose == purpose)
    return session.scalars(ours.order_by(Consent.id.desc()).limit(1)).one_or_none()
