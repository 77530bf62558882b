"""The columns of our own files, one for each field of an entry; docs/knowledge-files.md explains them to staff.

Most are taken from the tables themselves, so a field that is added there can be exported and imported the same day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Float, Integer

from bot.store.base import Instant
from bot.store.knowledge import Answer, Resource
from knowledge import hours
from knowledge.exchange import cells
from knowledge.exchange.rows import Kind

TABLES: dict[Kind, type[Resource] | type[Answer]] = {"resource": Resource, "answer": Answer}
REVISION = "revision"  # of the entry when it was exported: tells later whether somebody changed it since

# Where a column of a file is not called like the field.
NAMES = {
    "phones": "phone", "latitude": "lat", "longitude": "lng", "areas": "area", "paused_message": "message",
    "is_internal": "internal",
}  # fmt: skip

# What staff may write at the head of a column instead, in a spreadsheet of their own.
JAPANESE = {
    "name": ("名称", "名前"),
    "kana": ("ふりがな", "よみ", "名称_カナ"),
    "organisation": ("団体名", "運営団体", "運営"),
    "category": ("分類", "分野", "カテゴリ"),
    "audience": ("対象", "対象者"),
    "description": ("説明",),
    "eligibility": ("利用条件", "条件"),
    "cost": ("費用", "料金"),
    "phone": ("電話", "電話番号"),
    "fax": ("FAX番号",),
    "email": ("メール", "メールアドレス"),
    "url": ("ホームページ",),
    "address": ("住所", "所在地"),
    "lat": ("緯度",),
    "lng": ("経度",),
    "area": ("地域", "対象地域"),
    "hours": ("時間", "利用時間", "開いている時間"),
    "special_days": ("休みや時間の違う日", "特別な日"),
    "to_confirm": ("確かめること",),
    "proposed_on": ("提案された日",),
    "ends_on": ("最後の日", "終了日", "いつまで"),
    "languages": ("言語", "対応言語"),
    "accessibility": ("バリアフリー", "バリアフリー情報"),
    "keywords": ("ことば", "キーワード"),
    "status": ("状態",),
    "message": ("休止のお知らせ",),
    "source_url": ("出典",),
    "verified_on": ("確認日",),
    "credit": ("クレジット",),
    "internal": ("内部用",),
    "question": ("質問",),
    "other_questions": ("ほかの聞き方", "他の聞き方"),
    "answer": ("答え", "回答"),
    "resources": ("関連する社会資源", "社会資源"),
    REVISION: ("更新印",),
}

REQUIRED: dict[Kind, tuple[str, ...]] = {"resource": ("name",), "answer": ("question", "answer")}


@dataclass(frozen=True)
class Column:
    """A column of a file and the field it fills."""

    name: str
    field: str
    read: Callable[..., Any]
    write: Callable[[Any], str]


@cache
def of(kind: Kind) -> tuple[Column, ...]:
    """The columns of our own file, in the order of the table."""
    return tuple(
        Column(NAMES.get(column.key, column.key), column.key, *_codec(column.key, column.type))
        for column in TABLES[kind].__table__.columns
        if column.key not in ("id", "version") and not isinstance(column.type, Instant)
    )


def _codec(field: str, kind: Any) -> tuple[Callable[..., Any], Callable[[Any], str]]:
    special: dict[str, Callable[..., Any]] = {
        "phones": cells.phones, "fax": cells.phone, "email": cells.email, "url": cells.url, "status": cells.status,
    }  # fmt: skip
    if field in special:
        return special[field], cells.of_items if field == "phones" else str
    if field == "special_days":
        return cells.special_days, hours.special_lines
    if isinstance(kind, JSON):
        return cells.items, _written_structure
    if isinstance(kind, Date):
        return cells.day, lambda value: value.isoformat() if isinstance(value, date) else ""
    if isinstance(kind, Boolean):
        return cells.yes_or_no, lambda value: "1" if value else ""
    if isinstance(kind, Float | Integer):
        return cells.number, lambda value: "" if value is None else repr(value)
    return cells.text, lambda value: str(value or "")


def _written_structure(value: Any) -> str:
    return cells.of_items(value) if isinstance(value, list) else cells.of_structure(value)
