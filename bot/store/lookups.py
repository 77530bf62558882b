"""Finding a row by what is encrypted in it: a keyed hash, under a secret that lies encrypted in the database."""

from sqlalchemy.orm import Session

from bot.store import ciphers
from bot.store.running import StoredSecret


def key_of(session: Session, subject: str, value: str) -> str:
    """The keyed hash of `value`; `subject` keeps uses apart. The same as `Store.key_of`, inside a transaction."""
    secret = session.get(StoredSecret, "lookup")
    if secret is None:
        secret = StoredSecret(name="lookup", value=ciphers.fresh_secret())
        session.add(secret)
        session.flush()
    return ciphers.keyed_hash(secret.value.encode(), subject, value)
