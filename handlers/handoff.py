"""Talking with a person.

resident  母の物忘れがひどい … 人に相談したい
bot       (card: the council's telephone)
bot       読むのは社協の職員だけです。相談がおわって1年たつと消します。…   [はじめる] [いまはやめる]
resident  はじめる
bot       受けつけました。あす11時までにお返事します。…           (card: 相談ルームをひらく)   [ことがらを直す: 介護] …
          (from now on the bot is silent; 「ボットに戻る」 brings it back)

Where the council lets people write on LINE itself, the question has two buttons, and the answers come in the chat.
"""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from bot.conversation import STAY, Action, Choice, Flow, Message, Reply, Tap, Turn
from bot.services import consultation, on_call, room, threads, topics
from bot.services.cases import closing, finding, hearing, opening
from bot.store.cases import Case
from bot.store.knowledge import Answer, Resource
from bot.store.talk import Utterance
from handlers.copy import common
from handlers.copy import handoff as say
from handlers.copy import lookup as say_lookup
from knowledge import hours
from knowledge.library import is_night

flow = Flow("handoff")
NIGHT_LINES = ("tel-yorisoi", "inochi-dial", "tel-7119")
JUST_SAID = timedelta(hours=1)
TOPIC_OF_CATEGORY = {
    "高齢・介護": "care",
    "認知症": "care",
    "子育て": "children",
    "子ども・若者": "children",
    "障害": "disability",
    "生活困窮": "money",
    "貸付・給付": "money",
    "食の支援": "money",
    "住まい": "money",
    "仕事": "money",
    "多重債務・消費生活": "money",
    "こころの健康": "loneliness",
    "ひきこもり": "loneliness",
}


@flow.opens
def ask_consent(turn: Turn) -> Reply:
    """The office's telephone, the lines open at night, who reads what is written, and the offer to begin."""
    open_one = finding.open_case(turn.session, turn.resident)
    if open_one is not None and open_one.agreed_at is not None:
        return go_on(turn, open_one)
    known = hours.read(turn.council.hours)
    rules = consultation.rules(turn.session)
    messages: list[Message] = [say.telephone(turn.council, known is not None)]
    if night := night_lines(turn):
        messages.append(night)
    messages.append(say.consent(rules.keep_days, is_room=rules.ways[0] == "room"))
    choices: list[Choice] = [Choice(way, say.begin(way, is_only_one=len(rules.ways) == 1)) for way in rules.ways]
    if (closed := finding.last_closed(turn.session, turn.resident, now=turn.now)) is not None and closed.agreed_at:
        choices.insert(0, Choice("again", say.go_on_with_last()))
    ways_out = (Choice("call", say.call_me()), Choice("no", say.not_now()))
    return Reply(tuple(messages), (*choices, *ways_out), wait_for=hear_consent)


def after_two_misses(turn: Turn) -> Reply:
    """「ちがう」 twice: the bot does not guess on, but leads to people at once."""
    offered = ask_consent(turn)
    if offered.wait_for is None:
        return offered  # people have the case already
    *_before, asked = offered.said
    sorry = say_lookup.shall_a_person_help(turn.council)
    night = night_lines(turn)
    words = (sorry, asked) if night is None else (sorry, night, asked)
    return Reply(words, offered.choices, wait_for=hear_consent)


def night_lines(turn: Turn) -> Message | None:
    """Who can be telephoned now that the office is closed; None while it is open."""
    known = hours.read(turn.council.hours)
    if not is_night(turn.now) and (known is None or known.is_open(turn.now)):
        return None
    reachable = turn.library.resources(turn.session, NIGHT_LINES)
    return say_lookup.cards(reachable, now=turn.now, council=turn.council) if reachable else None


@flow.step("consent")
def hear_consent(turn: Turn) -> Reply:
    rules = consultation.rules(turn.session)
    if turn.choice == "no":
        return Reply(say.whenever_you_like(), common.menu_choices())
    if turn.choice == "again":
        return again(turn)
    if turn.choice == "call":
        return call_me(turn, rules.ways[0])
    way = rules.ways[0] if turn.heard == "text" and say.is_yes(turn.said) else turn.choice
    if way not in rules.ways:
        return _leave_for_what_was_said(turn) if turn.heard == "text" else Reply(say.choose(), wait_for=STAY)
    open_one = finding.open_case(turn.session, turn.resident)
    if open_one is not None and open_one.topic:  # staff invited, and know what it is about
        return _open(turn, open_one.topic, way)
    if (topic := guess_topic(turn)) is not None:
        return _open(turn, topic, way, is_guessed=True)
    return Reply(say.ask_topic(is_room=way == "room"), topic_choices(turn), wait_for=hear_topic, remember={"way": way})


