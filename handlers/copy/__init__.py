"""What the bot says, one function for each moment. Japanese is the source; Babel catalogues hold other languages.

`_` looks the sentence up in the resident's language, which the router sets for each turn.
"""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from bot.services import wording

CATALOGUES = Path(__file__).parent / "translations"

_language: ContextVar[str] = ContextVar("language", default="ja")


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("bot", CATALOGUES, [language], fallback=True)


def _(sentence: str) -> str:
    """The sentence in the language being spoken; in Japanese as the council words it, where there is no translation."""
    translated = _catalogue(_language.get()).gettext(sentence)
    return wording.of(sentence) if translated == sentence else translated


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language (`ja`, `en`, …) inside the block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)
