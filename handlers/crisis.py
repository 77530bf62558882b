"""Somebody may be in danger: kind words first, then the numbers for it, then a person.

resident  もう死にたい
bot       話してくださって、ありがとうございます。とてもつらいのですね。…
bot       (cards: 119, よりそいホットライン, …, each with a telephone button)          [人につなぐ]

resident  もう限界かも
bot       つらいなかで書いてくださって、ありがとうございます。死にたい、消えたいと思うほどですか。   [はい] [いいえ] …

resident  友だちが死にたいと言っています
bot       知らせてくださって、ありがとうございます。… 「死にたいほどつらいの」とたずねてもだいじょうぶです。…
bot       (cards: 119, 110, よりそいホットライン, …)                                  [人につなぐ]

resident  お隣の新聞がたまっています
bot       教えてくださって、ありがとうございます。いま、だれかの命や体があぶないようすですか。       [はい] [いいえ] …
resident  いいえ                                       (then the words are answered as any others, by the router)
"""

from bot.conversation import Reply, Tap, Turn
from bot.services import crisis, office_hours
from bot.services.cases import opening
from handlers.copy import common
from handlers.copy import crisis as say

MOST_CARDS = 10
MOST_WORDS = 120  # kept in a button, which holds 300 signs
SEPARATOR = "|"
ABOUT_ANOTHER = "another"  # beside the kinds of danger: somebody else wants to die


def check(turn: Turn, *, asks: bool = True) -> Reply | None:
    """The answer to a text that shows danger; None when it shows none. An open flow stays open behind it.

    `asks`: whether a gentle question may be asked where it is not sure.
    """
    finding = crisis.look(turn.said)
    if finding.verdict == "none" or (finding.verdict == "check" and not asks):
        return None
    if finding.verdict == "check":
        about = ABOUT_ANOTHER if finding.is_about_another else finding.kind
        yes = Tap(say.yes_it_is(about), "crisis.yes", about)
        no = Tap(say.no_but(), "crisis.no", _with_words(about, turn))
        return Reply(say.ask_gently(about), (yes, no), is_safety=True)
    return _help(turn, finding.kinds, finding.severity, tells_staff=True, is_about_another=finding.is_about_another)


def look(said: str) -> None:
    """Hear a text before its turn begins; the turn then remembers what was heard."""
    crisis.look(said)


def beside_a_flow(turn: Turn) -> tuple[Reply | None, bool]:
    """Words and numbers for a text in a flow that goes on (None: no danger), and whether it is surely a crisis."""
    finding = crisis.look(turn.said)
    if finding.verdict == "none":
        return None, False
    numbers = _help(turn, finding.kinds, finding.severity, is_about_another=finding.is_about_another)
    return numbers, finding.verdict == "crisis"


def hear_yes(turn: Turn) -> Reply:
    """Yes to the gentle question: help for what was asked about."""
    kind = turn.choice if turn.choice in crisis.KINDS else "suicide_or_self_harm"
    is_about_another = turn.choice == ABOUT_ANOTHER
    return _help(turn, (kind,), crisis.SEVERITY_OF[kind], tells_staff=True, is_about_another=is_about_another)


def hear_no(turn: Turn) -> Reply:
    return Reply(say.glad_to_listen(asked_about(turn.choice)[0], turn.council), common.menu_choices(), is_safety=True)


def _with_words(about: str, turn: Turn) -> str:
    """What a button holds: the kind asked about, the open step, and the words, to be answered after a 「いいえ」."""
    words = turn.said if len(turn.said) <= MOST_WORDS else ""
    return SEPARATOR.join((about, turn.thread.step or "", words.replace(SEPARATOR, " ")))


def asked_about(held: str) -> tuple[str, str, str]:
    """What the button of a gentle question holds: the kind asked about, the step that was open then, the words."""
    about, step, words = (*held.split(SEPARATOR), "", "")[:3]
    return about, step, words


def _help(
    turn: Turn,
    kinds: tuple[str, ...],
    severity: str,
    *,
    tells_staff: bool = False,
    is_about_another: bool = False,
) -> Reply:
    """Words, numbers, and (never from an anonymous report) an urgent case with its alarm at the desk."""
    if tells_staff:
        opening.open_for(turn.session, turn.resident, because="danger", danger=kinds[0], now=turn.now)
    wanted = crisis.lines_for(kinds, severity, is_about_another=is_about_another)
    rows = turn.library.resources(turn.session, wanted)
    cards = say.cards(rows[:MOST_CARDS], turn.now, wanted) if rows else say.emergency_only()
    staff_words = _who_is_there(turn) if tells_staff else ""
    return Reply(
        (say.kind_words(ABOUT_ANOTHER if is_about_another else kinds[0], staff_words=staff_words), cards),
        (Tap(say.to_a_person(), "menu.person"), *common.menu_choices()[2:3]),
        is_safety=True,
    )


def _who_is_there(turn: Turn) -> str:
    """Whether somebody is at the desk now, told honestly; else when the desk opens."""
    desk = office_hours.of(turn.session)
    try:
        opens, _closes = next(desk.stretches(turn.now))
    except office_hours.NeverOpen:
        return say.staff_was_told(None, turn.now)
    return say.staff_was_told(opens, turn.now)
