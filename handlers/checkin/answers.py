"""Each day's answer, by a tap, a sticker or free words; and that whatever somebody does is a sign of life."""

import re

from bot.conversation import STAY, Reply, Stay, Tap, Turn
from bot.services import outgoing, threads
from bot.services.checkins import contacts, disasters, plans, signs, unreachable
from bot.store.residents import Thread
from handlers.checkin.plan import LONGEST_NAME, flow
from handlers.copy import checkin as say
from handlers.copy import checkin_heard as heard_words
from handlers.copy import common
from knowledge.search.words import fold_kana, normalise

ANSWERS = ("checkin.fine", "checkin.uneasy", "checkin.talk")
"""The taps whose own handlers end what was waiting, because they say more than that somebody is alive."""


def note_life(turn: Turn) -> signs.Heard | None:
    """Whatever somebody does is a sign of life: what waited for one is over, whoever answers in the thread.

    Leaving is none, and neither is taking a message back, which a helper may do on the person's phone.
    """
    plan = plans.of(turn.session, turn.resident.id)
    if turn.heard == "unfollowed":
        if plan is not None:
            unreachable.lost(turn.session, plan, now=turn.now)
        for one in contacts.watched_by(turn.session, turn.resident):
            contacts.have_somebody_else_found(turn.session, one, now=turn.now)
        return None
    if turn.heard == "unsent" or turn.tapped in ANSWERS or turn.tapped.startswith("disaster."):
        return None
    if turn.heard == "followed":
        if plan is not None:
            unreachable.found(turn.session, plan, now=turn.now)
        for one in contacts.watched_by(turn.session, turn.resident):
            contacts.is_back(turn.session, one, now=turn.now)
    disasters.hear(turn.session, turn.resident, "sign", now=turn.now)
    kind = "words" if turn.heard == "text" else "sign"
    heard = signs.hear(turn.session, turn.resident, kind, now=turn.now)
    if heard is not None:
        _tell_contacts(turn, heard)
    return heard


def hear_fine(turn: Turn) -> Reply:
    heard = signs.hear(turn.session, turn.resident, "fine", now=turn.now)
    if heard is None:
        return Reply(say.thank_you(was_alarm=False), is_safety=True)
    _tell_contacts(turn, heard)
    return Reply(say.thank_you(was_alarm=heard.was_alarm), wait_for=_same(turn), is_safety=True)


def hear_uneasy(turn: Turn) -> Reply:
    heard = signs.hear(turn.session, turn.resident, "uneasy", now=turn.now)
    return _worried(turn, heard, "uneasy")


def hear_talk(turn: Turn) -> Reply:
    heard = signs.hear(turn.session, turn.resident, "talk", now=turn.now)
    return _worried(turn, heard, "talk")


def _worried(turn: Turn, heard: signs.Heard | None, kind: str) -> Reply:
    if heard is None or heard.case is None:
        from handlers import handoff  # no plan (any more): to a person all the same

        return handoff.ask_consent(turn)
    _tell_contacts(turn, heard)
    if kind == "talk":
        ways = (Tap(say.talk_now(), "menu.person"), *common.office_actions(turn.council))
        return Reply(say.we_will_talk(heard.case.promised_on), ways, is_safety=True)
    listens = hear_why if threads.owner_of(turn.thread) == "bot" else None
    return Reply(say.we_hear_you_are_uneasy(heard.case.promised_on), wait_for=listens, is_safety=True)


WHY = "checkin.why"


@flow.step("why")
def hear_why(turn: Turn) -> Reply:
    """What makes them uneasy goes to the staff, with the case; the conversation itself is what staff read."""
    if turn.heard != "text":
        return Reply(say.what_you_wrote_was_passed_on())
    signs.hear(turn.session, turn.resident, "uneasy", words=turn.said, now=turn.now)
    return Reply(say.what_you_wrote_was_passed_on(), (Tap(say.talk_now(), "menu.person"),))


