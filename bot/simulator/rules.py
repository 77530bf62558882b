"""What LINE accepts as messages: shapes, counts and lengths, as in its API description.

`faults(messages)` lists what is wrong, each with the property it is wrong in, as LINE's error body tells it. Numbers
are from https://developers.line.biz/en/reference/messaging-api/ and line-openapi's messaging-api.yml.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

Fault = tuple[str, str]  # message, property

REQUIRED: dict[str, dict[str, Any]] = {
    "text": {"text": str},
    "textV2": {"text": str},
    "sticker": {"packageId": str, "stickerId": str},
    "image": {"originalContentUrl": str, "previewImageUrl": str},
    "video": {"originalContentUrl": str, "previewImageUrl": str},
    "audio": {"originalContentUrl": str, "duration": int},
    "location": {"title": str, "address": str, "latitude": (int, float), "longitude": (int, float)},
    "template": {"altText": str, "template": dict},
    "flex": {"altText": str, "contents": dict},
    "imagemap": {"baseUrl": str, "altText": str, "baseSize": dict, "actions": list},
}
URI_SCHEMES = {"http", "https", "line", "tel"}
QUICK_REPLY_ONLY = {"camera", "cameraRoll", "location"}
BUBBLE_SIZES = {"nano", "micro", "deca", "hecto", "kilo", "mega", "giga"}
TEXT_SIZES = {"xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl"}
COMPONENTS = {
    "box": {"layout", "contents", "spacing", "margin", "flex", "backgroundColor", "cornerRadius", "borderWidth",
            "borderColor", "width", "height", "maxWidth", "maxHeight", "paddingAll", "paddingTop", "paddingBottom",
            "paddingStart", "paddingEnd", "position", "offsetTop", "offsetBottom", "offsetStart", "offsetEnd", "action",
            "justifyContent", "alignItems", "background"},
    "button": {"action", "flex", "margin", "height", "style", "color", "gravity", "position", "adjustMode", "scaling",
               "offsetTop", "offsetBottom", "offsetStart", "offsetEnd"},
    "image": {"url", "flex", "margin", "align", "gravity", "size", "aspectRatio", "aspectMode", "backgroundColor",
              "action", "animated", "position", "offsetTop", "offsetBottom", "offsetStart", "offsetEnd"},
    "video": {"url", "previewUrl", "altContent", "aspectRatio", "action"},
    "icon": {"url", "margin", "size", "aspectRatio", "scaling", "position", "offsetTop", "offsetBottom", "offsetStart",
             "offsetEnd"},
    "text": {"text", "contents", "adjustMode", "flex", "margin", "size", "align", "gravity", "wrap", "lineSpacing",
             "maxLines", "weight", "color", "action", "style", "decoration", "scaling", "position", "offsetTop",
             "offsetBottom", "offsetStart", "offsetEnd"},
    "span": {"text", "color", "size", "weight", "style", "decoration"},
    "separator": {"margin", "color"},
    "filler": {"flex"},
}  # fmt: skip
ENUMS = {
    ("box", "layout"): {"horizontal", "vertical", "baseline"},
    ("button", "style"): {"primary", "secondary", "link"},
    ("button", "height"): {"sm", "md"},
    ("text", "weight"): {"regular", "bold"},
    ("text", "align"): {"start", "end", "center"},
}


def utf16(words: str) -> int:
    """Length in UTF-16 units, as LINE counts texts."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(words: str) -> int:
    """Length in characters as people count them (combining marks and joined emoji with what they belong to)."""
    count, joined = 0, False
    for sign in words:
        if unicodedata.combining(sign) or sign in "\ufe0e\ufe0f" or joined:
            joined = False
            continue
        if sign == "\u200d":
            joined = True
            continue
        count += 1
    return count


def faults(messages: Any) -> list[Fault]:
    """Everything LINE would complain about in the `messages` of one call."""
    if not isinstance(messages, list) or not messages:
        return [("May not be empty", "messages")]
    if len(messages) > 5:
        return [("Size must be between 1 and 5", "messages")]
    return [fault for place, message in enumerate(messages) for fault in _message(message, f"messages[{place}]")]


def faults_of_menu(menu: dict[str, Any]) -> list[Fault]:
    """Everything LINE would complain about in a rich menu object."""
    given_size, given_areas = menu.get("size"), menu.get("areas")
    size: dict[str, Any] = given_size if isinstance(given_size, dict) else {}
    areas: list[Any] = given_areas if isinstance(given_areas, list) else []
    width, height = (one if isinstance(one, int) else 0 for one in (size.get("width"), size.get("height")))
    checks = [
        (800 <= width <= 2500 and height >= 250 and width >= 1.45 * height, "Invalid size", "size"),
        (isinstance(menu.get("selected"), bool), "May not be empty", "selected"),
        (1 <= graphemes(str(menu.get("name", ""))) <= 300, "Length must be between 1 and 300", "name"),
        (1 <= graphemes(str(menu.get("chatBarText", ""))) <= 14, "Length must be between 1 and 14", "chatBarText"),
        (isinstance(given_areas, list) and len(areas) <= 20, "Size must be between 0 and 20", "areas"),
    ]
    found = [(message, where) for is_good, message, where in checks if not is_good]
    for place, area in enumerate(areas):
        at = f"areas[{place}]"
        if not isinstance(area, dict):
            found.append(("Must be an object", at))
            continue
        if not _lies_inside(area.get("bounds"), width, height):
            found.append(("The bounds lie outside of the menu", f"{at}.bounds"))
        found += _action(area.get("action"), f"{at}.action", most_label=20, is_menu=True, needs_label=False)
    return found


