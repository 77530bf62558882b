"""Talking with a person.

resident  人に相談したい
bot       (card: the council's telephone)
bot       ここで職員とやりとりもできます。読むのは職員だけで、… はじめますか。   [はじめる] [やめる]
resident  はじめる
bot       どんなことですか。            [介護] [子育て] …
resident  介護
bot       受けつけました。11月25日（水）のうちに、職員がお返事します。…
          (from now on the bot is silent; 「ボットに戻る」 brings it back)
"""

from bot.conversation import STAY, Choice, Flow, Message, Reply, Turn
from bot.services import cases, threads
from handlers.copy import common
from handlers.copy import handoff as say
from handlers.copy import lookup as say_lookup
from knowledge import hours
from knowledge.library import is_night

flow = Flow("handoff")
NIGHT_LINES = ("tel-yorisoi", "inochi-dial", "tel-7119")


@flow.opens
def ask_consent(turn: Turn) -> Reply:
    """The office's telephone, the lines open at night, and the offer to write here."""
    known = hours.read(turn.council.hours)
    messages: list[Message] = [say.telephone(turn.council, known is not None)]
    if is_night(turn.now) or (known is not None and not known.is_open(turn.now)):
        lines = [turn.library.resource(turn.session, one) for one in NIGHT_LINES]
        if reachable := [line for line in lines if line is not None]:
            messages.append(say_lookup.cards(reachable, now=turn.now, council=turn.council))
    messages.append(say.consent())
    choices = (Choice("begin", say.begin()), Choice("no", say.not_now()))
    return Reply(tuple(messages), choices, wait_for=hear_consent)


@flow.step("consent")
def hear_consent(turn: Turn) -> Reply:
    if turn.choice == "no":
        return Reply(say.whenever_you_like(), common.menu_choices())
    if turn.choice != "begin":
        return Reply(say.choose(), wait_for=STAY)
    return Reply(say.ask_topic(), tuple(Choice(topic, say.topic(topic)) for topic in cases.TOPICS), wait_for=hear_topic)


@flow.step("topic")
def hear_topic(turn: Turn) -> Reply:
    """Whatever is said here goes to people: a topic, or the trouble itself."""
    topic = turn.choice if turn.choice in cases.TOPICS else "other"
    opened = cases.begin_talk(turn.session, turn.resident, turn.thread, topic=topic, now=turn.now)
    return Reply(say.received(opened.promised_on), is_safety=True)


def back_to_bot(turn: Turn) -> Reply:
    """The case stays with people; only the answers come from the bot again."""
    threads.give_to_bot(turn.thread)
    open_one = cases.of(turn.session, turn.resident)
    return Reply(say.bot_is_back(is_open=open_one is not None), common.menu_choices())


def pass_on(turn: Turn) -> Reply:
    """What is said while a person answers is for that person; the bot is silent."""
    cases.hear(turn.session, turn.resident, now=turn.now)
    return Reply()


def hear_on_call_code(turn: Turn) -> Reply | None:
    """「当番登録 …」 from somebody on call. None when it is something else."""
    code = say.on_call_code(turn.said)
    if not code:
        return None
    linked = cases.link_on_call(turn.session, code, turn.resident)
    return Reply(say.on_call_linked() if linked else say.on_call_unknown())
