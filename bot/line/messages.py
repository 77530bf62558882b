"""What the bot says, as LINE's JSON: texts, Flex cards, quick replies, within LINE's limits.

Limits are LINE's (https://developers.line.biz/en/reference/messaging-api/): a text of 5,000 UTF-16 units, labels
counted in graphemes (20, in Flex 40), 13 quick replies, 12 bubbles, 300 characters of postback data, 1,500 of alt
text. What is too long is cut with 「…」 rather than refused, except postback data, which cutting would change.

`scaling` lets text follow the reader's own font size in LINE, for the many residents who set it large.
"""

import json
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from bot.conversation import (
    Action,
    Card,
    Cards,
    Choice,
    Dial,
    Open,
    PickDate,
    Row,
    Say,
    SharePlace,
    Tap,
    Text,
)

MOST_TEXT = 5_000
MOST_ALT = 1_500
MOST_LABEL = 20
MOST_FLEX_LABEL = 40
MOST_QUICK_REPLIES = 13
MOST_BUBBLES = 12
MOST_CAROUSEL_BYTES = 48 * 1024  # LINE takes 50 KB
MOST_CARD_TEXT = 1_500  # so that no bubble passes 30 KB
MOST_DATA = 300
MOST_DISPLAY_TEXT = 300

INK = "#1f2a30"
SOFT_INK = "#55626a"
GREEN = "#1a6e4b"
RED = "#a3231f"
AMBER = "#8a5300"
TONES = {"plain": INK, "good": GREEN, "muted": SOFT_INK, "warn": AMBER}


class TooLong(ValueError):
    """Postback data would pass LINE's limit; a programming error, found by tests."""


def render(messages: Sequence[Text | Cards], choices: Sequence[Action] = ()) -> list[dict[str, Any]]:
    """LINE's message objects, the choices as quick replies under the last one."""
    rendered = [_text(message) if isinstance(message, Text) else _flex(message) for message in messages]
    if rendered and choices:
        items = [{"type": "action", "action": action(choice, MOST_LABEL)} for choice in choices[:MOST_QUICK_REPLIES]]
        rendered[-1]["quickReply"] = {"items": items}
    return rendered


def action(offered: Action, most_label: int = MOST_FLEX_LABEL) -> dict[str, Any]:
    """LINE's action object for something that can be tapped."""
    label = cut_graphemes(offered.label, most_label)
    match offered:
        case Choice(value=value, step=step):
            return _postback(label, f"c:{step}:{value}", offered.label)
        case Tap(to=to, value=value, shows_label=shows_label):
            return _postback(label, f"t:{to}:{value}", offered.label if shows_label else "")
        case Say(words=words):
            return {"type": "message", "label": label, "text": cut_graphemes(words, MOST_DISPLAY_TEXT)}
        case Dial(number=number):
            return {"type": "uri", "label": label, "uri": telephone(number)}
        case Open(url=url):
            return {"type": "uri", "label": label, "uri": quote(url, safe="%/:=&?~#+!$,;'@()*[]")}
        case SharePlace():
            return {"type": "location", "label": label}
        case PickDate(mode=mode, step=step):
            limits = {"initial": offered.initial, "min": offered.earliest, "max": offered.latest}
            return {
                "type": "datetimepicker",
                "label": label,
                "data": f"d:{step}",
                "mode": mode,
                **{key: value for key, value in limits.items() if value},
            }
    raise TypeError(f"not an action: {type(offered).__name__}")


