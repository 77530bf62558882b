"""What a resident looked at last, so that 「ほかを見る」 and 「ちがう」 can go on.

No words travel through LINE's buttons: it is kept encrypted with the talk. The place they sent counts for an hour, and
only to about a hundred metres; then it is forgotten.
"""

from datetime import datetime, timedelta
from typing import Any

from bot.conversation import Turn

MOST_SEEN = 60
PLACE_LIVES = timedelta(hours=1)
METRES_100 = 3  # decimals of a degree


def last(turn: Turn) -> dict[str, Any]:
    found: dict[str, Any] = turn.thread.last_lookup or {}
    return found


def question(turn: Turn, query: str, *, seen: list[str], tries: int) -> None:
    """A question was asked, and these entries were shown for it."""
    _keep(turn, query=query, seen=seen[-MOST_SEEN:], tries=tries)


def shelf(turn: Turn, by: str, which: str, shown: int) -> None:
    """The entries of a subject, an area or around a place are looked through, and so many were shown."""
    _keep(turn, by=by, which=which, shown=shown)


def came_to(turn: Turn) -> None:
    """A place was sent: what follows is nearest first."""
    assert turn.place is not None
    here = [round(turn.place.latitude, METRES_100), round(turn.place.longitude, METRES_100)]
    turn.thread.last_lookup = {**last(turn), "place": here, "place_at": turn.now.isoformat()}


def forget_old_place(turn: Turn) -> None:
    """At every turn: where somebody was does not stay longer than it counts."""
    if "place" in last(turn) and place(turn) is None:
        turn.thread.last_lookup = {name: kept for name, kept in last(turn).items() if name not in ("place", "place_at")}


def place(turn: Turn) -> tuple[float, float] | None:
    """Where the resident is, if they told lately."""
    kept = last(turn)
    if "place" not in kept or turn.now - datetime.fromisoformat(kept["place_at"]) > PLACE_LIVES:
        return None
    latitude, longitude = kept["place"]
    return latitude, longitude


def _keep(turn: Turn, **facts: Any) -> None:
    where = {name: kept for name, kept in last(turn).items() if name in ("place", "place_at")} if place(turn) else {}
    turn.thread.last_lookup = {**facts, **where}