def hear_words(turn: Turn) -> Reply | None:
    """Free words that answer a check-in. None: they are about something else, and the usual walk answers them."""
    if turn.life is None or not turn.life.ended:
        return None
    meaning = how_they_are(turn.said)
    for kind in ("talk", "uneasy"):
        if meaning == kind:
            case = signs.worry_after_all(turn.session, turn.life, kind, turn.resident, words=turn.said, now=turn.now)
            if kind == "talk":
                return Reply(say.we_will_talk(case.promised_on), (Tap(say.talk_now(), "menu.person"),))
            return Reply(say.we_hear_you_are_uneasy(case.promised_on), wait_for=hear_why)
    if meaning == "fine":
        return Reply(say.thank_you(was_alarm=turn.life.was_alarm), wait_for=_same(turn))
    return None


def note_worry(turn: Turn) -> None:
    """Words that show danger are answered as such; where they answered a check-in, staff see there that they worry."""
    if turn.life is not None and turn.life.ended and (kind := how_they_are(turn.said)) in ("uneasy", "talk"):
        signs.worry_after_all(turn.session, turn.life, kind, turn.resident, words=turn.said, now=turn.now)


def is_answer_first(turn: Turn) -> bool:
    """Whether something was asked by a check-in after the open conversation last was: then words answer that."""
    since = turn.thread.step_since
    ended = turn.life.ended if turn.life is not None else []
    return since is not None and any(one.sent_at is not None and one.sent_at > since for one in ended)


def says_just_well(turn: Turn) -> bool:
    """Whether a check-in is answered in one of the phrases that say nothing but that all is well. The search for danger
    takes some of them for a cry: 「生きてるで」, and most in a language it does not know."""
    if turn.life is None or not turn.life.ended:
        return False
    return normalise(turn.said).strip(heard_words.ENDS) in heard_words.just_well()


def how_they_are(said: str) -> str:
    """What free words say: `talk`, `uneasy`, `fine`, or nothing. Worry is looked for first, so that 「元気やけど、
    ひざが痛い」 worries; 「心配いらん」 does not."""
    written = normalise(said)
    bare = _plain(written)
    for calm in heard_words.calm_words():
        bare = bare.replace(_plain(calm), "元気")

    def holds(words: tuple[str, ...]) -> bool:
        return any(_is_in(_plain(word), bare) for word in words)

    if holds(heard_words.talk_words()):
        return "talk"
    if holds(heard_words.uneasy_words()):
        return "uneasy"
    if written.strip(heard_words.ENDS) in heard_words.just_well():
        return "fine"
    is_short = len(written) <= LONGEST_NAME and not holds(heard_words.asking_words())
    is_yes = bare.strip(heard_words.ENDS) in {_plain(word) for word in heard_words.yes_words()}
    return "fine" if is_short and (is_yes or holds(heard_words.fine_words())) else ""


def _plain(words: str) -> str:
    return fold_kana(words).replace(" ", "") if not words.isascii() else words


def _is_in(word: str, said: str) -> bool:
    """Latin letters are looked for as whole words, so that 「ok」 is not found in 「book」."""
    if not word.isascii() or not word.isalnum():
        return word in said
    return re.search(rf"(?<![a-z]){word}(?![a-z])", said) is not None


def thank(turn: Turn) -> Reply | None:
    """A sticker or a picture as the answer. None when nothing was waiting."""
    if turn.life is None or not turn.life.ended:
        return None
    return Reply(say.thank_you(was_alarm=turn.life.was_alarm))


def _same(turn: Turn) -> Stay | None:
    """An answer in between leaves an open conversation as it is."""
    if turn.thread.step == WHY:
        return None  # yesterday's unease does not colour today's answer
    return STAY if turn.thread.step and threads.owner_of(turn.thread) == "bot" else None


def _tell_contacts(turn: Turn, heard: signs.Heard) -> None:
    """「今日の返事がありました」, to those who may hear it."""
    if not heard.ended:
        return
    for one in contacts.hearing_responses(turn.session, heard.plan):
        thread = turn.session.query(Thread).filter_by(resident_id=one.resident_id).one_or_none()
        if thread is not None and one.resident is not None and one.resident.is_following:
            outgoing.say(
                turn.session,
                thread,
                one.resident,
                [say.todays_response_came()],
                now=turn.now,
                message_class="reminder",
                retry_key=outgoing.retry_key(f"response:{heard.ended[-1].id}:{one.id}"),
            )
