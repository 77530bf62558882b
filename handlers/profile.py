"""Choosing the area where one lives: a junior-high district (第2層).

bot       お住まいの中学校区をえらんでください。      [加古川] [中部] … [ほかの校区] [わからない] [あとで]
resident  氷丘
bot       氷丘中学校区ですね。おぼえました。
"""

from sqlalchemy import select

from bot.conversation import Choice, Flow, Reply, SharePlace, Turn
from bot.services import areas, residents
from bot.store.areas import Area
from handlers.copy import common
from handlers.copy import profile as say
from knowledge.search.words import fold_kana, normalise

flow = Flow("profile", offers_back=False)
PAGE = 9  # with three more choices this stays within LINE's 13
LONGEST_NAME = 6  # letters; who writes more is not naming an area


@flow.opens
def ask_area(turn: Turn) -> Reply:
    return _page(turn, 0)


def _page(turn: Turn, start: int) -> Reply:
    districts = areas.districts(turn.session)
    if not districts:
        return Reply(say.later_then(), common.menu_choices())
    shown = [Choice(str(area.id), short_name(area)) for area in districts[start : start + PAGE]]
    if len(districts) > PAGE:
        shown.append(Choice(f"from {0 if start else PAGE}", say.more_areas()))
    ways = (SharePlace(say.send_place()), Choice("unknown", say.do_not_know()), Choice("later", say.skip()))
    return Reply(say.ask_area(), (*shown, *ways), wait_for=hear_area)


@flow.step("area")
def hear_area(turn: Turn) -> Reply:
    if turn.heard == "place":
        return Reply(say.cannot_tell_from_place(), _page(turn, 0).choices, wait_for=hear_area)
    if turn.choice.startswith("from "):
        return _page(turn, int(turn.choice.removeprefix("from ")))
    if turn.choice in ("unknown", "later"):
        return Reply(say.later_then(), common.menu_choices())
    area = chosen(turn)
    if area is None:
        return _leave_for_what_was_said(turn)
    residents.live_in(turn.resident, area)
    return Reply(say.noted(area.name), common.menu_choices())


def _leave_for_what_was_said(turn: Turn) -> Reply:
    """Somebody who writes of their trouble instead of an area is answered, not asked again."""
    from handlers import fallback, intents, lookup

    understood = intents.answer(turn) if turn.heard == "text" else None
    if understood is not None:
        return understood
    if turn.heard != "text" or len(turn.said) <= LONGEST_NAME:
        return Reply(say.do_not_know_that_area(), _page(turn, 0).choices, wait_for=hear_area)
    return lookup.find(turn) or fallback.offer(turn)


def chosen(turn: Turn) -> Area | None:
    """The district that was tapped or typed, in any spelling."""
    districts = areas.districts(turn.session)
    if turn.choice.isdigit():
        return next((area for area in districts if area.id == int(turn.choice)), None)
    typed = fold_kana(normalise(turn.said)).removesuffix("中学校区").removesuffix("中学校").removesuffix("中")
    if not typed:
        return None
    return next(
        (one for one in districts if typed in (fold_kana(short_name(one)), one.kana.removesuffix("ちゅうがっこうく"))),
        None,
    )


def short_name(area: Area) -> str:
    return area.name.removesuffix("中学校区").removesuffix("校区")


def names_around(turn: Turn) -> list[str]:
    """The resident's area and what lies in it, as entries name them."""
    area = turn.resident.area
    return [] if area is None else names_within(turn, area)


def names_within(turn: Turn, area: Area) -> list[str]:
    """An area and what lies in it, as entries name them."""
    below = turn.session.scalars(select(Area.name).where(Area.parent_id == area.id))
    stem = short_name(area)
    same_place = turn.session.scalars(select(Area.name).where(Area.layer == 3, Area.name.startswith(stem)))
    return [area.name, *below, *same_place]
