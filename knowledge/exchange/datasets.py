"""The lists of 自治体標準オープンデータセット that a council can use, and how their columns are spelt.

Two generations of headings are in use, and many files mix them: those of the 推奨データセット of 2017 to 2020
(都道府県コード又は市区町村コード, NO, 住所, 方書) and those since 2022 (全国地方公共団体コード, ID,
所在地_連結表記, 建物名等(方書)). The care lists of the 厚生労働省 are a third (事業所名, サービスの種類).
Headings are compared without width, case, blanks, brackets and underscores (`sheets.key`).

https://www.digital.go.jp/resources/open_data/municipal-standard-data-set-test
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from knowledge.exchange.sheets import key

# What a column means → how it is spelt.
COMMON: Mapping[str, tuple[str, ...]] = {
    "code": (
        "全国地方公共団体コード",
        "都道府県コード又は市区町村コード",
        "都道府県コード又は市町村コード",
        "市区町村コード",
        "団体コード",
    ),
    "number": ("ID", "NO", "No.", "番号"),
    "body": ("地方公共団体名",),
    "name": ("名称", "施設名", "施設名称", "名称_日本語"),
    "kana": ("名称_カナ", "名称カナ", "名称_かな", "フリガナ", "ふりがな"),
    "other_name": ("名称_通称", "通称"),
    "address": ("所在地_連結表記", "所在地_連結標記", "住所", "所在地", "施設所在地"),
    "prefecture": ("所在地_都道府県", "都道府県名", "都道府県"),
    "city": ("所在地_市区町村", "市区町村名", "市町村名", "市区町村"),
    "town": ("所在地_町字", "町字"),
    "lot": ("所在地_番地以下", "番地以下"),
    "building": ("建物名等(方書)", "建物名等", "方書", "方書(ビル名等)"),
    "postal": ("郵便番号",),
    "latitude": ("緯度",),
    "longitude": ("経度",),
    "phone": ("電話番号", "連絡先電話番号", "TEL"),
    "extension": ("内線番号", "連絡先内線番号"),
    "fax": ("FAX番号", "ファックス番号"),
    "email": ("連絡先メールアドレス", "メールアドレス", "E-mail"),
    "url": ("URL", "ホームページ", "ホームページアドレス"),
    "organisation": ("団体名", "法人の名称", "法人名", "運営主体"),
    "days": ("利用可能曜日",),
    "opens": ("開始時間", "利用開始時間"),
    "closes": ("終了時間", "利用終了時間"),
    "times_note": ("利用可能日時特記事項", "利用可能曜日特記事項", "利用可能時間特記事項", "利用可能日時特記"),
    "description": ("説明", "概要"),
    "remarks": ("備考", "特記事項"),
    "access": ("アクセス方法", "アクセス"),
    "parking": ("駐車場情報",),
    "capacity": ("定員", "収容定員", "想定収容人数"),
    "barrier_free": ("バリアフリー情報",),
}


@dataclass(frozen=True, eq=False)
class Dataset:
    """One list: its name, the headings that give it away, what is its own, and how it is filed here."""

    id: str
    title: str
    telltale: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    category: str = ""


DATASETS = (
    Dataset(
        "care",
        "介護サービス事業所一覧",
        ("介護サービス事業所名称", "実施サービス", "サービスの種類", "事業所番号"),
        {
            "name": ("介護サービス事業所名称", "事業所名", "事業所の名称", "事業所名称"),
            "kana": ("介護サービス事業所名称_カナ", "事業所名カナ", "事業所の名称_かな"),
            "services": ("実施サービス", "サービスの種類", "サービス種別"),
            "office_number": ("事業所番号",),
        },
        category="高齢・介護",
    ),
    Dataset(
        "medical",
        "医療機関一覧",
        ("医療機関の種類", "診療科目", "診療曜日", "診療開始時間", "医療機関コード"),
        {
            "name": ("医療機関名", "医療機関名称"),
            "kind": ("医療機関の種類",),
            "services": ("診療科目",),
            "days": ("診療曜日",),
            "opens": ("診療開始時間",),
            "closes": ("診療終了時間",),
            "times_note": ("診療日時特記事項",),
            "after_hours": ("時間外における対応",),
            "organisation": ("開設者氏名",),
        },
        category="医療・健康",
    ),
    Dataset(
        "childcare",
        "子育て施設一覧",
        ("受入年齢", "一時預かりの有無", "収容定員", "許可等年月日", "病児保育の有無"),
        {
            "kind": ("種別",),
            "ages": ("受入年齢",),
            "licensed_on": ("許可等年月日",),
            "short_stay": ("一時預かりの有無",),
            "sick_children": ("病児保育の有無",),
        },
        category="子育て",
    ),
    Dataset(
        "event",
        "イベント一覧",
        ("イベント名", "開始日", "終了日", "主催者", "参加申込終了日", "開始日時特記事項"),
        {
            "name": ("イベント名",),
            "kana": ("イベント名_カナ",),
            "first_day": ("開始日",),
            "last_day": ("終了日",),
            "times_note": ("開始日時特記事項",),
            "cost": ("料金(基本)", "料金"),
            "cost_details": ("料金(詳細)",),
            "contact": ("連絡先名称",),
            "organisation": ("主催者",),
            "venue": ("場所名称", "開催場所"),
            "apply_by": ("参加申込終了日",),
            "apply_by_time": ("参加申込終了時間",),
            "how_to_apply": ("参加申込方法",),
            "eligibility": ("参加条件_詳細", "参加条件", "対象者"),
        },
        category="居場所・サロン",
    ),
    Dataset(
        "shelter",
        "指定緊急避難場所一覧",
        ("災害種別_洪水", "災害種別_地震", "災害種別_津波", "災害種別_高潮", "指定避難所との重複"),
        {
            "flood": ("災害種別_洪水",),
            "landslide": ("災害種別_崖崩れ、土石流及び地滑り",),
            "storm_surge": ("災害種別_高潮",),
            "earthquake": ("災害種別_地震",),
            "tsunami": ("災害種別_津波",),
            "fire": ("災害種別_大規模な火事",),
            "inland_flood": ("災害種別_内水氾濫",),
            "volcano": ("災害種別_火山現象",),
            "also_shelter": ("指定避難所との重複",),
            "neighbourhoods": ("対象となる町会・自治会",),
        },
        category="災害",
    ),
    Dataset("facility", "公共施設一覧", ("POIコード", "名称_通称", "バリアフリー情報", "利用可能曜日"), {}),
)


def recognise(header: Sequence[str]) -> tuple[Dataset, int] | None:
    """Which list a header belongs to, and how many of its columns are known; None when it is no such list."""
    best: tuple[int, int, Dataset] | None = None
    keys = {key(heading) for heading in header}
    for dataset in DATASETS:
        places = columns_of(dataset, header)
        if "name" not in places or not ({"address", "town", "code", "latitude", "venue", "city"} & set(places)):
            continue
        telltale = len(keys & {key(heading) for heading in dataset.telltale})
        if telltale == 0 and dataset.id != "facility":
            continue
        score = (telltale, len(places), dataset)
        if best is None or score[:2] > best[:2]:
            best = score
    return None if best is None else (best[2], best[1])


def columns_of(dataset: Dataset, header: Sequence[str]) -> dict[str, int]:
    """In which column each meaning stands. Of several spellings in one file, the one we know first counts."""
    ranks = _ranks(dataset)
    found: dict[str, tuple[int, int]] = {}
    for place, heading in enumerate(header):
        for meaning, rank in ranks.get(key(heading), ()):
            if meaning not in found or rank < found[meaning][0]:
                found[meaning] = (rank, place)
    return {meaning: place for meaning, (_rank, place) in found.items()}


@cache
def _ranks(dataset: Dataset) -> dict[str, list[tuple[str, int]]]:
    """For each spelling, what it means and how good a spelling it is. A dataset's own come before the common ones."""
    ranks: dict[str, list[tuple[str, int]]] = {}
    taken: set[str] = set()
    for meaning, spellings in dataset.columns.items():
        for rank, spelling in enumerate(spellings):
            ranks.setdefault(key(spelling), []).append((meaning, rank))
            taken.add(key(spelling))
    for meaning, spellings in COMMON.items():
        for rank, spelling in enumerate(spellings, start=100):
            if key(spelling) not in taken:
                ranks.setdefault(key(spelling), []).append((meaning, rank))
    return ranks
