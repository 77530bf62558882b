"""One cell of a file, made into the value we keep: telephone numbers, days, places on the map, lists.

Each function returns the value, or raises BadCell, which says in plain words what is wrong and what was expected.
What had to be rewritten (full-width digits, an era year, a bracketed area code) is told through `tell`, never hidden.
"""

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

import jaconv

from knowledge import hours

Tell = Callable[[str], None]  # is given what was normalised, in a few words

NOTHING = {
    "-",
    "--",
    "―",
    "ー",
    "−",
    "–",
    "*",
    "なし",
    "無し",
    "無",
    "未定",
    "不明",
    "null",
    "NULL",
    "None",
    "n/a",
    "N/A",
    "#N/A",
}
EXCEL_ERRORS = {"#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
LONGEST = 20_000  # characters in one cell; a page of text has about 1,500


class BadCell(ValueError):
    """A cell that cannot be taken over: `wrong` says why, `expected` what would be right."""

    def __init__(self, wrong: str, expected: str) -> None:
        super().__init__(f"{wrong} {expected}")
        self.wrong = wrong
        self.expected = expected


def quiet(_what: str) -> None:
    """For callers who do not need to know what was rewritten."""


# ── text ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def text(cell: str, tell: Tell = quiet) -> str:
    """The words of a cell: no control characters, no blanks around them, dakuten joined to their letters."""
    plain = cell.replace("\r\n", "\n").replace("\r", "\n")
    if "\ufffd" in plain:
        raise BadCell("文字が壊れています。", "元のファイルを UTF-8 で保存し直してください。")
    if plain.strip() in EXCEL_ERRORS:
        raise BadCell("表計算ソフトのエラーです。", "正しい値を入れてください。")
    kept = _UNSEEN.sub("", plain)
    if kept != plain:
        tell("見えない制御文字を除きました")
    joined = unicodedata.normalize("NFC", kept).strip()
    if len(joined) > LONGEST:
        raise BadCell(f"長すぎます（{len(joined)}文字）。", f"{LONGEST}文字までです。")
    return joined


def narrow(cell: str, tell: Tell = quiet) -> str:
    """Words of a published file, with full-width letters and digits narrow and half-width kana wide."""
    words = text(cell, tell)
    digits = jaconv.z2h(words, kana=False, ascii=False, digit=True)
    letters = re.sub(r"[Ａ-Ｚａ-ｚ]+", lambda found: unicodedata.normalize("NFKC", found[0]), digits)
    kana = jaconv.h2z(letters, kana=True, ascii=False, digit=False)
    if digits != words:
        tell("全角数字を半角にしました")
    if letters != digits:
        tell("全角英字を半角にしました")
    if kana != letters:
        tell("半角カナを全角にしました")
    plain = re.sub(r"[ \u3000]+", " ", kana).strip()
    return "" if plain in NOTHING else plain


def hiragana(cell: str, tell: Tell = quiet) -> str:
    """A reading, in hiragana as the knowledge base keeps it."""
    words = narrow(cell, tell)
    reading = jaconv.kata2hira(words)
    if reading != words:
        tell("読みをひらがなにしました")
    return reading


# ── telephone ───────────────────────────────────────────────────────────────────────────────────────────────────────

_DASHES = re.compile(r"[‐‑‒–—―−ーｰ─－]")
_SHORT = re.compile(r"1\d{2}|#\d{4}")
_EXTENSION = re.compile(r"[(\[]?(?:内線|内)[:\s]*([\d,-]+)[)\]]?")
_ASIDE = re.compile(r"[(\[]([^\d()\[\]]{1,20})[)\]]")
_LABEL = re.compile(r"(?:電話番号|電話|TEL|Tel|tel|FAX|Fax|fax|℡|☎|代表電話|代表番号)[.:\s]*")
_MAIN_LINE = re.compile(r"[(\[](?:代表?|代表電話|直通|窓口)[)\]]|代表$|直通$")
PHONE_EXPECTED = "市外局番から、079-424-4318 のような形で書いてください。"


def phones(cell: str, tell: Tell = quiet, *, asides: list[str] | None = None) -> list[str]:
    """All telephone numbers of a cell. What no phone can dial (内線12, 夜間) goes into `asides`."""
    found = []
    for part in re.split(r"[;；、,，/／\n]|または|又は", cell):
        number = phone(part, tell, asides=asides)
        if number and number not in found:
            found.append(number)
    return found


def phone(cell: str, tell: Tell = quiet, *, asides: list[str] | None = None) -> str:
    """One number as it is dialled in Japan, groups joined with hyphens; empty stays empty."""
    given = text(cell)
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", given)).strip()
    plain = _DASHES.sub("-", plain)
    if not plain or plain in NOTHING:
        return ""
    plain = _MAIN_LINE.sub("", _LABEL.sub("", plain))
    if asides is not None:
        spoken = [f"内線{number}" for number in _EXTENSION.findall(plain)]
        plain = _EXTENSION.sub("", plain)
        spoken += _ASIDE.findall(plain)
        plain = _ASIDE.sub("", plain)
        if spoken:
            asides.extend(spoken)
            tell("電話番号の書き添えを説明に移しました")
    plain = plain.strip()
    plain = re.sub(r"^\+81[-\s]*(?:\(0\)|0)?[-\s]*", "0", plain)
    plain = re.sub(r"\s*[()]\s*|\s*-\s*|\s+", "-", plain).strip("-")
    plain = re.sub(r"-{2,}", "-", plain)
    if re.fullmatch(r"[1-9]\d{8,9}", plain) and _is_dialled(f"0{plain}"):
        plain = f"0{plain}"  # a spreadsheet took it for a number and dropped the zero
        tell("先頭の 0 を補いました")
    if not _is_dialled(plain):
        raise BadCell("電話番号として読めません。", PHONE_EXPECTED)
    plain = _grouped(plain)
    if plain != given:
        tell("電話番号の書き方をそろえました")
    return plain


def _is_dialled(number: str) -> bool:
    """Whether this can be a Japanese number: emergency and short numbers, #8000, or 10 or 11 digits."""
    if _SHORT.fullmatch(number):
        return True
    if not re.fullmatch(r"\d+(?:-\d+)*", number):
        return False
    digits = number.replace("-", "")
    eleven = digits.startswith(("050", "060", "070", "080", "090"))
    return bool(re.match(r"0[1-9]", digits)) and len(digits) == (11 if eleven else 10)


def _grouped(number: str) -> str:
    """Hyphens where the grouping is the same all over the country; area codes differ in length and stay as given."""
    if "-" in number or not number.startswith("0"):
        return number
    for shape in (
        r"(0[5-9]0)(\d{4})(\d{4})",
        r"(0120|0570)(\d{3})(\d{3})",
        r"(0800)(\d{3})(\d{4})",
        r"(0[36])(\d{4})(\d{4})",
    ):
        found = re.fullmatch(shape, number)
        if found:
            return "-".join(found.groups())
    return number


# ── days and times ──────────────────────────────────────────────────────────────────────────────────────────────────

ERAS = {
    "令和": (date(2019, 5, 1), date(2100, 1, 1)),
    "平成": (date(1989, 1, 8), date(2019, 4, 30)),
    "昭和": (date(1926, 12, 25), date(1989, 1, 7)),
}
_ERA_SIGNS = {"令": "令和", "平": "平成", "昭": "昭和", "R": "令和", "H": "平成", "S": "昭和"}
_ERA_DAY = re.compile(r"(令和|平成|昭和|[令平昭RHS])[.\s]*(元|\d{1,2})[年./-]\s*(\d{1,2})[月./-]\s*(\d{1,2})日?")
_DAY = re.compile(r"(\d{4})[年./-]\s*(\d{1,2})[月./-]\s*(\d{1,2})日?")
DAY_EXPECTED = "2026-11-24、2026年11月24日、令和8年11月24日 のように書いてください。"


def day(cell: str, tell: Tell = quiet) -> date | None:
    """A day, from ISO, 年月日, slashes, or the years of an era (令和8年, R8, 平31)."""
    given = text(cell)
    plain = unicodedata.normalize("NFKC", given).upper().strip()
    plain = re.sub(r"\s*\([月火水木金土日]\)|[T\s]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$", "", plain).strip()
    if not plain or plain in NOTHING:
        return None
    if re.fullmatch(r"(19|20)\d{6}", plain):
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    era, western = _ERA_DAY.fullmatch(plain), _DAY.fullmatch(plain)
    if era is None and western is None:
        raise BadCell("日付として読めません。", DAY_EXPECTED)
    try:
        found = _of_era(*era.groups()) if era else date(*(int(number) for number in western.groups()))  # type: ignore[union-attr]
    except ValueError:
        raise BadCell("その日付はありません。", DAY_EXPECTED) from None
    if era:
        tell("和暦を西暦にしました")
    elif found.isoformat() != given:
        tell("日付の書き方をそろえました")
    return found


def _of_era(sign: str, year: str, month: str, of_month: str) -> date:
    first, last = ERAS[_ERA_SIGNS.get(sign, sign)]
    number = 1 if year == "元" else int(year)
    found = date(first.year + number - 1, int(month), int(of_month))
    if not first <= found <= last:
        raise ValueError("outside of its era")
    return found


def clock(cell: str, tell: Tell = quiet) -> str:
    """A time of day as 9:00; empty stays empty. 翌8:30 keeps its 翌."""
    given = text(cell)
    plain = unicodedata.normalize("NFKC", given).replace(" ", "")
    if not plain or plain in NOTHING:
        return ""
    found = re.fullmatch(
        r"(午前|午後|AM|PM|am|pm)?(翌)?(\d{1,2})(?:[:時.](\d{1,2})?分?)?(?::\d{2}(?:\.\d+)?)?(半)?", plain
    )
    if found is None or (found[4] is None and not re.search("[:時]", plain)):
        raise BadCell("時刻として読めません。", "9:00 や 17:15 のように書いてください。")
    half, next_day, hour, minute = found[1], found[2] or "", int(found[3]), 30 if found[5] else int(found[4] or 0)
    if half in ("午後", "PM", "pm") and hour < 12:
        hour += 12
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise BadCell("その時刻はありません。", "0:00 から 24:00 までです。")
    told = f"{next_day}{hour}:{minute:02}"
    if told != given.removeprefix("0"):
        tell("時刻の書き方をそろえました")
    return told


def special_days(cell: str, tell: Tell = quiet) -> list[dict[str, str]]:
    """Days that differ from the week, one a line, in the notation of `knowledge.hours`."""
    try:
        return hours.special_days(text(cell, tell))
    except hours.NotSpecialDay as wrong:
        expected = "「2026-12-29～2027-01-04 休み 年末年始」のように、1行に1つ書いてください。"
        raise BadCell("日付と時間として読めません。", expected) from wrong


# ── places ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_DEGREES = re.compile(r"(\d{1,3})[°度](\d{1,2})['′分](\d{1,2}(?:\.\d+)?)(?:[\"″秒])?")
LATITUDES, LONGITUDES = (20.0, 46.0), (122.0, 154.0)  # Japan


def place(latitude: str, longitude: str, tell: Tell = quiet) -> tuple[float, float] | tuple[None, None]:
    """A place on the map of Japan, in degrees; two empty cells are no place."""
    north, east = _degrees(latitude, tell), _degrees(longitude, tell)
    if not north and not east:
        return None, None
    if north is None or east is None:
        raise BadCell("緯度と経度の片方だけがあります。", "両方を書くか、両方を空けてください。")
    if _within(east, LATITUDES) and _within(north, LONGITUDES):
        north, east = east, north
        tell("入れ替わっていた緯度と経度を直しました")
    if not _within(north, LATITUDES) or not _within(east, LONGITUDES):
        raise BadCell(
            "日本の中の位置ではありません。", "緯度は 20～46、経度は 122～154 です（例 34.768528、134.836053）。"
        )
    return north, east


def _degrees(cell: str, tell: Tell) -> float | None:
    given = text(cell)
    plain = unicodedata.normalize("NFKC", given).replace(" ", "").replace("''", '"').lstrip("NEne北緯東経")
    if not plain or plain in NOTHING:
        return None
    found = _DEGREES.fullmatch(plain)
    if found:
        tell("度分秒を小数の度にしました")
        return round(int(found[1]) + int(found[2]) / 60 + float(found[3]) / 3600, 6)
    if not re.fullmatch(r"-?\d{1,3}(?:\.\d{1,20})?°?", plain):
        raise BadCell("緯度・経度として読めません。", "34.768528 のような数字で書いてください。")
    if plain != given:
        tell("全角数字を半角にしました")
    return float(plain.rstrip("°"))


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


# ── addresses on the net ────────────────────────────────────────────────────────────────────────────────────────────


def url(cell: str, tell: Tell = quiet) -> str:
    """A web address. One without http:// gets it."""
    given = text(cell)
    plain = unicodedata.normalize("NFKC", given).strip()
    if not plain or plain in NOTHING or plain in ("http://", "https://"):
        return ""
    if re.fullmatch(r"(?:www\.)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?", plain, re.ASCII):
        plain = f"http://{plain}"
        tell("URL に http:// を補いました")
    if not re.fullmatch(r"https?://[^\s/?#@\"'<>\\]+\.[^\s\"'<>\\]+", plain, re.IGNORECASE):
        raise BadCell("URL として読めません。", "https:// で始まる、空白のないものを書いてください。")
    return plain


def email(cell: str, tell: Tell = quiet) -> str:
    plain = unicodedata.normalize("NFKC", text(cell)).strip().removeprefix("mailto:")
    if not plain or plain in NOTHING:
        return ""
    if not re.fullmatch(r"[\w.+/-]+@[\w-]+(?:\.[\w-]+)+", plain, re.ASCII):
        raise BadCell("メールアドレスとして読めません。", "name@example.jp のように書いてください。")
    return plain


# ── the small words of our own files ────────────────────────────────────────────────────────────────────────────────

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
STATUSES = {
    "draft": "draft", "下書き": "draft", "published": "published", "公開": "published", "公開中": "published",
    "archived": "archived", "終了": "archived", "保管": "archived",
}  # fmt: skip
_YES, _NO = {"1", "true", "yes", "y", "○", "〇", "はい", "有"}, {"", "0", "false", "no", "n", "×", "いいえ", "無"}


def entry_id(cell: str, tell: Tell = quiet) -> str:
    plain = unicodedata.normalize("NFKC", text(cell))
    if plain and not _ID.fullmatch(plain):
        raise BadCell("ID に使えない文字があります。", "半角の英数字と - _ . : で、64文字までです。")
    return plain


def status(cell: str, tell: Tell = quiet) -> str:
    plain = text(cell)
    found = STATUSES.get(plain.lower()) if plain else "draft"
    if found is None:
        raise BadCell("状態として読めません。", "draft（下書き）、published（公開）、archived（保管）のどれかです。")
    return found


def yes_or_no(cell: str, tell: Tell = quiet) -> bool:
    plain = unicodedata.normalize("NFKC", text(cell)).lower()
    if plain not in _YES | _NO:
        raise BadCell("はい・いいえとして読めません。", "1（はい）か 0（いいえ）です。")
    return plain in _YES


def items(cell: str, tell: Tell = quiet) -> Any:
    """A list, parted by `;`. A `;` that belongs to an item is written `\\;`. Anything richer is written as JSON."""
    words = text(cell)
    if words.startswith(("[", "{")):
        try:
            found = json.loads(words)
        except (ValueError, RecursionError):
            found = None  # words in brackets, not JSON
        if isinstance(found, list | dict):
            return found
    parts = [re.sub(r"\\([;；])", r"\1", part).strip() for part in re.split(r"(?<!\\)[;；]", words)]
    return [part for part in parts if part]


def of_items(values: list[Any]) -> str:
    """A list as one cell; `items` reads it back."""
    if any(not isinstance(value, str) for value in values) or "".join(values[:1]).startswith(("[", "{")):
        return json.dumps(values, ensure_ascii=False)
    return ";".join(re.sub(r"([;；])", r"\\\1", value) for value in values)


def of_structure(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def number(cell: str, tell: Tell = quiet) -> float | None:
    plain = unicodedata.normalize("NFKC", text(cell)).replace(",", "")
    if not plain:
        return None
    if not re.fullmatch(r"-?\d{1,15}(?:\.\d{1,20})?", plain):
        raise BadCell("数字として読めません。", "半角の数字で書いてください。")
    return float(plain)


# ── cells that a spreadsheet must not take for a formula ────────────────────────────────────────────────────────────

_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")


def disarm(cell: str) -> str:
    """A cell that begins like a formula gets an apostrophe before it, so that no spreadsheet computes it.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def rearm(cell: str) -> str:
    """What `disarm` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