def _lies_inside(bounds: Any, width: int, height: int) -> bool:
    if not isinstance(bounds, dict):
        return False
    sides = [bounds.get(name) for name in ("x", "y", "width", "height")]
    whole = [side for side in sides if isinstance(side, int) and side >= 0]
    if len(whole) < len(sides):
        return False
    x, y, wide, high = whole
    return x + wide <= width and y + high <= height


def _message(message: Any, at: str) -> Iterator[Fault]:
    if not isinstance(message, dict):
        yield ("Must be an object", at)
        return
    kind = message.get("type")
    if kind not in REQUIRED:
        yield ("Must be one of the following values: [" + ", ".join(REQUIRED) + "]", f"{at}.type")
        return
    for name, kinds in REQUIRED[kind].items():
        if not isinstance(message.get(name), kinds) or message.get(name) == "":
            yield ("May not be empty", f"{at}.{name}")
    if kind in ("text", "textV2") and utf16(str(message.get("text", ""))) > 5_000:
        yield ("Length must be between 0 and 5000", f"{at}.text")
    if utf16(str(message.get("altText", ""))) > 1_500:
        yield ("Length must be between 0 and 1500", f"{at}.altText")
    if kind == "flex" and isinstance(message.get("contents"), dict):
        yield from _container(message["contents"], f"{at}.contents")
    if kind == "template" and isinstance(message.get("template"), dict):
        yield from _template(message["template"], f"{at}.template")
    if kind in ("image", "video", "audio"):
        for name in ("originalContentUrl", "previewImageUrl"):
            if name in message and urlsplit(str(message[name])).scheme != "https":
                yield ("Must be a https URL", f"{at}.{name}")
    if (quick := message.get("quickReply")) is not None:
        yield from _quick_reply(quick, f"{at}.quickReply")


