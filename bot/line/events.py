"""LINE's webhook events become our own words here, once.

A tolerant reader of ours instead of the SDK's parser: that one turns an event it does not know into one without user,
reply token or message. LINE announces that new event types, fields and enum values may appear without notice
(https://developers.line.biz/en/docs/messaging-api/development-guidelines/), so every key may be missing or odd.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from bot.conversation import Heard, Place

EVENT_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
LONGEST_TEXT = 5_000

MESSAGE_KINDS: dict[str, Heard] = {
    "text": "text",
    "sticker": "sticker",
    "image": "picture",
    "video": "film",
    "audio": "sound",
    "file": "file",
    "location": "place",
}


class NotLinesShape(ValueError):
    """The body is signed but not what LINE sends."""


@dataclass(frozen=True)
class Envelope:
    """What the door must know of an event to store it: its name, whose conversation it is, and when it happened."""

    event_id: str
    source_id: str
    happened_at: datetime
    message_id: str | None
    event: dict[str, Any]


@dataclass(frozen=True)
class Incoming:
    """One event in our own words. `heard` is None for what we do not answer (it is kept and marked ignored)."""

    heard: Heard | Literal["group"] | None
    source_id: str = ""
    said: str = ""
    choice: str = ""
    tapped: str = ""
    step: str = ""  # the step of the flow a choice or a picked date belongs to
    date: date | None = None
    time: time | None = None
    place: Place | None = None
    message_id: str = ""
    reply_token: str = ""
    is_return: bool = False
    is_standby: bool = False


def envelopes(body: Any, *, now: datetime) -> list[Envelope]:
    """The events of one webhook body (already parsed JSON), ready to be stored. NotLinesShape when it is none."""
    if not isinstance(body, dict) or not isinstance(body.get("events"), list):
        raise NotLinesShape("a webhook body is an object with a list of events")
    if not all(isinstance(event, dict) for event in body["events"]):
        raise NotLinesShape("an event is an object")
    return [_envelope(event, now) for event in body["events"]]


def _envelope(event: dict[str, Any], now: datetime) -> Envelope:
    event_id = event.get("webhookEventId")
    if not isinstance(event_id, str) or not EVENT_ID.fullmatch(event_id):
        # Without LINE's name for it, the same bytes still are the same event.
        event_id = "x-" + hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()[:60]
    message = _dict(event, "unsend") if event.get("type") == "unsend" else _dict(event, "message")
    message_id = _text(message, "messageId") or _text(message, "id")
    return Envelope(event_id, source_id(event), _instant(event.get("timestamp"), now), message_id or None, event)


def source_id(event: Mapping[str, Any]) -> str:
    """The id of the person, group or room an event belongs to; empty when LINE does not tell."""
    source = _dict(event, "source")
    for key in ("groupId", "roomId", "userId"):
        if found := _text(source, key):
            return found
    return ""


def read(event: Mapping[str, Any]) -> Incoming:
    """One stored event in our own words."""
    source = _dict(event, "source")
    found: dict[str, Any] = {
        "source_id": source_id(event),
        "reply_token": _text(event, "replyToken"),
        "is_standby": event.get("mode") == "standby",
    }
    if _text(source, "groupId") or _text(source, "roomId"):
        return Incoming(heard="group" if found["reply_token"] else None, **found)
    match event.get("type"):
        case "message":
            return _message(_dict(event, "message"), found)
        case "postback":
            return _postback(_dict(event, "postback"), found)
        case "follow":
            return Incoming("followed", is_return=_dict(event, "follow").get("isUnblocked") is True, **found)
        case "unfollow":
            return Incoming("unfollowed", **found)
        case "unsend":
            return Incoming("unsent", message_id=_text(_dict(event, "unsend"), "messageId"), **found)
        case _:
            return Incoming(None, **found)


def _message(message: Mapping[str, Any], found: dict[str, Any]) -> Incoming:
    heard = MESSAGE_KINDS.get(_text(message, "type"))
    said, place = "", None
    if heard == "text":
        said = _text(message, "text")[:LONGEST_TEXT]
    if heard == "place":
        place = _place(message)
        heard = "place" if place else None
    return Incoming(heard, said=said, place=place, message_id=_text(message, "id"), **found)


def _place(message: Mapping[str, Any]) -> Place | None:
    latitude, longitude = message.get("latitude"), message.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Place(float(latitude), float(longitude), _text(message, "address"))


def _postback(postback: Mapping[str, Any], found: dict[str, Any]) -> Incoming:
    """Our postbacks: `c:step:value` a choice, `t:name:value` a tap, `d:step` a picked date or time."""
    kind, _, rest = _text(postback, "data").partition(":")
    name, _, value = rest.partition(":")
    if kind == "t":
        return Incoming("tap", tapped=name, choice=value, **found)
    if kind == "c":
        return Incoming("choice", step=name, choice=value, **found)
    if kind == "d":
        day, hour = _picked(_dict(postback, "params"))
        return Incoming("choice", step=name, date=day, time=hour, **found)
    return Incoming("tap", tapped="unknown", **found)


def _picked(params: Mapping[str, Any]) -> tuple[date | None, time | None]:
    day, _, hour = _text(params, "datetime").partition("T")
    day, hour = day or _text(params, "date"), hour or _text(params, "time")
    try:
        return (date.fromisoformat(day) if day else None, time.fromisoformat(hour) if hour else None)
    except ValueError:
        return None, None


def _dict(holder: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _text(holder: Mapping[str, Any], key: str) -> str:
    """The text under `key`, without halves of characters and NULs, which no database keeps."""
    value = holder.get(key)
    if not isinstance(value, str):
        return ""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")


def _instant(timestamp: Any, now: datetime) -> datetime:
    """LINE's milliseconds as an instant; `now` when they are missing or outside of what a clock can show."""
    if isinstance(timestamp, bool) or not isinstance(timestamp, int) or not 0 <= timestamp < 253_370_764_800_000:
        return now
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=timestamp)