def _leave_for_what_was_said(turn: Turn) -> Reply:
    """Somebody who tells their trouble instead of choosing is answered by the bot; nobody is handed on unasked."""
    from handlers import fallback, intents, lookup  # they lead here themselves; this avoids a circle at import time

    return intents.answer(turn) or lookup.find(turn) or fallback.offer(turn)


@flow.step("topic")
def hear_topic(turn: Turn) -> Reply:
    """Whatever is said here goes to people: a topic, or the trouble itself."""
    is_chosen = turn.choice in topics.words_of(turn.session)
    topic = turn.choice if is_chosen else _topic_of(turn, turn.said) or topics.ALWAYS
    return _open(turn, topic, turn.memory.get("way", "line"))


def _open(turn: Turn, topic: str, way: str, *, is_guessed: bool = False) -> Reply:
    opened = opening.begin_talk(
        turn.session, turn.resident, turn.thread,
        topic=topic, way="room" if way == "room" else "line", consent=say.CONSENT_VERSION, now=turn.now,
    )  # fmt: skip
    promised = (opened.promised_by or turn.now).astimezone(turn.now.tzinfo)
    guessed = topic_words(turn, topic) if is_guessed else ""
    words: tuple[Message, ...] = (say.received(promised, turn.today, guessed, is_room=way == "room"),)
    if opened.way == "room":
        words = (*words, say.room_door(room_url(turn, opened)))
    return Reply(words, ways_on(is_guessed=is_guessed), is_safety=True)


def call_me(turn: Turn, way: str) -> Reply:
    """A call instead of writing: the case is opened all the same, and a time is chosen."""
    from handlers import callback  # a call-back belongs to a case; this avoids a circle at import time

    _open(turn, guess_topic(turn) or "other", way)
    return replace(callback.ask_when(turn), is_safety=True)


def go_on(turn: Turn, open_one: Case) -> Reply:
    """The resident has an open case: people answer in it, and the bot steps back again."""
    threads.give_to_person(turn.thread)
    promised = None if open_one.answered_at else open_one.promised_by
    words: tuple[Message, ...] = (say.still_with_people(promised and promised.astimezone(turn.now.tzinfo), turn.today),)
    if open_one.way == "room":
        words = (*words, say.room_door(room_url(turn, open_one)))
    return Reply(words, ways_on(), is_safety=True)


def again(turn: Turn) -> Reply:
    """The case that was closed lately goes on."""
    open_one = finding.open_case(turn.session, turn.resident)
    if open_one is None:
        within = timedelta(days=consultation.rules(turn.session).reopen_days)
        open_one = opening.reopen(turn.session, turn.resident, turn.thread, within=within, now=turn.now)
    return go_on(turn, open_one) if open_one is not None and open_one.agreed_at else ask_consent(turn)


def correct_topic(turn: Turn) -> Reply:
    """One tap on what the bot had guessed wrong; without a value it asks which."""
    open_one = finding.open_case(turn.session, turn.resident)
    if open_one is None:
        return Reply(say.nothing_open(), common.menu_choices())
    if turn.choice not in topics.words_of(turn.session):
        offered = tuple(Tap(one.label, "handoff.topic", one.value) for one in topic_choices(turn))
        return Reply(say.which_topic(), offered, is_safety=True)
    open_one.topic = turn.choice
    return Reply(say.topic_is_now(topic_words(turn, turn.choice)), ways_on(), is_safety=True)


def open_room(turn: Turn) -> Reply:
    """A new link into the room: the old one was used, or is too old."""
    open_one = finding.open_case(turn.session, turn.resident)
    if open_one is None or open_one.way != "room":
        return again(turn)
    return Reply(say.room_door(room_url(turn, open_one)), (say.back_to_bot(),), is_safety=True)


