"""Settings: where one lives, what happens to words, and erasing them.

resident  データを消して
bot       これまでに書いたこと、写真、お住まい、見守りの登録を消します。…よろしいですか。     [はい] [いいえ]
resident  はい
bot       消しました。（12件）…

It is heard also while a person answers.
"""

from bot.conversation import Choice, Flow, Reply, Tap, Turn
from bot.services import erasure
from bot.services.cases import finding
from bot.services.checkins import contacts, plans
from handlers.copy import checkin as say_checkin
from handlers.copy import common
from handlers.copy import profile as say
from handlers.copy import welcome as say_welcome

flow = Flow("settings", offers_back=False, beside_people=True)


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
    has_case = finding.open_case(turn.session, turn.resident) is not None
    asked = say.really_erase(is_watched=is_watched, has_case=has_case)
    return Reply(asked, (Choice("yes", say.yes()), Choice("no", say.no())), wait_for=hear_erase)


@flow.step("erase")
def hear_erase(turn: Turn) -> Reply:
    if turn.choice != "yes":
        return Reply(say.kept(), common.menu_choices())
    contacts.tell_it_is_over(turn.session, say_checkin, now=turn.now)  # before it is forgotten who was asked
    erased = erasure.erase(turn.session, turn.resident, turn.thread, now=turn.now)
    told = say.erased(erased.said, closed_case=erased.closed_case, stays_open=erased.stays_open)
    return Reply(told, common.menu_choices())
