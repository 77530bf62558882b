"""How often one address may knock at a page that is open to all.

Addresses are counted under a keyed hash, so that what is counted leads to nobody who has not the key as well.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable

from flask import Flask, request
from flask_limiter import Limiter

from bot.store import rates  # noqa: F401 - makes `database://` known
from bot.store.engine import Store

PAGES = "600 per minute"  # an open room renews itself twenty times a minute, and telephones share addresses


def address_under(key: bytes) -> Callable[[], str]:
    """The sender's address as a keyed hash."""

    def address() -> str:
        return hmac.new(key, (request.remote_addr or "").encode(), hashlib.sha256).hexdigest()[:32]

    return address


def against_floods(pages: Flask) -> None:
    """A limit over all pages together, counted in this process under a key that it forgets when it ends."""
    Limiter(address_under(secrets.token_bytes(32)), app=pages, application_limits=[PAGES], storage_uri="memory://")


def counted(app: Flask, *, store: Store, secret_key: str, url: str) -> Limiter:
    """Limits for single doors, counted where `url` says. A place to count that is away does not shut the doors: then
    this process counts alone."""
    return Limiter(
        address_under(secret_key.encode()),
        app=app,
        storage_uri=url,
        storage_options={"store": store} if url.startswith("database:") else {},  # type: ignore[dict-item]
        in_memory_fallback_enabled=True,
    )
