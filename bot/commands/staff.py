"""`sasaeai staff`: accounts for the desk."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from argon2 import PasswordHasher

from bot.services import audit
from bot.services import staff as accounts
from bot.services.access import TITLES, RoleName
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.staff import Staff


def _store() -> tuple[Settings, Store]:
    settings = Settings.load().must_have("data_keys")
    return settings, Store(settings.database_url, settings.data_keys)


@contextmanager
def _known(email: str) -> Iterator[None]:
    try:
        yield
    except accounts.NoSuchStaff:
        raise click.ClickException(f"{email} has no account; `sasaeai staff list` shows those there are.") from None


@click.group()
def staff() -> None:
    """Who may sign in to the desk."""


@staff.command()
@click.argument("email")
@click.option("--name", required=True, help="As colleagues read it.")
@click.option(
    "--role", type=click.Choice([str(role) for role in RoleName]), default="counsellor", show_default=True,
    help="counsellor 相談員, supervisor 主任, administrator 管理者, viewer 閲覧のみ",
)  # fmt: skip
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
def add(email: str, name: str, role: str, password_stdin: bool) -> None:
    """Add an account. Prints a password when none was given; it can be changed after signing in."""
    settings, store = _store()
    password = sys.stdin.readline().strip() if password_stdin else secrets.token_urlsafe(12)
    if len(password) < 12:
        raise click.ClickException("The password is too short: it needs at least 12 characters.")
    now = datetime.now(settings.zone)
    try:
        with store.turn() as session:
            made = accounts.add(
                session, email, name=name, role=RoleName(role), password_hash=PasswordHasher().hash(password), now=now
            )
            audit.record(session, "add_staff", staff_id=None, now=now, kind="staff", record_id=made.id)
    except accounts.AlreadyThere:
        raise click.ClickException(f"{email} has an account already; nothing was changed.") from None
    click.echo(f"Added {email} as {TITLES[RoleName(role)]}.")
    if not password_stdin:
        click.echo(f"Password: {password}")


@staff.command("list")
def list_() -> None:
    """All accounts with their roles."""
    _, store = _store()
    with store.reading() as session:
        for one in session.query(Staff).order_by(Staff.id):
            roles = "、".join(role.description or role.name for role in one.roles)
            click.echo(f"{one.email}\t{one.name}\t{roles}\t{'' if one.active else '停止中'}")


@staff.command()
@click.argument("email")
def remove(email: str) -> None:
    """The account may no longer sign in, and is signed out everywhere. What it did stays on record."""
    settings, store = _store()
    now = datetime.now(settings.zone)
    with _known(email), store.turn() as session:
        gone = accounts.deactivate(session, email)
        audit.record(session, "remove_staff", staff_id=None, now=now, kind="staff", record_id=gone.id)
    click.echo(f"{email} can no longer sign in.")


@staff.command("new-phone")
@click.argument("email")
def new_phone(email: str) -> None:
    """The telephone with the authenticator app is lost: the next sign-in sets a new one up."""
    settings, store = _store()
    now = datetime.now(settings.zone)
    with _known(email), store.turn() as session:
        one = accounts.forget_second_factor(session, email)
        audit.record(session, "forget_second_factor", staff_id=None, now=now, kind="staff", record_id=one.id)
    click.echo(f"{email} sets up an authenticator app at the next sign-in, and is signed out everywhere.")
