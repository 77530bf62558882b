"""Greeting, thanks, help.

resident  こんにちは
bot       こんにちは。困っていることや知りたいことを、ふだんの言葉で書いてください。   [相談先をさがす] …
"""

from bot.conversation import Reply, Turn
from handlers.copy import common
from handlers.copy import menu as say


def hello(turn: Turn) -> Reply:
    return Reply(say.hello(turn.now.hour), common.menu_choices())


def you_are_welcome(turn: Turn) -> Reply:
    return Reply(say.you_are_welcome(), common.menu_choices())


def help_(turn: Turn) -> Reply:
    return Reply(say.what_i_can_do(), common.menu_choices())


def ask_what_is_the_matter(turn: Turn) -> Reply:
    return say_and_offer_topics(turn)


def say_and_offer_topics(turn: Turn) -> Reply:
    from handlers import browse  # which offers the menu as well; this avoids a circle at import time

    return Reply(say.ask_what_is_the_matter(), browse.topic_choices(turn))
