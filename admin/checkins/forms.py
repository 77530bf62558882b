"""見守り: what the forms of the check-ins say."""

from typing import Any

from flask import request

from admin import fields
from bot.services.checkins.templates import STAGES, Step


def days() -> dict[str, Any]:
    chosen = request.form.get("every", "1")
    return {
        "every": int(chosen) if chosen.isascii() and chosen.isdigit() else 1,
        "weekdays": "".join(request.form.getlist("weekday")) if chosen == "weekdays" else "",
        "window_from": minutes("window_from"),
        "window_to": minutes("window_to"),
    }


def minutes(field: str) -> int:
    hour, _, minute = request.form.get(field, "").partition(":")
    if not (hour.isascii() and hour.isdigit() and minute[:2].isascii() and minute[:2].isdigit()):
        return -1
    return int(hour) * 60 + int(minute[:2])


def steps() -> list[Step]:
    return [
        Step(
            stage,
            after=fields.number(f"{stage}.after") or 0,
            staff_id=fields.number(f"{stage}.staff_id"),
            at_night=request.form.get(f"{stage}.at_night") == "yes",
            on_holidays=request.form.get(f"{stage}.on_holidays") == "yes",
        )
        for stage in STAGES
        if request.form.get(f"{stage}.on") == "yes"
    ]
