"""相談: the pages of cases. One blueprint, one module for each thing staff do there.

board      the list, alarms on top of every page, being on duty
page       one case: what was said, and what became of it
answers    words, drafts, ready-made replies, cards
moves      looked at, taken, handed on, put on hold
notes      what staff tell each other, who works along
referring  to another agency
closing    with a second look where there was danger
words      the words for what is stored
"""

from flask import Flask

from admin.cases import answers, closing, moves, notes, page, referring
from admin.cases.board import cases

__all__ = ["answers", "closing", "moves", "notes", "page", "referring", "set_up"]


def set_up(app: Flask) -> None:
    app.register_blueprint(cases)
