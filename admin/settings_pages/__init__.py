"""設定: what the council sets for itself. Looked at before it counts, takes effect at once, on record.

index        the first page, and what the others share
hours        when the office is open, when the desk answers
closed_days  days on which nobody is there
council      names, numbers, addresses
rules        times, counts, ways to talk
texts        the sentences residents read
topics       what residents can choose a case to be about
keeping      how long what was said and done is kept
"""

from flask import Flask

from admin.settings_pages import closed_days, council, hours, keeping, rules, texts, topics
from admin.settings_pages.index import settings

__all__ = ["closed_days", "council", "hours", "keeping", "rules", "set_up", "texts", "topics"]


def set_up(app: Flask) -> None:
    for pages in (settings, keeping.pages, topics.pages):
        app.register_blueprint(pages)
