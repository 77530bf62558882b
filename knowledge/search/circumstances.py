"""Who asks, where and when: small advantages for what is in the asker's area, near, for people like them, open now.

They are measured in standard scores of the ranking: enough to order what answers about equally well, never enough to
lift what does not answer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

import numpy as np

from knowledge.search.lexical import Places, Scores
from knowledge.search.views import Entry
from knowledge.search.words import normalise

IN_AREA, OTHER_AREA = 0.6, -0.6
NIGHT_AND_DAY = 0.8  # at night, for lines that are always there
OPEN_NOW = 0.2
NEAR = 1.0  # at no distance; half of it a kilometre away
FOR_THEM, FOR_OTHERS = 0.3, -0.4

PEOPLE: dict[str, tuple[str, ...]] = {
    "child": ("子ども", "子供", "こども", "小学", "中学", "高校", "息子", "娘", "孫", "うちの子", "学校"),
    "baby": ("赤ちゃん", "妊娠", "妊婦", "産後", "出産", "乳児"),
    "old": ("高齢", "お年寄り", "老人", "祖母", "祖父", "おばあ", "おじい", "ばあちゃん", "じいちゃん"),
    "disability": ("障害", "障がい", "障碍"),
    "woman": ("女性", "女の人", "旦那"),
    "foreigner": ("外国", "日本語"),
}
"""The words by which a question, or an entry's audience, tells whom it is about."""


@dataclass(frozen=True)
class Asker:
    """What is known about who asks. `wider` names the areas that hold all others, such as the city's; `is_open` tells
    of an entry's key whether it is open now.
    """

    areas: frozenset[str] = frozenset()
    wider: frozenset[str] = frozenset()
    latitude: float | None = None
    longitude: float | None = None
    is_night: bool = False
    is_open: Callable[[str], bool] | None = None


class Circumstances:
    """What is known of all entries, ready to be compared with an asker."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._size = len(entries)
        self._always = np.array([entry.always_open or entry.is_emergency for entry in entries], dtype=bool)
        self._has_area = np.array([bool(entry.areas) for entry in entries], dtype=bool)
        self._in_area = _places(entry.areas for entry in entries)
        told = [people_in(entry.audience) for entry in entries]
        self._is_for = _places(told)
        self._is_for_some = np.array([bool(one) for one in told], dtype=bool)
        nowhere = float("nan")
        self._points = np.radians(
            [
                (nowhere if one.latitude is None else one.latitude, nowhere if one.longitude is None else one.longitude)
                for one in entries
            ]
            or np.zeros((0, 2))
        )

    def favour(self, asker: Asker, query: str) -> Scores:
        """The advantage or disadvantage of each entry."""
        favour = np.zeros(self._size, dtype=np.float32)
        if asker.areas:
            favour += np.where(self._has_area, OTHER_AREA, 0).astype(np.float32)
            favour[self._standing(self._in_area, asker.wider)] = 0
            favour[self._standing(self._in_area, asker.areas)] = IN_AREA
        if asker.is_night:
            favour += NIGHT_AND_DAY * self._always
        if about := people_in(query):
            favour += np.where(self._is_for_some, FOR_OTHERS, 0).astype(np.float32)
            meant = self._standing(self._is_for, about)
            favour[meant] += FOR_THEM - FOR_OTHERS
        if asker.latitude is not None and asker.longitude is not None:
            away = self._kilometres(asker.latitude, asker.longitude)
            favour += np.nan_to_num(NEAR / (1 + away)).astype(np.float32)
        return favour

    def favour_open(self, asker: Asker, places: Places) -> Scores:
        """The advantage of being open now, for some entries."""
        if asker.is_open is None:
            return np.zeros(len(places), dtype=np.float32)
        return np.array([OPEN_NOW * asker.is_open(self._entries[place].key) for place in places], dtype=np.float32)

    def _standing(self, held: dict[str, Places], wanted: frozenset[str]) -> Places:
        found = [held[one] for one in wanted if one in held]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int32)

    def _kilometres(self, latitude: float, longitude: float) -> Scores:
        here = np.radians([latitude, longitude])
        there = self._points
        half = (
            np.sin((there[:, 0] - here[0]) / 2) ** 2
            + np.cos(here[0]) * np.cos(there[:, 0]) * np.sin((there[:, 1] - here[1]) / 2) ** 2
        )
        kilometres: Scores = 2 * 6371.0 * np.arcsin(np.minimum(1.0, np.sqrt(half)))
        return kilometres


def people_in(text: str) -> frozenset[str]:
    """Whom a text is about, where its words tell."""
    plain = normalise(text)
    return frozenset(people for people, words in PEOPLE.items() if any(word in plain for word in words))


def kilometres(asker: Asker, entry: Entry) -> float | None:
    """How far the entry is from who asks, or None when one of the places is not known."""
    if asker.latitude is None or asker.longitude is None or entry.latitude is None or entry.longitude is None:
        return None
    return distance(asker.latitude, asker.longitude, entry.latitude, entry.longitude)


def distance(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Great-circle distance in kilometres between two points in degrees."""
    lat1, lat2 = radians(latitude), radians(to_latitude)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(radians(to_longitude - longitude) / 2) ** 2
    return 2 * 6371.0 * asin(min(1.0, sqrt(half)))


def _places(held: Iterable[frozenset[str]]) -> dict[str, Places]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, some in enumerate(held):
        for one in some:
            found[one].append(place)
    return {one: np.array(where, dtype=np.int32) for one, where in found.items()}
