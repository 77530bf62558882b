"""Which handler answers: the one walk every turn takes.

    crisis check → a person owns the thread? → open flow → button → intent → lookup → fallback

The crisis check comes before everything, in every flow and whoever owns the thread. Back, cancel, the menu and a stale
button are this module's business, so that no flow repeats them. What a handler replied is stored as the thread's next
step here; whoever runs the turn commits it.
"""

from dataclasses import asdict, replace
from typing import Any

from bot.conversation import (
    STAY,
    Action,
    Choice,
    PickDate,
    Reply,
    Stay,
    Tap,
    Turn,
    action_from_plain,
    message_from_plain,
    message_to_plain,
    step_name,
)
from bot.services import threads, wording
from handlers import (
    browse,
    checkin,
    crisis,
    fallback,
    farewell,
    handoff,
    intents,
    looked_at,
    lookup,
    media,
    rooms,
    settings,
    welcome,
    worry,
)
from handlers.copy import common, speaking
from handlers.copy import router as say
from knowledge.search.words import fold_kana, normalise

MOST_MESSAGES = 3
BACK, CANCEL = "back", "cancel"
ALWAYS_HEARD = (
    "checkin.fine",
    "checkin.uneasy",
    "checkin.talk",
    "checkin.group_ok",
    "contact.",
    "disaster.",
    "worry.receipt",
)
"""Buttons of check-ins are answered whoever answers in the thread, and leave an open conversation as it is."""


def answer(turn: Turn) -> Reply:
    """The bot's reply to one turn, with the thread's next step already noted. An empty reply means silence."""
    wording.refresh(turn.session)
    with speaking(turn.resident.language or "ja"):
        is_passing = leaves_no_words(turn)
        looked_at.forget_old_place(turn)
        turn.life = checkin.answers.note_life(turn)
        reply = _choose(turn)
        if len(reply.said) > MOST_MESSAGES:
            raise ValueError(f"{len(reply.said)} messages in one turn; people read at most {MOST_MESSAGES}")
        noted = _note(turn, reply)
        return replace(noted, is_passing=is_passing or _keeps_no_words(turn.thread.step))


def think_ahead(said: str, library: Any, *, is_with_bot: bool) -> None:
    """Hear a text before its turn begins, and remember it for a moment: thinking must not hold the turn's locks."""
    crisis.look(said)
    if is_with_bot:
        intents.understood(said)
        library.listen(said)


def leaves_no_words(turn: Turn) -> bool:
    """Whether nothing said in this turn may be written down: a flow that keeps no words is open, or a code is shown."""
    return _keeps_no_words(turn.thread.step) or worry.is_code(turn)


def _keeps_no_words(step: str | None) -> bool:
    return step in rooms.STEPS and rooms.flow_of(str(step)).keeps_no_words


def _choose(turn: Turn) -> Reply:
    if turn.heard in ("unfollowed", "unsent"):
        return farewell.left(turn) if turn.heard == "unfollowed" else farewell.took_back(turn)
    if turn.heard == "followed":
        return welcome.meet(turn)
    if turn.heard == "text" and (urgent := _in_danger(turn)) is not None:
        if not _keeps_no_words(turn.thread.step):
            checkin.answers.note_worry(turn)
        return urgent
    if turn.heard == "tap" and turn.tapped == "crisis.no" and threads.owner_of(turn.thread) == "bot":
        return _after_no_danger(turn)
    if turn.heard == "tap" and turn.tapped.startswith(ALWAYS_HEARD):
        return _tapped(turn)
    if threads.owner_of(turn.thread) != "bot":
        return _beside_people(turn)
    if turn.heard == "text" and handoff.came_late(turn):
        return Reply()
    if _answers_the_morning(turn) and (response := checkin.answers.hear_words(turn)) is not None:
        return response
    if (answered := _in_flow(turn)) is not None:
        return answered
    if turn.heard == "tap":
        return _tapped(turn)
    if turn.heard == "choice":
        return Reply(say.button_is_old(), common.menu_choices())
    if turn.heard == "place":
        return browse.near(turn)
    if turn.heard != "text":
        return checkin.answers.thank(turn) or media.thank(turn)
    if worry.is_code(turn):
        return worry.hear_code(turn)
    if (linked := handoff.hear_on_call_code(turn) or checkin.card.hear_code(turn)) is not None:
        return linked
    if (response := checkin.answers.hear_words(turn)) is not None:
        return response
    if (button := _typed_button(turn)) is not None:
        return rooms.TAPS[button](turn)
    return intents.answer(turn) or lookup.find(turn) or fallback.offer(turn)


