"""Settings: where one lives, what happens to words, and erasing them.

resident  データを消して
bot       これまでに書いたことと、えらんだお住まいを消します。よろしいですか。     [はい] [いいえ]
resident  はい
bot       消しました。
"""

from bot.conversation import Choice, Flow, Reply, Tap, Turn
from bot.services import residents
from bot.services.checkins import plans
from handlers.copy import common
from handlers.copy import profile as say
from handlers.copy import welcome as say_welcome

flow = Flow("settings", offers_back=False)


def show(turn: Turn) -> Reply:
    area = turn.resident.area.name if turn.resident.area else ""
    ways = (
        Tap(say.change_area(), "profile.area"),
        Tap(say.about_privacy(), "settings.privacy"),
        Tap(say.erase(), "settings.erase"),
    )
    return Reply(say.settings(area), ways)


def privacy(turn: Turn) -> Reply:
    return Reply(say_welcome.privacy(turn.council), (Tap(say.erase(), "settings.erase"), *common.menu_choices()))


@flow.opens
def ask_erase(turn: Turn) -> Reply:
    is_watched = plans.of(turn.session, turn.resident.id) is not None
    return Reply(
        say.really_erase(is_watched=is_watched), (Choice("yes", say.yes()), Choice("no", say.no())), wait_for=hear_erase
    )


@flow.step("erase")
def hear_erase(turn: Turn) -> Reply:
    if turn.choice != "yes":
        return Reply(say.kept(), common.menu_choices())
    plans.erase(turn.session, turn.resident, now=turn.now)
    residents.erase_words(turn.session, turn.resident)
    return Reply(say.erased(), common.menu_choices())