def hear_useful(turn: Turn) -> Reply:
    case_id, _, verdict = turn.choice.partition(":")
    closed = turn.session.get(Case, int(case_id)) if case_id.isascii() and case_id.isdigit() else None
    if closed is None or closed.resident_id != turn.resident.id:
        return Reply(say.nothing_open(), common.menu_choices())
    closing.rate(turn.session, closed, was_useful=verdict == "yes")
    days = consultation.rules(turn.session).reopen_days
    return Reply(say.thanks_for_telling(days, is_useful=verdict == "yes"), (say.go_on_button(), *common.menu_choices()))


def ways_on(*, is_guessed: bool = False) -> tuple[Action, ...]:
    """What can be tapped while people answer."""
    topic = (Tap(say.another_topic(), "handoff.topic"),) if is_guessed else ()
    return (*topic, Tap(say.call_me(), "callback.ask"), say.back_to_bot())


def topic_choices(turn: Turn) -> tuple[Choice, ...]:
    return tuple(Choice(one.name, topic_words(turn, one.name)) for one in topics.offered(turn.session))


def topic_words(turn: Turn, name: str) -> str:
    """As the council words it, else in the resident's language."""
    return topics.own_words(turn.session, name) or say.topic(name)


def guess_topic(turn: Turn) -> str | None:
    """What the trouble is about, from what was said lately; None when nothing tells of a topic that is offered."""
    offered = {one.name for one in topics.offered(turn.session)}
    lately = select(Utterance.words).where(
        Utterance.resident_id == turn.resident.id,
        Utterance.speaker == "resident",
        Utterance.said_at > turn.now - JUST_SAID,
        Utterance.words.is_not(None),
    )
    for words in turn.session.scalars(lately.order_by(Utterance.id.desc()).limit(6)):
        if (topic := _topic_of(turn, words)) is not None:
            return topic if topic in offered else None
    return None


def _topic_of(turn: Turn, words: str) -> str | None:
    """The topic of the entry that surely answers these words."""
    found = turn.library.search(words, now=turn.now)
    if found.outcome != "sure":
        return None
    rows: list[Answer | Resource] = turn.library.read(turn.session, [found.hits[0].entry.key])
    return TOPIC_OF_CATEGORY.get(rows[0].category) if rows else None


def room_url(turn: Turn, case: Case) -> str:
    return f"{turn.public_url}/room/{room.open_link(turn.session, case, now=turn.now)}"


def back_to_bot(turn: Turn) -> Reply:
    """The case stays with people; only the answers come from the bot again."""
    threads.give_to_bot(turn.thread)
    open_one = finding.open_case(turn.session, turn.resident)
    return Reply(say.bot_is_back(is_open=open_one is not None), common.menu_choices())


def pass_on(turn: Turn) -> Reply:
    """What is said while a person answers is for that person; the bot is silent.

    Where the talk is in the room, words on LINE reach staff too, but the next ones belong in the room.
    """
    heard = hearing.hear(turn.session, turn.resident, now=turn.now)
    is_file = turn.heard in ("picture", "sound", "film", "file")
    if heard is not None and is_file and heard.way == "line":
        return Reply(say.only_words_here(), is_safety=True)  # or both would wait: she for an answer, staff for words
    if heard is None or heard.way != "room" or not (is_file or turn.heard == "text"):
        return Reply()
    return Reply(say.better_in_the_room(room_url(turn, heard), is_file=is_file), (say.back_to_bot(),), is_safety=True)


def came_late(turn: Turn) -> bool:
    """Whether this was written to the person who closed the case meanwhile: then it opens it again, for people."""
    written_at = turn.written_at or turn.now
    late = hearing.hear_late(turn.session, turn.resident, turn.thread, written_at=written_at, now=turn.now)
    if late and turn.message_hash and (open_one := finding.open_case(turn.session, turn.resident)) is not None:
        same = update(Utterance).where(Utterance.message_hash == turn.message_hash)
        turn.session.execute(same.values(case_id=open_one.id))
    return late


def hear_on_call_code(turn: Turn) -> Reply | None:
    """「当番登録 …」 from somebody on call. None when it is something else."""
    code = say.on_call_code(turn.said)
    if not code:
        return None
    linked = on_call.link(turn.session, code, turn.resident)
    return Reply(say.on_call_linked() if linked else say.on_call_unknown())