def _answers_the_morning(turn: Turn) -> bool:
    """Whether words answer a check-in that came after the open conversation; never while no words may be kept."""
    return turn.heard == "text" and checkin.answers.is_answer_first(turn) and not _keeps_no_words(turn.thread.step)


def _in_danger(turn: Turn) -> Reply | None:
    """The answer to a text that shows danger, whoever owns the thread; None when it shows none.

    A flow that takes danger in, such as an anonymous report, hears the text as well: its next question follows the
    numbers, nothing that was told is lost, and no case is opened that would name its sender.
    """
    if checkin.answers.says_just_well(turn):
        return None
    step = turn.thread.step
    is_heard = step in rooms.STEPS and rooms.flow_of(str(step)).hears_danger
    if threads.owner_of(turn.thread) != "bot":
        return crisis.check(turn, asks=False)  # while a person answers, the bot is silent unless it is sure
    if not is_heard:
        return crisis.check(turn)
    numbers, turn.is_danger = crisis.beside_a_flow(turn)
    if numbers is None:
        return None
    answered = _in_flow(turn)
    if answered is None:
        return numbers
    return replace(answered, messages=(*numbers.said, *answered.said)[:MOST_MESSAGES], is_safety=True)


def _after_no_danger(turn: Turn) -> Reply:
    """「いいえ」 to the gentle question: what had been written is answered now, in the flow it was written in."""
    about, step, words = crisis.asked_about(turn.choice)
    if not words or step != (turn.thread.step or ""):
        return crisis.hear_no(turn)
    glad = crisis.hear_no(turn)
    turn.heard, turn.said, turn.tapped, turn.choice = "text", words, "", ""
    answered = _in_flow(turn) or intents.answer(turn) or lookup.find(turn)
    if answered is None:
        return glad
    if about == "suicide_or_self_harm" and not step:
        return replace(answered, messages=(*glad.said, *answered.said)[:MOST_MESSAGES])
    return answered


def _beside_people(turn: Turn) -> Reply:
    """While a person answers the bot is silent, but for the way back to it and what belongs to the case itself."""
    if threads.owner_of(turn.thread) == "nobody":
        return Reply()
    if intents.is_back_to_bot(turn):
        return handoff.back_to_bot(turn)
    if turn.heard == "tap" and turn.tapped in rooms.TAPS_WHILE_A_PERSON_ANSWERS:
        return replace(rooms.TAPS[turn.tapped](turn), is_safety=True)
    if intents.wants_to_be_forgotten(turn):
        return replace(settings.ask_erase(turn), is_safety=True)
    step = turn.thread.step
    if turn.heard in ("text", "choice", "tap") and step in rooms.STEPS and rooms.flow_of(str(step)).beside_people:
        answered = _in_flow(turn)
        if answered is not None and answered.wait_for is None:
            threads.forget_step(turn.thread)
        return replace(answered, is_safety=True) if answered is not None else handoff.pass_on(turn)
    return handoff.pass_on(turn)


# ── an open flow ──


def _in_flow(turn: Turn) -> Reply | None:
    """The open step's answer; None when no flow is open or this is not for it."""
    name = turn.thread.step
    if not name:
        return None
    step = rooms.STEPS.get(name)
    stored = turn.thread.memory or {}
    if step is None or turn.thread.step_since is None or turn.now - turn.thread.step_since > threads.STEP_LIVES:
        threads.forget_step(turn.thread)
        return None
    if turn.heard == "tap":
        if turn.tapped in (f"flow.{BACK}", f"flow.{CANCEL}"):
            return _go_back(turn) if turn.tapped.endswith(BACK) else _cancel(turn)
        if _is_under_way(turn, name, stored):
            question = tuple(message_from_plain(message) for message in stored["asked"][-1]["messages"])
            return Reply((say.still_open(), *question)[:MOST_MESSAGES], wait_for=STAY)
        threads.forget_step(turn.thread)  # another button was chosen: the flow is left
        return None
    if turn.heard == "choice" and turn.step != name:
        return Reply(say.button_is_old(), wait_for=STAY)
    if turn.heard == "text":
        typed = _plain(turn.said)
        if typed in say.back_words():
            return _go_back(turn)
        if typed in say.cancel_words():
            return _cancel(turn)
        if typed in say.menu_words():
            threads.forget_step(turn.thread)
            return None
        turn.choice = _typed_choice(typed, stored.get("offered", []))
    turn.memory = dict(stored.get("kept", {}))
    return step(turn)


