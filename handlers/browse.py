"""Looking through what there is without typing a word: by subject, by area, around a place.

resident  相談先をさがす
bot       どんなことですか。                               [高齢・介護] [子育て] … [ほかの分野] [地域でさがす]
resident  子育て
bot       (cards, those of the resident's area or place first)     [ほかを見る] [人に相談する] …
resident  (sends where they are)
bot       送ってくださった場所の近くです。 (cards)          [ほかを見る] [子育て] …
"""

from dataclasses import dataclass

from bot.conversation import Action, Reply, SharePlace, Tap, Text, Turn
from bot.services import areas
from bot.store.areas import Area
from handlers import looked_at, profile
from handlers.copy import browse as say
from handlers.copy import common
from handlers.copy import lookup as say_lookup
from handlers.copy import profile as say_profile
from handlers.copy import treasure as say_treasure
from knowledge import asked, browsing
from knowledge.browsing import Reach

PAGE = 8  # cards
MOST_CHOICES = 13  # LINE's limit
AREAS_AT_ONCE = 9
GATHERINGS = "居場所・サロン"
NOT_ON_A_WALK = ("医療・健康",)  # not what somebody looks for who asks what is near


@dataclass(frozen=True)
class _Way:
    """What is looked through: `by` is category, area, places or near; `which` the category's or area's id."""

    by: str
    which: str = ""


def ask_category(turn: Turn) -> Reply:
    """The subjects; those that follow if 「ほかの分野」 was tapped, or typed under the first of them."""
    start = MOST_CHOICES - 2 if turn.heard == "text" else _number(turn.choice)
    return Reply(say_lookup.ask_category(), topic_choices(turn, start=start))


def topic_choices(turn: Turn, *, start: int = 0, room: int = MOST_CHOICES) -> tuple[Action, ...]:
    """As many subjects as there is room for, from `start`; then the way to the others, and by area."""
    rows = browsing.categories(turn.session, on=turn.today)
    if start >= len(rows):
        start = 0
    ways: list[Action] = [Tap(say.by_area(), "browse.areas")]
    shown = rows[start : start + room - len(ways)]
    if len(shown) < len(rows):
        shown = shown[: room - len(ways) - 1]
        following = start + len(shown)
        ways.insert(0, Tap(say.more_topics(), "menu.topics", str(following if following < len(rows) else 0)))
    return (*(Tap(row.name, "lookup.category", row.id) for row in shown), *ways)


def show_category(turn: Turn) -> Reply:
    name = _category(turn, turn.choice)
    if not name:
        return Reply(say_lookup.no_more(), common.menu_choices())
    asked.note_looked_for(turn.session, name, area_id=turn.resident.area_id, on=turn.today)
    return _page(turn, _Way("category", turn.choice))


def places(turn: Turn) -> Reply:
    """地域の居場所・行事: gathering places of the resident's area first."""
    return _page(turn, _Way("places"))


def near(turn: Turn) -> Reply:
    """A sent location: the nearest places, whatever they are; for an hour what follows is nearest first as well."""
    looked_at.came_to(turn)
    return _page(turn, _Way("near"))


def ask_area(turn: Turn) -> Reply:
    """In which district to look, whichever the resident lives in."""
    districts = areas.districts(turn.session)
    if not districts:
        return ask_category(turn)
    start = _number(turn.choice)
    shown = districts[start : start + AREAS_AT_ONCE]
    ways: list[Action] = [Tap(profile.short_name(area), "browse.area", str(area.id)) for area in shown]
    if len(districts) > AREAS_AT_ONCE:
        following = start + AREAS_AT_ONCE
        ways.append(Tap(say_profile.more_areas(), "browse.areas", str(following if following < len(districts) else 0)))
    return Reply(say.which_area(), (*ways, SharePlace(say_profile.send_place()), *common.people_choices()))


def show_area(turn: Turn) -> Reply:
    if _area(turn, turn.choice) is None:
        return ask_area(turn)
    return _page(turn, _Way("area", turn.choice))


def more(turn: Turn) -> Reply | None:
    """The next page of what is looked through; None when nothing is."""
    kept = looked_at.last(turn)
    if "by" not in kept:
        return None
    return _page(turn, _Way(kept["by"], kept["which"]), shown=kept["shown"])


def _page(turn: Turn, way: _Way, *, shown: int = 0) -> Reply:
    found = _look_through(turn, way, shown)
    looked_at.shelf(turn, way.by, way.which, shown + len(found.rows))
    ways = _ways_on(turn, way, is_there_more=found.are_more)
    if not found.rows:
        return Reply(say.nothing_here() if shown == 0 else say_lookup.no_more(), ways)
    distances = [found.kilometres.get(row.id) for row in found.rows]
    cards = say_lookup.cards(found.rows, now=turn.now, kilometres=distances, council=turn.council)
    return Reply((_heading(turn, way, found, shown), cards), ways)


def _look_through(turn: Turn, way: _Way, shown: int) -> browsing.Page:
    category = {"category": _category(turn, way.which), "places": GATHERINGS}.get(way.by, "")
    area = _area(turn, way.which) if way.by == "area" else None
    return browsing.page(
        turn.session,
        on=turn.today,
        category=category,
        without=NOT_ON_A_WALK if way.by == "near" else (),
        areas=profile.names_within(turn, area) if area is not None else profile.names_around(turn),
        only_areas=area is not None,
        place=looked_at.place(turn),
        only_placed=way.by == "near",
        skip=shown,
        limit=PAGE,
    )


def _heading(turn: Turn, way: _Way, found: browsing.Page, shown: int) -> Text:
    if found.reach is Reach.ELSEWHERE:
        return say.elsewhere()
    if way.by == "area" and found.reach is Reach.WIDER:
        return say.for_the_whole_city()
    if shown:
        return say.these_follow()
    if way.by == "near":
        return say.nearest()
    area = _area(turn, way.which) if way.by == "area" else None
    return say.in_area(area.name) if area is not None else say_lookup.here_it_is(len(found.rows))


def _ways_on(turn: Turn, way: _Way, *, is_there_more: bool) -> tuple[Action, ...]:
    ways: list[Action] = [Tap(say_lookup.show_more(), "lookup.more")] if is_there_more else []
    if way.by == "places":
        ways += [
            SharePlace(say_profile.send_place()),
            Tap(say.by_area(), "browse.areas"),
            Tap(say_profile.change_area(), "profile.area"),
            Tap(say_treasure.tell_us(), "treasure.tell"),
            *common.menu_choices(),
        ]
        return tuple(ways)
    ways += common.people_choices()
    return (*ways, *topic_choices(turn, room=MOST_CHOICES - len(ways)))


def _category(turn: Turn, category_id: str) -> str:
    rows = browsing.categories(turn.session, on=turn.today)
    return next((row.name for row in rows if row.id == category_id), "")


def _area(turn: Turn, area_id: str) -> Area | None:
    return next((one for one in areas.districts(turn.session) if one.id == _number(area_id)), None)


def buttons() -> tuple[Action, ...]:
    """The ways on, for who types their words instead."""
    return (Tap(say.more_topics(), "menu.topics"), Tap(say.by_area(), "browse.areas"))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
