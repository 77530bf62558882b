"""Giving knowledge out: our own CSV, Open Referral HSDS 3, 自治体標準オープンデータセット. A row at a time.

Cells that a spreadsheet would compute are disarmed (`cells.disarm`); our own CSV begins with the mark by which Excel
knows UTF-8. Open data are for everybody, so only what residents see goes into them.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, TextIO

import jaconv
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.store.knowledge import Resource
from knowledge.exchange import cells, columns, hsds
from knowledge.exchange.importing import BATCH, revision_of
from knowledge.exchange.rows import Kind

ExportFormat = Literal["csv", "answers", "hsds", "opendata"]
BOM = "\ufeff"

# 公共施設一覧 of the 自治体標準オープンデータセット, in its order.
OPEN_DATA = (
    "全国地方公共団体コード",
    "ID",
    "地方公共団体名",
    "名称",
    "名称_カナ",
    "名称_英字",
    "名称_通称",
    "POIコード",
    "所在地_全国地方公共団体コード",
    "町字ID",
    "所在地_連結表記",
    "所在地_都道府県",
    "所在地_市区町村",
    "所在地_町字",
    "所在地_番地以下",
    "建物名等(方書)",
    "緯度",
    "経度",
    "高度の種別",
    "高度の値",
    "電話番号",
    "内線番号",
    "連絡先メールアドレス",
    "連絡先FormURL",
    "連絡先備考（その他、SNSなど）",
    "郵便番号",
    "法人番号",
    "団体名",
    "利用可能曜日",
    "開始時間",
    "終了時間",
    "利用可能日時特記事項",
    "説明",
    "バリアフリー情報",
    "URL",
    "画像",
    "画像_ライセンス",
    "備考",
)


def export(
    session: Session,
    format: ExportFormat,
    out: TextIO,
    *,
    only_published: bool = False,
    moves_to: Callable[[float], None] | None = None,
) -> int:
    """Write all entries (of the answers, or of the resources); how many it was. `moves_to` hears how far it is."""
    kind: Kind = "answer" if format == "answers" else "resource"
    table = columns.TABLES[kind]
    query = select(table).order_by(table.__table__.c.id)
    if only_published or format == "opendata":
        query = query.where(table.__table__.c.status == "published", table.__table__.c.is_internal.is_(False))
    entries = _entries(session, query, moves_to or (lambda part: None))
    if format == "hsds":
        return _write_json(entries, out)
    return _write_open_data(entries, out) if format == "opendata" else _write_own(kind, entries, out)


def _entries(session: Session, query: Select[Any], moves_to: Callable[[float], None]) -> Iterator[Any]:
    whole = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 1
    for number, entry in enumerate(session.scalars(query.execution_options(yield_per=BATCH)), start=1):
        yield entry
        session.expunge(entry)
        if number % BATCH == 0:
            moves_to(number / whole)


def _write_own(kind: Kind, entries: Iterable[Any], out: TextIO) -> int:
    fields = columns.of(kind)
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(["id", *(column.name for column in fields), columns.REVISION])
    count = 0
    for entry in entries:
        count += 1
        told = [entry.id, *(column.write(getattr(entry, column.field)) for column in fields), revision_of(entry)]
        writer.writerow([cells.disarm(cell) for cell in told])
    return count


def _write_json(entries: Iterable[Resource], out: TextIO) -> int:
    """One list of services, one on each line."""
    count = 0
    out.write("[")
    for count, entry in enumerate(entries, start=1):
        out.write("\n" if count == 1 else ",\n")
        out.write(json.dumps(hsds.service(entry, revision_of(entry)), ensure_ascii=False))
    out.write("\n]\n")
    return count


def _write_open_data(entries: Iterable[Resource], out: TextIO) -> int:
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(OPEN_DATA)
    count = 0
    for entry in entries:
        count += 1
        told = _as_open_data(entry)
        writer.writerow([cells.disarm(told.get(name, "")) for name in OPEN_DATA])
    return count


def _as_open_data(entry: Resource) -> dict[str, str]:
    postal, _, address = entry.address.partition(" ") if entry.address.startswith("〒") else ("", "", entry.address)
    return {
        "ID": entry.id,
        "名称": entry.name,
        "名称_カナ": jaconv.hira2kata(entry.kana),
        "所在地_連結表記": address,
        "緯度": "" if entry.latitude is None else repr(entry.latitude),
        "経度": "" if entry.longitude is None else repr(entry.longitude),
        "電話番号": ";".join(entry.phones),
        "連絡先メールアドレス": entry.email,
        "郵便番号": postal.removeprefix("〒"),
        "団体名": entry.organisation,
        "利用可能日時特記事項": entry.hours,
        "説明": entry.description,
        "バリアフリー情報": entry.accessibility,
        "URL": entry.url,
        "備考": " ".join(filter(None, (f"出典: {entry.source_url}" if entry.source_url else "", entry.credit))),
    }
