"""What the house says of its own accord: services name it, here are the words, found when it is delivered.

room_reply      an answer waits in the consultation room        link
was_it_useful   after a case was closed                         case
promise_renewed nobody could answer by the promised hour        by
we_call         staff are about to telephone                    call
we_called       nobody took the telephone
invitation      staff would like to talk
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversation import Action, Cards, Notice, Tap, Text
from bot.services import council, wording
from bot.store.callbacks import Callback
from handlers.copy import callback as say_callback
from handlers.copy import handoff as say
from handlers.copy import speaking


@dataclass(frozen=True)
class Around:
    """What a notice may look at while its words are found."""

    session: Any  # sqlalchemy.orm.Session, for looking only
    now: datetime
    public_url: str


@dataclass(frozen=True)
class Spoken:
    """The words of a notice, and what can be tapped under them."""

    message: Text | Cards
    choices: tuple[Action, ...] = ()


def room_reply(facts: Mapping[str, str], around: Around) -> Spoken:
    return Spoken(say.a_reply_waits(f"{around.public_url}/room/{facts['link']}"), (say.new_link(),))


def was_it_useful(facts: Mapping[str, str], around: Around) -> Spoken:
    return Spoken(say.was_it_useful(), say.useful_choices(facts["case"]))


def promise_renewed(facts: Mapping[str, str], around: Around) -> Spoken:
    promised = datetime.fromisoformat(facts["by"]).astimezone(around.now.tzinfo)
    return Spoken(say.sorry_for_waiting(promised, around.now.date()), (Tap(say.call_me(), "callback.ask"),))


def we_call(facts: Mapping[str, str], around: Around) -> Spoken:
    call = around.session.get(Callback, int(facts["call"]))
    at = call.starts_at.astimezone(around.now.tzinfo)
    return Spoken(say_callback.we_call(council.about(around.session), at, call.shared_word or ""))


def we_called(facts: Mapping[str, str], around: Around) -> Spoken:
    return Spoken(say_callback.we_called(), (Tap(say_callback.another_time(), "callback.ask"),))


def invitation(facts: Mapping[str, str], around: Around) -> Spoken:
    return Spoken(say.invitation(council.about(around.session)), (Tap(say.talk_with_staff(), "menu.person"),))


NOTICES: dict[str, Callable[[Mapping[str, str], Around], Spoken]] = {
    "room_reply": room_reply,
    "was_it_useful": was_it_useful,
    "promise_renewed": promise_renewed,
    "we_call": we_call,
    "invitation": invitation,
    "we_called": we_called,
}


def speak(session: Any, notice: Notice, *, language: str, now: datetime, public_url: str) -> Spoken:
    """The words of a notice, in the resident's language and as the council words them.

    KeyError for one that has no words, which is a programming error.
    """
    wording.refresh(session)
    with speaking(language):
        return NOTICES[notice.name](notice.facts, Around(session, now, public_url))
