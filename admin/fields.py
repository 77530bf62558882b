"""What the fields of a form say. Anybody can send anything: what is no number or no day is None."""

from collections.abc import Iterable
from datetime import date

from flask import request


def as_number(text: str) -> int | None:
    """Digits that a column of whole numbers can hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def as_numbers(texts: Iterable[str]) -> list[int]:
    return [one for one in map(as_number, texts) if one is not None]


def number(field: str) -> int | None:
    return as_number(request.form.get(field, ""))


def numbers(field: str) -> list[int]:
    """The ticked ones among boxes of one name."""
    return as_numbers(request.form.getlist(field))


def page() -> int:
    """Which page of a list is looked at; the first one when the address names none."""
    return max(1, as_number(request.args.get("page", "")) or 1)


def as_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def day(field: str) -> date | None:
    return as_day(request.form.get(field, ""))
