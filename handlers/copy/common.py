"""Words that many moments share: the menu's buttons, the office, safe notification texts."""

from bot.conversation import Action, Dial, Open, Tap
from bot.services.council import Council
from handlers.copy import _


def quiet_alt() -> str:
    """What a lock screen shows: never what was asked about."""
    return _("ささえあいからお返事があります")


def menu_choices() -> tuple[Action, ...]:
    return (
        Tap(_("相談先をさがす"), "menu.lookup"),
        Tap(_("人に相談する"), "menu.person"),
        Tap(_("匿名で知らせる"), "menu.worry"),
        Tap(_("見守りメッセージ"), "menu.checkin"),
        Tap(_("居場所・行事"), "menu.places"),
        Tap(_("設定"), "menu.settings"),
    )


def people_choices() -> tuple[Action, ...]:
    """Always at hand when the bot does not know: a person, or telling anonymously."""
    return (Tap(_("人に相談する"), "menu.person"), Tap(_("匿名で知らせる"), "menu.worry"))


def office_actions(council: Council) -> tuple[Action, ...]:
    actions: list[Action] = []
    if council.phone:
        actions.append(Dial(_("社協に電話する"), council.phone))
    if council.url:
        actions.append(Open(_("社協のホームページ"), council.url))
    return tuple(actions)


def office_line(council: Council) -> str:
    """One line with the office's name and number; general words where none is set."""
    name = council.name or _("お住まいの市の社会福祉協議会")
    return f"{name}　{council.phone}" if council.phone else name
