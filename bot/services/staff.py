"""Staff accounts: who works at the desk, with which role; what locks an account; the sign-ins there are."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.services import audit, desk_rules
from bot.services.access import TITLES, RoleName
from bot.store.engine import rows_changed
from bot.store.lookups import key_of
from bot.store.staff import Role, SignIn, Staff

SEEN_EVERY = timedelta(minutes=1)
SHOWN_BACK = timedelta(days=30)


class AlreadyThere(ValueError):
    """An account with this address exists."""


class NoSuchStaff(ValueError):
    """No account has this address."""


class NothingSaid(ValueError):
    """The name or the address is missing."""


class LastAdministrator(ValueError):
    """Somebody must be left who can manage the accounts."""


def add(session: Session, email: str, *, name: str, role: RoleName, password_hash: str, now: datetime) -> Staff:
    """A new account. AlreadyThere when the address is taken; NothingSaid without a name or an address."""
    if not name.strip() or "@" not in email.strip().strip("@"):
        raise NothingSaid
    if find(session, email) is not None:
        raise AlreadyThere(email)
    staff = Staff(
        email=email.strip().lower(),
        email_hash=_hash(session, email),
        name=name.strip(),
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
    """The account with this address, whatever the letter case."""
    return session.scalars(select(Staff).where(Staff.email_hash == _hash(session, email))).unique().one_or_none()


def everybody(session: Session) -> list[Staff]:
    """All accounts, those that may sign in first."""
    return list(session.scalars(select(Staff).order_by(Staff.active.desc(), Staff.id)).unique())


def of_id(session: Session, staff_id: int) -> Staff | None:
    return session.get(Staff, staff_id)


def deactivate(session: Session, email: str) -> Staff:
    """The account may no longer sign in, and is signed out everywhere. NoSuchStaff when there is none."""
    staff = _known(session, email)
    staff.active = False
    _sign_out(staff)
    return staff


def forget_second_factor(session: Session, email: str) -> Staff:
    """The telephone is lost: the next sign-in sets an authenticator app up anew. NoSuchStaff when there is none.

    Passkeys may have been on the same telephone, so they go too.
    """
    staff = _known(session, email)
    staff.tf_primary_method = None
    staff.tf_totp_secret = None
    staff.webauthn.clear()
    _sign_out(staff)
    return staff


# ── what an administrator does on the people page: each deed is on record ──


def hire(
    session: Session, email: str, *, name: str, role: RoleName, password_hash: str, staff_id: int, now: datetime
) -> Staff:
    added = add(session, email, name=name, role=role, password_hash=password_hash, now=now)
    _note(session, "add_staff", added, staff_id, now)
    return added


def give_role(session: Session, whom: Staff, role: RoleName, *, staff_id: int, now: datetime) -> None:
    """LastAdministrator when nobody would be left who manages the accounts."""
    if role != RoleName.ADMINISTRATOR:
        _must_not_be_the_last(session, whom)
    whom.roles = [_role(session, role)]
    audit.record(
        session, "give_role", staff_id=staff_id, now=now, kind="staff", record_id=whom.id, details={"role": str(role)}
    )


def stop(session: Session, whom: Staff, *, staff_id: int, now: datetime) -> None:
    """They may no longer sign in. What they did stays on record. LastAdministrator when nobody would be left."""
    _must_not_be_the_last(session, whom)
    deactivate(session, whom.email)
    end_all(session, whom, now=now)
    _note(session, "remove_staff", whom, staff_id, now)


def resume(session: Session, whom: Staff, *, staff_id: int, now: datetime) -> None:
    whom.active = True
    unlock(session, whom)
    _note(session, "resume_staff", whom, staff_id, now)


def new_phone(session: Session, whom: Staff, *, staff_id: int, now: datetime) -> None:
    """The telephone is lost; see `forget_second_factor`."""
    forget_second_factor(session, whom.email)
    end_all(session, whom, now=now)
    _note(session, "forget_second_factor", whom, staff_id, now)


def new_password(session: Session, whom: Staff, password_hash: str, *, staff_id: int, now: datetime) -> None:
    """A fresh password, told by the administrator; signed out everywhere and no longer locked."""
    whom.password = password_hash
    unlock(session, whom)
    _sign_out(whom)
    end_all(session, whom, now=now)
    _note(session, "new_password", whom, staff_id, now)


def end_everywhere(session: Session, whom: Staff, *, staff_id: int, now: datetime) -> None:
    """Signed out in every browser."""
    _sign_out(whom)
    end_all(session, whom, now=now)
    _note(session, "end_sign_ins", whom, staff_id, now)


# ── wrong passwords ──


def is_locked(whom: Staff, *, now: datetime) -> bool:
    return whom.locked_until is not None and whom.locked_until > now


def count_failure(session: Session, whom: Staff, *, at_second_factor: bool, now: datetime) -> bool:
    """A wrong password or number. Too many in a row lock the account for a while. True: it is locked now.

    Who fails at the second factor knows the password; locking ends that half-done sign-in too.
    """
    kept = desk_rules.rules(session)
    session.execute(update(Staff).where(Staff.id == whom.id).values(failed_sign_ins=Staff.failed_sign_ins + 1))
    locking = (
        update(Staff)
        .where(Staff.id == whom.id, Staff.failed_sign_ins >= kept.wrong_sign_ins)
        .values(failed_sign_ins=0, locked_until=now + timedelta(minutes=kept.locked_minutes))
    )
    is_now_locked = rows_changed(session, locking) == 1
    session.refresh(whom)
    if is_now_locked:
        if at_second_factor:
            _sign_out(whom)
        _note(session, "lock_out", whom, None, now)
    return is_now_locked


def unlock(session: Session, whom: Staff) -> None:
    whom.failed_sign_ins, whom.locked_until = 0, None


# ── sign-ins ──


def sign_in(session: Session, whom: Staff, *, browser: str, how: str, now: datetime) -> SignIn:
    """A browser is signed in from now on."""
    unlock(session, whom)
    begun = SignIn(id=secrets.token_hex(16), staff_id=whom.id, begun_at=now, seen_at=now, browser=browser[:200])
    session.add(begun)
    audit.record(session, "sign_in", staff_id=whom.id, now=now, kind="staff", record_id=whom.id, details={"how": how})
    return begun


def sign_in_of(session: Session, sign_in_id: str) -> SignIn | None:
    """The sign-in with this id, unless it was ended."""
    found = session.get(SignIn, sign_in_id) if sign_in_id else None
    return None if found is None or found.ended_at is not None else found


def is_seen_long_ago(one: SignIn, *, now: datetime) -> bool:
    return now - one.seen_at >= SEEN_EVERY


def seen(session: Session, sign_in_id: str, *, now: datetime) -> None:
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now))


def end(session: Session, sign_in_id: str, *, of: int, now: datetime) -> bool:
    """End one sign-in of this account. False when it is not theirs or over already."""
    ending = update(SignIn).where(SignIn.id == sign_in_id, SignIn.staff_id == of, SignIn.ended_at.is_(None))
    return rows_changed(session, ending.values(ended_at=now)) == 1


def end_all(session: Session, whom: Staff, *, now: datetime) -> None:
    """End every sign-in of this account."""
    session.execute(update(SignIn).where(SignIn.staff_id == whom.id, SignIn.ended_at.is_(None)).values(ended_at=now))


def sign_ins(session: Session, whom: Staff, *, now: datetime) -> Sequence[SignIn]:
    """Those that are not over, the newest first."""
    ours = select(SignIn).where(SignIn.staff_id == whom.id, SignIn.ended_at.is_(None))
    return session.scalars(ours.where(SignIn.seen_at > now - SHOWN_BACK).order_by(SignIn.seen_at.desc())).all()


def last_seen(session: Session) -> dict[int, datetime]:
    """When each member of staff was last there."""
    rows = session.execute(select(SignIn.staff_id, func.max(SignIn.seen_at)).group_by(SignIn.staff_id))
    return {row[0]: row[1] for row in rows}


def _hash(session: Session, email: str) -> str:
    return key_of(session, "staff email", email.strip().lower())


def _known(session: Session, email: str) -> Staff:
    staff = find(session, email)
    if staff is None:
        raise NoSuchStaff(email)
    return staff


def _sign_out(whom: Staff) -> None:
    whom.fs_uniquifier = secrets.token_hex(16)


def _must_not_be_the_last(session: Session, whom: Staff) -> None:
    others = (
        one
        for one in everybody(session)
        if one.active and one.id != whom.id and any(role.name == RoleName.ADMINISTRATOR for role in one.roles)
    )
    if next(others, None) is None and any(role.name == RoleName.ADMINISTRATOR for role in whom.roles):
        raise LastAdministrator


def _note(session: Session, deed: str, whom: Staff, staff_id: int | None, now: datetime) -> None:
    audit.record(session, deed, staff_id=staff_id, now=now, kind="staff", record_id=whom.id)


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
