"""Published lists (自治体標準オープンデータセット and its forerunners) as drafts for staff to look at.

Such files are written by many hands: widths, eras, brackets and dashes are made one, and told. What a list does not say
is not made up; what we add ourselves (category, area) is `guessed` and goes when the city has no such thing.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from knowledge import hours
from knowledge.exchange import cells
from knowledge.exchange.datasets import Dataset, columns_of, recognise
from knowledge.exchange.own import made_id, refuse_misshapen
from knowledge.exchange.rows import Found, LineReading, Note, Row
from knowledge.exchange.sheets import CsvTable, Line
from knowledge.exchange.spreadsheets import Spreadsheet

LONGEST_DESCRIPTION = 2_000
DISASTERS = {
    "flood": "洪水",
    "landslide": "崖崩れ・土石流・地滑り",
    "storm_surge": "高潮",
    "earthquake": "地震",
    "tsunami": "津波",
    "fire": "大規模な火事",
    "inland_flood": "内水氾濫",
    "volcano": "火山",
}
SAID_AS_IT_STANDS = (
    ("種類", "kind"),
    ("サービス", "services"),
    ("定員", "capacity"),
    ("時間外", "after_hours"),
    ("対象の町会", "neighbourhoods"),
    ("申し込み", "how_to_apply"),
    ("問い合わせ", "contact"),
    ("行き方", "access"),
    ("駐車場", "parking"),
    ("備考", "remarks"),
)
_YES = {"1", "有", "○", "〇", "◯", "●", "はい", "可", "あり", "true", "TRUE", "◎"}


def score(header: Sequence[str]) -> int:
    """How many columns of a published list a header names; 0 when it is none."""
    found = recognise(header)
    return found[1] if found else 0


def title(header: Sequence[str]) -> str:
    found = recognise(header)
    return found[0].title if found else ""


def unknown_columns(header: Sequence[str]) -> list[str]:
    found = recognise(header)
    used = set(columns_of(found[0], header).values()) if found else set()
    return [heading for place, heading in enumerate(header) if heading and place not in used]


def read(
    table: CsvTable | Spreadsheet, *, name: str, source_url: str = "", credit: str = "", today: date | None = None
) -> Iterator[Found]:
    """Each line as a draft, or the problem with it."""
    found = recognise(table.header)
    assert found is not None, "open_file chose this reader by the header"
    dataset = found[0]
    places = columns_of(dataset, table.header)
    for line in table.lines():
        reading = LineReading(name, line.number)
        refuse_misshapen(reading, line, table.header)
        if reading.problem is None:
            row = _Line(reading, line, table.header, places, dataset).row(source_url, credit, today)
            if reading.problem is None:
                yield row
        if reading.problem is not None:
            yield reading.problem


class _Line:
    """One line of a published list, cell by cell."""

    def __init__(
        self, reading: LineReading, line: Line, header: Sequence[str], places: dict[str, int], dataset: Dataset
    ) -> None:
        self.reading, self.line, self.header, self.places, self.dataset = reading, line, header, places, dataset
        self._words: dict[str, str] = {}

    def row(self, source_url: str, credit: str, today: date | None) -> Row:
        name = self.words("name")
        if not name:
            self.reading.refuse("空欄です。", "名称は必ず書いてください。", self.heading("name"))
        address = self.address()
        if self.dataset.id == "event":
            self.refuse_what_is_over(today)
        asides = [f"内線{extension}"] if (extension := self.words("extension")) else []
        phones = self.reading.take(cells.phones, self.heading("phone"), self.cell("phone"), asides=asides)
        fax = self.reading.take_or_drop(cells.phone, self.heading("fax"), self.cell("fax"))
        latitude, longitude = self.place()
        facts: dict[str, Any] = {
            "name": name,
            "kana": self.reading.take(cells.hiragana, self.heading("kana"), self.cell("kana")) or "",
            "organisation": self.words("organisation"),
            "category": self.dataset.category,
            "description": self.description(asides),
            "eligibility": self.words("eligibility") or self.ages(),
            "cost": "、".join(filter(None, (self.words("cost"), self.words("cost_details")))),
            "phones": phones or [],
            "fax": fax or "",
            "email": self.reading.take_or_drop(cells.email, self.heading("email"), self.cell("email")) or "",
            "url": self.reading.take_or_drop(cells.url, self.heading("url"), self.cell("url")) or "",
            "address": address,
            "latitude": latitude,
            "longitude": longitude,
            "areas": [city] if (city := self.city()) else [],
            "hours": self.hours(),
            "accessibility": self.words("barrier_free"),
            "keywords": self.keywords(),
            "ends_on": self.last_day(),
            "status": "draft",
            **({"source_url": source_url} if source_url else {}),
            **({"credit": credit} if credit else {}),
        }
        return Row(
            file=self.reading.file,
            line=self.line.number,
            kind="resource",
            entry_id=self.entry_id(name, address),
            facts=facts,
            title=name,
            notes=tuple(self.reading.notes),
            guessed=frozenset({"category", "areas"}),
            identity=("name", "address"),
            part_read=self.line.part_read,
        )

    # ── cells ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def cell(self, meaning: str) -> str:
        place = self.places.get(meaning)
        return self.line.cells[place] if place is not None and place < len(self.line.cells) else ""

    def heading(self, meaning: str) -> str:
        place = self.places.get(meaning)
        return self.header[place] if place is not None else meaning

    def words(self, meaning: str) -> str:
        """The words of a cell, read once, so that what was rewritten is told once."""
        if meaning not in self._words:
            cell = self.cell(meaning)
            self._words[meaning] = (self.reading.take(cells.narrow, self.heading(meaning), cell) or "") if cell else ""
        return self._words[meaning]

    def is_yes(self, meaning: str) -> bool:
        return unicodedata.normalize("NFKC", self.cell(meaning)).strip() in _YES

    def day(self, meaning: str) -> date | None:
        found = self.reading.take(cells.day, self.heading(meaning), self.cell(meaning))
        return found if isinstance(found, date) else None

    def clock(self, meaning: str) -> str:
        """A time of day; what is none (正午, 日没) stays as it stands, and nothing is computed from it."""
        return str(
            self.reading.take_or_drop(cells.clock, self.heading(meaning), self.cell(meaning)) or self.words(meaning)
        )

    # ── what a place is ─────────────────────────────────────────────────────────────────────────────────────────────

    def entry_id(self, name: str, address: str) -> str:
        """The list's own number together with the municipality; without one, made from name and address.

        A care office has one number for all it does, so what it does belongs to its id.
        """
        code = re.sub(r"\D", "", unicodedata.normalize("NFKC", self.cell("code")))
        if self.dataset.id == "care" and self.cell("office_number").strip():
            number = re.sub(r"\W", "", unicodedata.normalize("NFKC", self.cell("office_number")), flags=re.ASCII)
            if number:
                return made_id(f"care-{number[:20]}", self.words("services"))
        number = unicodedata.normalize("NFKC", self.cell("number")).strip()
        if code and re.fullmatch(r"[A-Za-z0-9][\w.-]{0,30}", number, re.ASCII):
            return f"{self.dataset.id}-{code[:6]}-{number}"
        return made_id(self.dataset.id, name, address)

    def address(self) -> str:
        whole = self.words("address")
        prefecture, city = self.words("prefecture"), self.city()
        if not whole and (self.cell("town") or self.cell("lot")):
            whole = f"{prefecture}{city}{self.words('town')}{self.words('lot')}"
        if whole and city and city not in whole:
            whole = f"{city}{whole.removeprefix(prefecture)}"
        building = self.words("building")
        if building and building not in whole:
            whole = f"{whole} {building}".strip()
        venue = self.words("venue")
        if venue and venue not in whole:
            whole = f"{whole} {venue}".strip()
        postal = re.sub(r"\D", "", unicodedata.normalize("NFKC", self.cell("postal")))
        return f"〒{postal[:3]}-{postal[3:]} {whole}" if len(postal) == 7 and whole and "〒" not in whole else whole

    def city(self) -> str:
        """The municipality, from its own column or from the name of the body that publishes."""
        city = self.words("city")
        if city:
            return city
        found = re.fullmatch(r"(?:.{2,3}[都道府県])?(.+?[市区町村])", self.words("body"))
        return found[1] if found else ""

    def place(self) -> tuple[float | None, float | None]:
        found = self.reading.take(cells.place, self.heading("latitude"), self.cell("latitude"), self.cell("longitude"))
        return found if found else (None, None)

    def ages(self) -> str:
        return f"受入年齢 {ages}" if (ages := self.words("ages")) else ""

    def hours(self) -> str:
        """In the notation of `knowledge.hours`, if the list says on which days; else as it stands."""
        if self.dataset.id == "event":
            return ""
        days, note = _days(self.words("days")), self.words("times_note")
        opens, closes = self.clock("opens"), self.clock("closes")
        if days and (opens, closes) in (("0:00", "24:00"), ("0:00", "0:00"), ("0:00", "23:59")):
            told = f"{days} 24時間"
        elif opens and closes:
            told = f"{days} {opens}～{closes}".strip()
        else:
            told = days
        return f"{told}（{note}）" if told and note else told or note

    def keywords(self) -> list[str]:
        parts = [self.words("services"), self.words("kind"), self.words("other_name")]
        found = [word.strip() for part in parts for word in re.split(r"[;；、,，・/\n]", part)]
        if self.dataset.id == "shelter":
            found += ["避難場所", *self.disasters()]
        if self.is_yes("short_stay"):
            found.append("一時預かり")
        if self.is_yes("sick_children"):
            found.append("病児保育")
        return list(dict.fromkeys(word for word in found if word))[:60]

    def disasters(self) -> list[str]:
        return [word for meaning, word in DISASTERS.items() if self.is_yes(meaning)]

    def description(self, asides: list[str]) -> str:
        """What the list says about it, a line each, for staff to turn into a sentence."""
        lines = [self.words("description")]
        if self.dataset.id == "shelter":
            lines.append("災害のときに逃げる場所（指定緊急避難場所）です。")
            lines.append(f"対応する災害: {'、'.join(self.disasters()) or '書かれていません'}")
            if self.is_yes("also_shelter"):
                lines.append("指定避難所でもあります。")
        if self.dataset.id == "event":
            lines += self.when()
        for label, meaning in SAID_AS_IT_STANDS:
            if words := self.words(meaning):
                lines.append(f"{label}: {words}")
        if asides:
            lines.append(f"電話: {'、'.join(asides)}")
        whole = "\n".join(line for line in lines if line)
        if len(whole) <= LONGEST_DESCRIPTION:
            return whole
        self.reading.notes.append(Note(self.heading("description"), "長いので途中までにしました"))
        return f"{whole[: LONGEST_DESCRIPTION - 1]}…"

    # ── events ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def when(self) -> list[str]:
        first, last = self.day("first_day"), self.day("last_day")
        opens, closes = self.clock("opens"), self.clock("closes")
        if first is None:
            return []
        told = _day_words(first) + (f"～{_day_words(last)}" if last and last != first else "")
        if opens:
            told += f" {opens}～{closes}"
        lines = [f"日時: {told}"]
        if note := self.words("times_note"):
            lines.append(f"日時について: {note}")
        if by := self.day("apply_by"):
            lines.append(f"申し込みは{_day_words(by)}{self.words('apply_by_time')}まで")
        return lines

    def last_day(self) -> date | None:
        """After it residents do not see an event any more."""
        return (self.day("last_day") or self.day("first_day")) if self.dataset.id == "event" else None

    def refuse_what_is_over(self, today: date | None) -> None:
        last = self.last_day()
        if last is not None and today is not None and last < today:
            self.reading.refuse(
                "もう終わったイベントです。", "これからのものだけを入れます。", self.heading("last_day"), str(last)
            )


def _day_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（{hours.DAYS[day.weekday()]}）"


def _days(words: str) -> str:
    """「月火水木金」「月;火;水」「月曜日から金曜日」 as 「月～金」; what is not a list of days stays as it is."""
    plain = unicodedata.normalize("NFKC", words).replace("から", "~").replace("祝日", "祝")
    plain = re.sub(r"[〜～–-]", "~", re.sub(r"曜日?|[;；、,，・/\s]", "", plain))
    if plain in ("毎日", "年中無休", "平日"):
        return plain
    signs, holiday = plain.removesuffix("祝"), "祝" if plain.endswith("祝") else ""
    if spanned := re.fullmatch(rf"([{hours.DAYS}])~([{hours.DAYS}])", signs):
        told = f"{spanned[1]}～{spanned[2]}"
    elif re.fullmatch(rf"[{hours.DAYS}]+", signs):
        told = _named(sorted({hours.DAYS.index(sign) for sign in signs}))
    else:
        return words
    return f"{told}・{holiday}" if holiday and told != "毎日" else told


def _named(places: list[int]) -> str:
    if len(places) == 7:
        return "毎日"
    if len(places) > 2 and places == list(range(places[0], places[-1] + 1)):
        return f"{hours.DAYS[places[0]]}～{hours.DAYS[places[-1]]}"
    return "・".join(hours.DAYS[place] for place in places)
