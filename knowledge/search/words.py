"""Japanese text as comparable words.

`normalise` makes spellings equal (NFKC, case, width, white space); `words` gives SudachiPy's normalised content words,
so that 「行かれへん」 and 「行けない」, 「打合せ」 and 「打ち合わせ」 meet. Safe on any text: emoji, right-to-left, 5,000 characters.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Collection, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import jaconv
from sudachipy import Dictionary, Morpheme, SplitMode, Tokenizer

LONGEST = 5_000
CHUNK = 2_000  # SudachiPy takes at most 49,149 bytes at once

CONTENT = {"名詞", "動詞", "形容詞", "形状詞", "副詞", "代名詞", "接頭辞", "接尾辞", "感動詞"}
EMPTY_WORDS = frozenset(
    [
        "為る",
        "居る",
        "有る",
        "成る",
        "事",
        "物",
        "方",
        "為",
        "様",
        "此れ",
        "其れ",
        "何れ",
        "此処",
        "其処",
        "何処",
        "何",
        "何時",
        "誰",
        "どう",
        "こう",
        "そう",
        "下さる",
        "教える",
        "知る",
        "分かる",
        "言う",
        "思う",
        "良い",
        "欲しい",
        "出来る",
        "遣る",
        "呉れる",
        "貰う",
        "仕舞う",
        "所",
        "とこ",
        "もん",
        "訳",
        "筈",
        "御",
        "さん",
        "私",
        "僕",
        "俺",
        "私達",
        "内",
        "相談",
        "場所",
    ]
)
ASKING = frozenset(  # nouns that tell what somebody wants of a thing, not which thing
    [
        "電話",
        "番号",
        "連絡",
        "先",
        "窓口",
        "受付",
        "受け付け",
        "申請",
        "手続き",
        "申し込み",
        "利用",
        "使用",
        "案内",
        "紹介",
        "方法",
        "悩み",
        "困り事",
        "手伝い",
        "手助け",
        "支援",
        "援助",
        "補助",
        "助け",
        "説明",
        "情報",
        "詳細",
        "近所",
        "近く",
        "地元",
        "自分",
        "家族",
        "人",
        "子",
        "希望",
        "心配",
        "不安",
        "今",
        "今日",
        "明日",
        "最近",
        "急",
        "とき",
        "時",
        "件",
        "話",
    ]
)
_INVISIBLE = re.compile(r"[\u0000-\u001f\u007f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_SPACES = re.compile(r"\s+")
_LONG_VOWELS = re.compile(r"[〜～~ー―−]{2,}")
_LAUGHS = re.compile(r"([!?。、…wｗ笑])\1+")
_local = threading.local()


@cache
def _dictionary() -> Dictionary:
    return Dictionary(dict="core")


def _tokenizer() -> Tokenizer:
    """One tokenizer for each thread: they are not safe to share, the dictionary behind them is."""
    if not hasattr(_local, "tokenizer"):
        with _building:
            _local.tokenizer = _dictionary().tokenizer()
    tokenizer: Tokenizer = _local.tokenizer
    return tokenizer


_building = threading.Lock()


def as_written(text: str) -> str:
    """NFKC, lower case, no invisible signs, single spaces; every letter that was typed, as a code needs it."""
    text = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    text = _INVISIBLE.sub(" ", text).replace("\ud7ff", "")
    return _SPACES.sub(" ", text).strip()


def normalise(text: str) -> str:
    """The text in one spelling: as written, but for drawn-out vowels and laughs (「ww」)."""
    text = as_written(text)
    text = _LONG_VOWELS.sub("ー", text)
    text = _LAUGHS.sub(r"\1", text)
    return _SPACES.sub(" ", text).strip()


class Unit(NamedTuple):
    """One word of a text, as short as SudachiPy cuts it."""

    form: str  # the normal form: one for all spellings of a word
    part: str  # the part of speech
    sound: str  # katakana
    surface: str  # as written

    @property
    def tells_something(self) -> bool:
        return self.part in CONTENT and self.form not in EMPTY_WORDS


def words(text: str) -> list[str]:
    """The content words in SudachiPy's normal form, in order; particles, endings, symbols and request words dropped."""
    return [unit.form for unit in units(text) if unit.tells_something]


def terms(text: str) -> list[str]:
    """What lexical search compares: the words, how they sound (「ゴミ」 and 「ごみ」, 「健診」 and 「検診」), and long words whole."""
    return _terms(units(text), _cut(normalise(text), in_long_words=True))


