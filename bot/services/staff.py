"""Staff accounts: who works at the desk, with which role."""

import secrets
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.services.access import TITLES, RoleName
from bot.store.staff import Role, Staff


class AlreadyThere(ValueError):
    """An account with this address exists."""


class NoSuchStaff(ValueError):
    """No account has this address."""


def add(session: Session, email: str, *, name: str, role: RoleName, password_hash: str, now: datetime) -> Staff:
    """A new account. AlreadyThere when the address is taken."""
    if find(session, email) is not None:
        raise AlreadyThere(email)
    staff = Staff(
        email=email.strip().lower(),
        name=name,
        password=password_hash,
        active=True,
        fs_uniquifier=secrets.token_hex(16),
        created_at=now,
        roles=[_role(session, role)],
    )
    session.add(staff)
    session.flush()
    return staff


def find(session: Session, email: str) -> Staff | None:
    return session.scalars(select(Staff).where(func.lower(Staff.email) == email.strip().lower())).unique().one_or_none()


def deactivate(session: Session, email: str) -> Staff:
    """The account may no longer sign in, and is signed out everywhere. NoSuchStaff when there is none."""
    staff = find(session, email)
    if staff is None:
        raise NoSuchStaff(email)
    staff.active = False
    staff.fs_uniquifier = secrets.token_hex(16)
    return staff


def forget_second_factor(session: Session, email: str) -> Staff:
    """The telephone is lost: the next sign-in sets an authenticator app up anew. NoSuchStaff when there is none."""
    staff = find(session, email)
    if staff is None:
        raise NoSuchStaff(email)
    staff.tf_primary_method = None
    staff.tf_totp_secret = None
    staff.fs_uniquifier = secrets.token_hex(16)
    return staff


def _role(session: Session, name: RoleName) -> Role:
    role = session.scalars(select(Role).where(Role.name == name)).one_or_none()
    if role is None:
        role = Role(name=str(name), description=TITLES[name])
        session.add(role)
    return role


def names(session: Session) -> dict[int, str]:
    """The name of everybody who works or worked here, by number."""
    return {one.id: one.name for one in session.execute(select(Staff.id, Staff.name))}


def colleagues(session: Session) -> dict[int, str]:
    """Those who may sign in, by number."""
    active = select(Staff.id, Staff.name).where(Staff.active).order_by(Staff.id)
    return {one.id: one.name for one in session.execute(active)}