def _is_under_way(turn: Turn, name: str, stored: dict[str, Any]) -> bool:
    """Whether the button that opens this very flow was tapped in the middle of it: what was told must not be lost."""
    return rooms.TAPS.get(turn.tapped) is rooms.flow_of(name).first and len(stored.get("asked", [])) > 1


def _typed_choice(typed: str, offered: list[dict[str, str]]) -> str:
    """The choice whose label was typed (in any kana or width), or whose number; empty when none was."""
    for number, choice in enumerate(offered, start=1):
        if typed in (_plain(choice["label"]), str(number)):
            return choice["value"]
    return ""


def _typed_button(turn: Turn) -> str | None:
    """The button at hand whose words were typed instead of tapped: one of the menu, or one that stood under cards."""
    buttons = (*common.menu_choices(), *browse.buttons())
    if looked_at.last(turn):
        buttons += lookup.buttons()
    typed = _plain(turn.said)
    return next((one.to for one in buttons if isinstance(one, Tap) and _plain(one.label) == typed), None)


def _plain(text: str) -> str:
    return fold_kana(normalise(text)).strip("。.!? 、")


def _go_back(turn: Turn) -> Reply:
    """Ask the question before this one again."""
    memory = turn.thread.memory or {}
    asked = list(memory.get("asked", []))
    if len(asked) < 2:
        return _cancel(turn)
    asked.pop()
    before = asked.pop()
    turn.thread.memory = {**memory, "asked": asked, "kept": before["kept"]}
    return Reply(
        tuple(message_from_plain(message) for message in before["messages"]),
        tuple(action_from_plain(choice) for choice in before["choices"]),
        wait_for=rooms.STEPS[before["step"]],
    )


def _cancel(turn: Turn) -> Reply:
    threads.forget_step(turn.thread)
    return Reply(say.stopped(), common.menu_choices())


def _tapped(turn: Turn) -> Reply:
    handler = rooms.TAPS.get(turn.tapped)
    return handler(turn) if handler is not None else Reply(say.button_is_old(), common.menu_choices())


# ── the next step ──


def _note(turn: Turn, reply: Reply) -> Reply:
    """Keep what the reply waits for as the thread's step, and give its choices the step they belong to."""
    thread = turn.thread
    if reply.wait_for is None:
        if not reply.is_safety and threads.owner_of(thread) == "bot":
            threads.forget_step(thread)
        return reply
    if isinstance(reply.wait_for, Stay):
        choices = _with_ways_out(reply.choices or _offered_again(thread.memory), thread.step or "")
        return replace(reply, choices=choices)
    name = step_name(reply.wait_for)
    memory = thread.memory or {}
    is_same_flow = bool(thread.step) and thread.step.split(".")[0] == name.split(".")[0]
    asked = list(memory.get("asked", [])) if is_same_flow else []
    kept = {**(memory.get("kept", {}) if is_same_flow else {}), **reply.remember}
    if not asked or asked[-1]["step"] != name or reply.remember:
        asked.append(
            {
                "step": name,
                "kept": kept,
                "messages": [message_to_plain(message) for message in reply.said],
                "choices": [asdict(choice) for choice in reply.choices],
            }
        )
    offered = [asdict(choice) for choice in reply.choices if isinstance(choice, Choice)]
    thread.memory = {"kept": kept, "asked": asked[-8:], "offered": offered}
    thread.step, thread.step_since = name, turn.now
    return replace(reply, choices=_with_ways_out(reply.choices, name))


def _offered_again(memory: dict[str, Any] | None) -> tuple[Action, ...]:
    asked = (memory or {}).get("asked", [])
    return tuple(action_from_plain(choice) for choice in asked[-1]["choices"]) if asked else ()


def _with_ways_out(choices: tuple[Action, ...], step: str) -> tuple[Action, ...]:
    named = tuple(replace(one, step=step) if isinstance(one, Choice | PickDate) else one for one in choices)
    ways_out: tuple[Action, ...] = ()
    if rooms.flow_of(step).offers_back:
        ways_out = (Tap(say.back(), f"flow.{BACK}"), Tap(say.cancel(), f"flow.{CANCEL}"))
    return named[: 13 - len(ways_out)] + ways_out
