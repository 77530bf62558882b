"""案内の中身: what residents are told. One blueprint, one module for each job of keeping it true.

listing      the list of entries, and what of it is looked for
entries      one entry: its page, the edit form with the card as residents see it
states       publishing, pausing, confirming, archiving; history
confirming   what nobody verified for long, and drafts to confirm
questions    what residents asked and did not get, needs by district, items for the district councils
looked_for   what residents looked for, counted
sheet        chosen entries on paper
moving       files in and out
taxonomy     categories and synonyms
"""

from collections.abc import Callable
from typing import Any

from flask import Flask

from admin.knowledge import confirming, entries, listing, looked_for, moving, questions, sheet, states, taxonomy
from admin.knowledge.room import knowledge
from bot.conversation import Cards

__all__ = [
    "confirming", "entries", "listing", "looked_for", "moving", "questions", "set_up", "sheet", "states", "taxonomy",
]  # fmt: skip


def set_up(app: Flask, *, library: Any, draw_cards: Callable[..., Cards]) -> None:
    """`draw_cards` draws entries as a resident sees them, `library` finds them as a resident would."""
    app.extensions["library"], app.extensions["draw_cards"] = library, draw_cards
    app.register_blueprint(knowledge)
