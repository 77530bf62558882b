"""Each day's answer, by a tap, a sticker or free words; and that whatever somebody does is a sign of life."""

from bot.conversation import STAY, Reply, Stay, Tap, Turn
from bot.services import outgoing, threads
from bot.services.checkins import contacts, disasters, plans, signs
from bot.store.residents import Thread
from handlers.checkin.plan import LONGEST_NAME, flow
from handlers.copy import checkin as say
from handlers.copy import checkin_heard as heard_words
from handlers.copy import common
from knowledge.search.words import normalise


def note_life(turn: Turn) -> signs.Heard | None:
    """Whatever somebody does is a sign of life: what waited for one is over, whoever answers in the thread.

    Leaving is none, and neither is taking a message back, which a helper may do on the person's phone.
    """
    if turn.heard == "unfollowed":
        plans.lost(turn.session, turn.resident, now=turn.now)
        return None
    if turn.heard == "unsent" or turn.tapped.startswith(("checkin.", "disaster.")):
        return None
    if turn.heard == "followed":
        plans.found(turn.session, turn.resident, now=turn.now)
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
    said = normalise(turn.said)
    for kind, words in (("talk", heard_words.talk_words()), ("uneasy", heard_words.uneasy_words())):
        if any(word in said for word in words):
            case = signs.worry_after_all(turn.session, turn.life, kind, turn.resident, words=turn.said, now=turn.now)
            if kind == "talk":
                return Reply(say.we_will_talk(case.promised_on), (Tap(say.talk_now(), "menu.person"),))
            return Reply(say.we_hear_you_are_uneasy(case.promised_on), wait_for=hear_why)
    asks = any(word in said for word in heard_words.asking_words())
    if len(said) <= LONGEST_NAME and not asks and any(word in said for word in heard_words.fine_words()):
        return Reply(say.thank_you(was_alarm=turn.life.was_alarm))
    return None


def thank(turn: Turn) -> Reply | None:
    """A sticker or a picture as the answer. None when nothing was waiting."""
    if turn.life is None or not turn.life.ended:
        return None
    return Reply(say.thank_you(was_alarm=turn.life.was_alarm))


def _same(turn: Turn) -> Stay | None:
    """An answer in between leaves an open conversation as it is."""
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