def telephone(number: str) -> str:
    """The number as a `tel:` address: digits, with # and * percent-encoded (RFC 3966 knows no bare #)."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", number) if sign in "0123456789#*+")
    return "tel:" + digits.replace("#", "%23").replace("*", "%2A")


def cut_utf16(words: str, most: int) -> str:
    """At most `most` UTF-16 units, as LINE counts texts; cut words end in 「…」."""
    if len(words.encode("utf-16-le")) // 2 <= most:
        return words
    return words.encode("utf-16-le")[: (most - 1) * 2].decode("utf-16-le", "ignore") + "…"


def cut_graphemes(words: str, most: int) -> str:
    """At most `most` characters as people count them; marks and joined emoji stay with what they belong to."""
    clusters: list[str] = []
    for sign in words:
        joins = clusters and (
            unicodedata.combining(sign) or sign in "\u200d\ufe0e\ufe0f" or clusters[-1].endswith("\u200d")
        )
        if joins:
            clusters[-1] += sign
        else:
            clusters.append(sign)
    return words if len(clusters) <= most else "".join(clusters[: most - 1]) + "…"


def _postback(label: str, data: str, shown: str) -> dict[str, Any]:
    if len(data.encode("utf-16-le")) // 2 > MOST_DATA:
        raise TooLong(f"postback data of {len(data)} characters: {data[:40]}…")
    made: dict[str, Any] = {"type": "postback", "label": label, "data": data}
    if shown:
        made["displayText"] = cut_graphemes(shown, MOST_DISPLAY_TEXT)
    return made


def _text(message: Text) -> dict[str, Any]:
    return {"type": "text", "text": cut_utf16(message.words, MOST_TEXT)}


def _flex(message: Cards) -> dict[str, Any]:
    bubbles: list[dict[str, Any]] = []
    room = MOST_CAROUSEL_BYTES
    for card in message.cards[:MOST_BUBBLES]:
        bubble = _bubble(card)
        room -= len(json.dumps(bubble, ensure_ascii=False).encode())
        if bubbles and room < 0:
            break  # the best come first; a carousel that is too large would be refused as a whole
        bubbles.append(bubble)
    contents = bubbles[0] if len(bubbles) == 1 else {"type": "carousel", "contents": bubbles}
    return {"type": "flex", "altText": cut_utf16(message.alt, MOST_ALT), "contents": contents}


def _bubble(card: Card) -> dict[str, Any]:
    body: list[dict[str, Any]] = []
    if card.note:
        body.append(_words(card.note, size="sm", color=SOFT_INK))
    title_color = RED if card.tone == "urgent" else INK
    body.append(_words(card.title, size="lg", weight="bold", color=title_color))
    if card.body:
        body.append(_words(card.body, size="md", color=INK, margin="md"))
    if card.rows:
        rows = [_row(row) for row in card.rows]
        body.append({"type": "box", "layout": "vertical", "spacing": "sm", "margin": "lg", "contents": rows})
    if card.footnote:
        body.append(_words(card.footnote, size="xs", color=SOFT_INK, margin="lg"))
    bubble: dict[str, Any] = {
        "type": "bubble",
        "size": "mega",
        "body": {"type": "box", "layout": "vertical", "spacing": "sm", "contents": body},
    }
    if card.actions:
        buttons = [_button(offered, is_first=place == 0) for place, offered in enumerate(card.actions)]
        bubble["footer"] = {"type": "box", "layout": "vertical", "spacing": "sm", "contents": buttons}
    return bubble


def _words(words: str, **looks: Any) -> dict[str, Any]:
    return {"type": "text", "text": cut_utf16(words, MOST_CARD_TEXT), "wrap": True, "scaling": True, **looks}


def _row(row: Row) -> dict[str, Any]:
    words = _words(row.words, size="md", color=TONES[row.tone], weight="bold" if row.tone == "warn" else "regular")
    if not row.label:
        return words
    return {
        "type": "box",
        "layout": "horizontal",
        "spacing": "md",
        "contents": [_words(row.label, size="sm", color=SOFT_INK, flex=2), {**words, "flex": 5}],
    }


def _button(offered: Action, *, is_first: bool) -> dict[str, Any]:
    if isinstance(offered, Dial) or (is_first and isinstance(offered, Open)):  # what the card is there for
        return {
            "type": "button",
            "style": "primary",
            "color": GREEN,
            "height": "sm",
            "scaling": True,
            "action": action(offered),
        }
    style = "secondary" if is_first else "link"
    return {"type": "button", "style": style, "height": "sm", "scaling": True, "action": action(offered)}