def terms_within(text: str, expressions: Collection[str]) -> frozenset[str]:
    """Of the text's terms those whose letters stand in one of some (folded) expressions."""
    if not expressions:
        return frozenset()

    def stands(unit: Unit) -> bool:
        letters = fold_kana(unit.surface)
        return any(letters in expression for expression in expressions)

    short, long = units(text), _cut(normalise(text), in_long_words=True)
    return frozenset(_terms(list(filter(stands, short)), list(filter(stands, long))))


def _terms(short: Sequence[Unit], long: Sequence[Unit]) -> list[str]:
    sounds = (f"r:{fold_kana(unit.sound)}" for unit in short if unit.tells_something and len(unit.sound) >= 2)
    return [
        *(unit.form for unit in short if unit.tells_something),
        *sounds,
        *(f"c:{unit.form}" for unit in long if unit.tells_something),
    ]


def gist(text: str, is_common: Callable[[str], bool]) -> str:
    """A question without its request phrase and without words that stand everywhere (`is_common`)."""
    kept: list[str] = []
    end = 0
    for unit in units(text):
        if unit.tells_something and not is_common(unit.form):
            kept.append(unit.surface)
            end = len(kept)
        elif unit.part == "助詞" and kept:
            kept.append(unit.surface)
    return "".join(kept[:end])


def nouns_of_a_bare_question(text: str) -> list[tuple[str, ...]]:
    """Of a question that is nothing but nouns (「お墓の値段」) each noun, in the spellings of `terms` that mean it.

    None where a verb or an adjective tells what is wanted, and none in kana, where nouns cannot be told apart.
    """
    if is_mostly_kana(text):
        return []
    found: list[tuple[str, ...]] = []
    said = units(text)
    for unit, following in zip(said, (*said[1:], None), strict=True):
        is_way = following is not None and following.form == "方"  # 「書き方」 is a noun, though of a verb
        if unit.part in ("動詞", "形容詞") and unit.tells_something and not is_way:
            return []
        if (unit.part == "名詞" or is_way) and unit.tells_something and unit.form not in ASKING:
            sounds = (f"r:{fold_kana(unit.sound)}",) if is_mostly_kana(unit.surface) else ()
            found.append((unit.form, *sounds))
    return found


def all_forms(text: str) -> list[str]:
    """All normal forms, particles and endings too (a sentence's shape matters when intents are told apart)."""
    return [unit.form for unit in units(text) if unit.part not in ("補助記号", "空白")]


def units(text: str) -> tuple[Unit, ...]:
    """The text in the shortest words."""
    return _cut(normalise(text))


@lru_cache(maxsize=256)
def _cut(text: str, *, in_long_words: bool = False) -> tuple[Unit, ...]:
    mode = SplitMode.C if in_long_words else SplitMode.A
    return tuple(
        _unit(morpheme)
        for start in range(0, len(text), CHUNK)
        for morpheme in _tokenizer().tokenize(text[start : start + CHUNK], mode)
    )


def _unit(morpheme: Morpheme) -> Unit:
    return Unit(morpheme.normalized_form(), morpheme.part_of_speech()[0], morpheme.reading_form(), morpheme.surface())


def reading(text: str) -> str:
    """How the text sounds, in hiragana."""
    return fold_kana(
        "".join(unit.sound or unit.surface for unit in units(text) if unit.part not in ("補助記号", "空白"))
    )


def fold_kana(text: str) -> str:
    """Katakana as hiragana, long-vowel marks dropped, small differences of spelling gone."""
    return jaconv.kata2hira(text).replace("ー", "")


def letter_runs(text: str) -> set[str]:
    """Runs of two to four letters, as written (`w…`) and as read aloud (`r…`), and the forms of its words (`n…`)."""
    found = {"n" + form for form in all_forms(text)}
    for view, signs in (("w", fold_kana(normalise(text))), ("r", fold_kana(reading(text)))):
        framed = f"^{signs}$"
        for size in (2, 3, 4):
            found.update(view + framed[place : place + size] for place in range(len(framed) - size + 1))
    return found


def is_mostly_kana(text: str) -> bool:
    """Whether the text is written in kana alone, as people do who do not know the characters."""
    letters = [sign for sign in normalise(text) if sign.isalnum()]
    kana = [sign for sign in letters if "ぁ" <= sign <= "ゖ" or "ァ" <= sign <= "ー"]
    return len(letters) >= 2 and len(kana) >= 0.9 * len(letters)


def character_pairs(text: str) -> list[str]:
    """Overlapping pairs of letters, which meet where words were cut differently."""
    letters = "".join(sign for sign in fold_kana(normalise(text)) if sign.isalnum())
    return [letters[place : place + 2] for place in range(len(letters) - 1)]
