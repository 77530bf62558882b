"""Greeting, thanks, help, and the doors of the menu whose rooms are still being built.

resident  こんにちは
bot       こんにちは。困っていることや知りたいことを、ふだんの言葉で書いてください。   [相談先をさがす] …
"""

from bot.conversation import Message, Reply, Turn
from bot.services import threads
from handlers.copy import common
from handlers.copy import lookup as say_lookup
from handlers.copy import menu as say
from knowledge import hours
from knowledge.library import is_night

NIGHT_LINES = ("tel-yorisoi", "inochi-dial", "tel-7119")


def hello(turn: Turn) -> Reply:
    return Reply(say.hello(turn.now.hour), common.menu_choices())


def you_are_welcome(turn: Turn) -> Reply:
    return Reply(say.you_are_welcome(), common.menu_choices())


def help_(turn: Turn) -> Reply:
    return Reply(say.what_i_can_do(), common.menu_choices())


def ask_what_is_the_matter(turn: Turn) -> Reply:
    return say_and_offer_topics(turn)


def say_and_offer_topics(turn: Turn) -> Reply:
    from handlers import lookup  # lookup offers the menu as well; this avoids a circle at import time

    return Reply(say.ask_what_is_the_matter(), lookup.topic_choices(turn))


def talk_to_a_person(turn: Turn) -> Reply:
    """The office's telephone; when nobody is there, the lines that are open through the night too."""
    known = hours.read(turn.council.hours)
    messages: list[Message] = [say.talk_to_a_person(turn.council, known is not None)]
    if is_night(turn.now) or (known is not None and not known.is_open(turn.now)):
        lines = [turn.library.resource(turn.session, one) for one in NIGHT_LINES]
        reachable = [line for line in lines if line is not None]
        if reachable:
            messages += [say.night_lines_follow(), say_lookup.cards(reachable, now=turn.now, council=turn.council)]
    return Reply(tuple(messages), common.menu_choices())


def checkins(turn: Turn) -> Reply:
    return Reply(say.checkin_is_being_prepared(turn.council), common.menu_choices())


def back_to_bot(turn: Turn) -> Reply:
    threads.give_to_bot(turn.thread)
    return Reply(say.what_i_can_do(), common.menu_choices())
