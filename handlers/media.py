"""Stickers, pictures, sound, films, files: a kind sentence and the menu.

resident  (sends a sticker)
bot       スタンプをありがとうございます。      [相談先をさがす] …
"""

from bot.conversation import Reply, Turn
from handlers.copy import common
from handlers.copy import menu as say


def thank(turn: Turn) -> Reply:
    words = say.nice_sticker() if turn.heard == "sticker" else say.cannot_look_at_it()
    return Reply(words, common.menu_choices())
