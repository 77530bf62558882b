"""Looking through the base without a word: by category, by area, around a place; always a page at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from bot.store.areas import Area
from bot.store.knowledge import Category, Resource
from knowledge.rules import WIDER_AREAS
from knowledge.search.index import distance

FAR = float("inf")


class Reach(IntEnum):
    """Where an entry is for somebody whose areas are known: there, for the whole city or wider, or elsewhere."""

    HERE = 0
    WIDER = 1
    ELSEWHERE = 2


@dataclass(frozen=True)
class Page:
    """What is shown at once. `kilometres` by id, where both places are known."""

    rows: list[Resource]
    kilometres: dict[str, float]
    reach: Reach
    are_more: bool


@dataclass(frozen=True, order=True)
class _Listed:
    reach: Reach
    kilometres: float
    kana: str
    id: str


def may_be_seen(on: date) -> ColumnElement[bool]:
    """Of resources, those residents may see on a day."""
    goes_on = or_(Resource.ends_on.is_(None), Resource.ends_on >= on)
    return and_(Resource.status == "published", Resource.is_internal.is_(False), goes_on)


def everywhere(session: Session) -> frozenset[str]:
    """The names of areas that hold all others."""
    return WIDER_AREAS | set(session.scalars(select(Area.name).where(Area.layer == 1)))


def categories(session: Session, *, on: date) -> list[Category]:
    """The categories that have something to show, in their order."""
    used = set(session.scalars(select(Resource.category).where(may_be_seen(on)).distinct()))
    return [row for row in session.scalars(select(Category).order_by(Category.position)) if row.name in used]


def page(
    session: Session,
    *,
    on: date,
    category: str = "",
    without: Collection[str] = (),
    areas: Collection[str] = (),
    only_areas: bool = False,
    place: tuple[float, float] | None = None,
    only_placed: bool = False,
    skip: int = 0,
    limit: int = 10,
) -> Page:
    """Some of the published resources: nearest to `place` first, else those of `areas`, the city's, the others.

    A page ends where what is here ends, so that nobody takes what is elsewhere for near. `without` leaves categories
    out, `only_areas` what lies elsewhere, `only_placed` what has no place on the map.
    """
    listed = _listed(session, on, category, without, set(areas), only_areas, place, only_placed)
    some = listed[skip : skip + limit]
    some = [one for one in some if _belongs(one.reach, some[0].reach, is_area=only_areas, knows_area=bool(areas))]
    wanted = select(Resource).where(Resource.id.in_([one.id for one in some]))
    rows = {row.id: row for row in session.scalars(wanted)}
    return Page(
        rows=[rows[one.id] for one in some],
        kilometres={one.id: one.kilometres for one in some if one.kilometres < FAR},
        reach=some[0].reach if some and areas else Reach.HERE,
        are_more=len(listed) > skip + len(some),
    )


def _listed(
    session: Session,
    on: date,
    category: str,
    without: Collection[str],
    here: set[str],
    only_areas: bool,
    place: tuple[float, float] | None,
    only_placed: bool,
) -> list[_Listed]:
    """All that fits, in order, without their words."""
    conditions: list[Any] = [may_be_seen(on)]
    if category:
        conditions.append(Resource.category == category)
    if without:
        conditions.append(Resource.category.not_in(without))
    if only_placed:
        conditions += [Resource.latitude.is_not(None), Resource.longitude.is_not(None)]
    columns = select(Resource.id, Resource.kana, Resource.areas, Resource.latitude, Resource.longitude)
    wide = everywhere(session)
    found = []
    for entry_id, kana, areas, latitude, longitude in session.execute(columns.where(*conditions)):
        away = FAR
        if place is not None and latitude is not None and longitude is not None:
            away = distance(*place, latitude, longitude)
        is_by_distance = place is not None and not only_areas
        reach = Reach.HERE if is_by_distance else _reach(set(areas), here=here, wide=wide)
        if not (only_areas and reach is Reach.ELSEWHERE):
            found.append(_Listed(reach, away, kana, entry_id))
    return sorted(found)


def _reach(areas: set[str], *, here: set[str], wide: frozenset[str]) -> Reach:
    if here & areas:
        return Reach.HERE
    return Reach.WIDER if not areas or wide & areas else Reach.ELSEWHERE


def _belongs(reach: Reach, first: Reach, *, is_area: bool, knows_area: bool) -> bool:
    """Whether an entry may stand on the page that `first` begins."""
    if is_area:
        return reach is first
    return not knows_area or (reach is Reach.ELSEWHERE) == (first is Reach.ELSEWHERE)