def _quick_reply(quick: Any, at: str) -> Iterator[Fault]:
    items = quick.get("items") if isinstance(quick, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= 13:
        yield ("Size must be between 1 and 13", f"{at}.items")
        return
    for place, item in enumerate(items):
        action = item.get("action") if isinstance(item, dict) else None
        yield from _action(action, f"{at}.items[{place}].action", most_label=20, is_quick=True)


def _action(
    action: Any,
    at: str,
    *,
    most_label: int,
    is_quick: bool = False,
    is_menu: bool = False,
    needs_label: bool = True,
) -> Iterator[Fault]:
    if not isinstance(action, dict):
        yield ("May not be empty", at)
        return
    kind = action.get("type")
    known = {"postback", "message", "uri", "datetimepicker", "clipboard", "richmenuswitch", *QUICK_REPLY_ONLY}
    if kind not in known or (kind in QUICK_REPLY_ONLY and not is_quick) or (kind == "richmenuswitch" and not is_menu):
        yield ("Unknown or misplaced action type", f"{at}.type")
        return
    label = action.get("label")
    if label is None and needs_label:
        yield ("May not be empty", f"{at}.label")
    elif label is not None and not 1 <= graphemes(str(label)) <= most_label:
        yield (f"Length must be between 1 and {most_label}", f"{at}.label")
    if kind in ("postback", "datetimepicker", "richmenuswitch") and not 1 <= utf16(str(action.get("data", ""))) <= 300:
        yield ("Length must be between 1 and 300", f"{at}.data")
    if kind == "postback" and graphemes(str(action.get("displayText", ""))) > 300:
        yield ("Length must be between 0 and 300", f"{at}.displayText")
    if kind == "postback" and "displayText" in action and "text" in action:
        yield ("displayText and text cannot be used together", f"{at}.text")
    if kind == "message" and not 1 <= graphemes(str(action.get("text", ""))) <= 300:
        yield ("Length must be between 1 and 300", f"{at}.text")
    if kind == "datetimepicker" and action.get("mode") not in ("date", "time", "datetime"):
        yield ("Must be one of the following values: [date, time, datetime]", f"{at}.mode")
    if kind == "richmenuswitch" and not re.fullmatch(r"[a-z0-9_-]{1,32}", str(action.get("richMenuAliasId", ""))):
        yield ("Must match [a-z0-9_-]{1,32}", f"{at}.richMenuAliasId")
    if kind == "clipboard" and not 1 <= len(str(action.get("clipboardText", ""))) <= 1_000:
        yield ("Length must be between 1 and 1000", f"{at}.clipboardText")
    if kind == "uri":
        uri = str(action.get("uri", ""))
        if not uri.isascii() or urlsplit(uri).scheme not in URI_SCHEMES or not 1 <= len(uri) <= 10_000:
            yield ("Invalid action URI", f"{at}.uri")


def _template(template: dict[str, Any], at: str) -> Iterator[Fault]:
    match template.get("type"):
        case "confirm":
            yield from _template_text(template, at, 240)
            yield from _template_actions(template, at, fewest=2, most=2)
        case "buttons":
            yield from _template_text(
                template, at, 60 if "title" in template or "thumbnailImageUrl" in template else 160
            )
            yield from _template_actions(template, at, fewest=1, most=4)
        case "carousel":
            columns = template.get("columns")
            if not isinstance(columns, list) or not 1 <= len(columns) <= 10:
                yield ("Size must be between 1 and 10", f"{at}.columns")
                return
            for place, column in enumerate(columns):
                most = 60 if "title" in column or "thumbnailImageUrl" in column else 120
                yield from _template_text(column, f"{at}.columns[{place}]", most)
                yield from _template_actions(column, f"{at}.columns[{place}]", fewest=1, most=3)
        case _:
            yield ("Unknown template type", f"{at}.type")


def _template_text(holder: dict[str, Any], at: str, most: int) -> Iterator[Fault]:
    if not 1 <= graphemes(str(holder.get("text", ""))) <= most:
        yield (f"Length must be between 1 and {most}", f"{at}.text")
    if graphemes(str(holder.get("title", ""))) > 40:
        yield ("Length must be between 0 and 40", f"{at}.title")


def _template_actions(holder: dict[str, Any], at: str, *, fewest: int, most: int) -> Iterator[Fault]:
    actions = holder.get("actions")
    if not isinstance(actions, list) or not fewest <= len(actions) <= most:
        yield (f"Size must be between {fewest} and {most}", f"{at}.actions")
        return
    for place, action in enumerate(actions):
        yield from _action(action, f"{at}.actions[{place}]", most_label=20)


def _container(container: dict[str, Any], at: str) -> Iterator[Fault]:
    size = len(json.dumps(container, ensure_ascii=False, separators=(",", ":")).encode())
    if container.get("type") == "bubble":
        if size > 30 * 1024:
            yield ("The bubble is larger than 30 KB", at)
        yield from _bubble(container, at)
        return
    if container.get("type") != "carousel":
        yield ("Must be one of the following values: [bubble, carousel]", f"{at}.type")
        return
    bubbles = container.get("contents")
    if not isinstance(bubbles, list) or not 1 <= len(bubbles) <= 12:
        yield ("Size must be between 1 and 12", f"{at}.contents")
        return
    if size > 50 * 1024:
        yield ("The carousel is larger than 50 KB", at)
    if len({bubble.get("size", "mega") for bubble in bubbles if isinstance(bubble, dict)}) > 1:
        yield ("All bubbles of a carousel must have the same width", f"{at}.contents")
    for place, bubble in enumerate(bubbles):
        yield from _bubble(bubble, f"{at}.contents[{place}]")


def _bubble(bubble: Any, at: str) -> Iterator[Fault]:
    if not isinstance(bubble, dict) or bubble.get("type") != "bubble":
        yield ("Must be a bubble", f"{at}.type")
        return
    if bubble.get("size", "mega") not in BUBBLE_SIZES:
        yield ("Unknown bubble size", f"{at}.size")
    blocks = [name for name in ("header", "hero", "body", "footer") if name in bubble]
    if not blocks:
        yield ("At least one block must be specified", at)
    for name in blocks:
        if name != "hero" and bubble[name].get("type") != "box":
            yield ("Must be a box", f"{at}.{name}.type")
        yield from _component(bubble[name], f"{at}.{name}", inside="")
    unknown = set(bubble) - {"type", "size", "direction", "header", "hero", "body", "footer", "styles", "action"}
    for name in sorted(unknown):
        yield ("unknown field", f"{at}.{name}")


def _component(component: Any, at: str, *, inside: str) -> Iterator[Fault]:
    kind = component.get("type") if isinstance(component, dict) else None
    if kind not in COMPONENTS or (kind == "span") != (inside == "text"):
        yield ("Unknown or misplaced component type", f"{at}.type")
        return
    for name in sorted(set(component) - COMPONENTS[kind] - {"type"}):
        yield ("unknown field", f"{at}.{name}")
    for (owner, name), allowed in ENUMS.items():
        if owner == kind and name in component and component[name] not in allowed:
            yield ("Must be one of the following values: [" + ", ".join(sorted(allowed)) + "]", f"{at}.{name}")
    if kind == "text" and not component.get("text") and not component.get("contents"):
        yield ("must be specified", f"{at}.text")
    if kind == "text" and "size" in component and component["size"] not in TEXT_SIZES and "px" not in component["size"]:
        yield ("Unknown size", f"{at}.size")
    if kind == "box" and (not isinstance(component.get("contents"), list) or "layout" not in component):
        yield ("May not be empty", f"{at}.contents")
    if kind == "button" or "action" in component:
        yield from _action(component.get("action"), f"{at}.action", most_label=40, needs_label=kind == "button")
    for place, child in enumerate(component.get("contents") or []):
        yield from _component(child, f"{at}.contents[{place}]", inside=kind)
