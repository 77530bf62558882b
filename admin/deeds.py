"""What whoever is signed in did, and looked at, on record."""

from flask import current_app, g
from flask_security import current_user

from bot.services import audit


def on_record(deed: str, kind: str, record_id: object) -> None:
    """A deed is kept together with what it changed."""
    audit.record(g.session, deed, staff_id=current_user.id, now=g.now, kind=kind, record_id=record_id)


def looked(deed: str, kind: str, record_id: object = "") -> None:
    """Looking at people's words and numbers, or taking figures out, is a deed of its own, kept whatever follows."""
    with current_app.extensions["store"].turn() as session:
        audit.record(session, deed, staff_id=current_user.id, now=g.now, kind=kind, record_id=record_id)
