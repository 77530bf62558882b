"""What a person can read and tap in a LINE message."""

from collections.abc import Iterator
from typing import Any


def words_of(message: dict[str, Any]) -> str:
    """All visible words of a message, line by line."""
    match message.get("type"):
        case "text" | "textV2":
            return str(message["text"])
        case "flex":
            return "\n".join(_flex_words(message["contents"]))
        case "template":
            template = message["template"]
            parts = [template, *template.get("columns", [])]
            return "\n".join(str(part[name]) for part in parts for name in ("title", "text") if part.get(name))
        case "location":
            return f"{message.get('title', '')} {message.get('address', '')}".strip()
        case kind:
            return f"({kind})"


def buttons_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The actions on cards and templates of a message, from top to bottom. Quick replies are not among them."""
    if message.get("type") == "flex":
        return list(_flex_actions(message["contents"]))
    if message.get("type") == "template":
        template = message["template"]
        return [action for part in (template, *template.get("columns", [])) for action in part.get("actions", [])]
    return []


def _children(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("header", "hero", "body", "footer"):
        if isinstance(node.get(name), dict):
            yield node[name]
    yield from node.get("contents") or []


def _flex_words(node: dict[str, Any]) -> Iterator[str]:
    if node.get("type") in ("text", "span") and node.get("text"):
        yield str(node["text"])
    if node.get("type") == "button":
        yield f"[{node['action'].get('label', '')}]"
    for child in _children(node):
        yield from _flex_words(child)


def _flex_actions(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if isinstance(node.get("action"), dict):
        yield node["action"]
    for child in _children(node):
        yield from _flex_actions(child)
