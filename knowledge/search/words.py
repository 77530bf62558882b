"""Japanese text as comparable words.

`normalise` makes spellings equal (NFKC, case, width, white space); `words` gives SudachiPy's normalised content words,
so that 「行かれへん」 and 「行けない」, 「打合せ」 and 「打ち合わせ」 meet. Safe on any text: emoji, right-to-left, 5,000 characters.
"""

import re
import threading
import unicodedata
from functools import cache, lru_cache

import jaconv
from sudachipy import Dictionary, SplitMode, Tokenizer

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


def normalise(text: str) -> str:
    """The text in one spelling: NFKC, lower case, no invisible signs, single spaces."""
    text = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    text = _INVISIBLE.sub(" ", text).replace("\ud7ff", "")
    text = _LONG_VOWELS.sub("ー", text)
    text = _LAUGHS.sub(r"\1", text)
    return _SPACES.sub(" ", text).strip()


def words(text: str) -> list[str]:
    """The content words in SudachiPy's normal form, in order; particles, endings, symbols and request words dropped."""
    return [form for form, part in _forms(normalise(text)) if part in CONTENT and form not in EMPTY_WORDS]


def all_forms(text: str) -> list[str]:
    """All normal forms, particles and endings too (a sentence's shape matters when intents are told apart)."""
    return [form for form, part in _forms(normalise(text)) if part not in ("補助記号", "空白")]


@lru_cache(maxsize=2048)
def _forms(text: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for start in range(0, len(text), CHUNK):
        for morpheme in _tokenizer().tokenize(text[start : start + CHUNK], SplitMode.A):
            found.append((morpheme.normalized_form(), morpheme.part_of_speech()[0]))
    return tuple(found)


def reading(text: str) -> str:
    """How the text sounds, in hiragana."""
    text = normalise(text)
    sounds = [
        morpheme.reading_form() or morpheme.surface()
        for start in range(0, len(text), CHUNK)
        for morpheme in _tokenizer().tokenize(text[start : start + CHUNK], SplitMode.A)
        if morpheme.part_of_speech()[0] not in ("補助記号", "空白")
    ]
    return fold_kana("".join(sounds))


def fold_kana(text: str) -> str:
    """Katakana as hiragana, long-vowel marks dropped, small differences of spelling gone."""
    return jaconv.kata2hira(text).replace("ー", "")


def is_mostly_kana(text: str) -> bool:
    """Whether the text is written in kana alone, as people do who do not know the characters."""
    letters = [sign for sign in normalise(text) if sign.isalnum()]
    kana = [sign for sign in letters if "ぁ" <= sign <= "ゖ" or "ァ" <= sign <= "ー"]
    return len(letters) >= 2 and len(kana) >= 0.9 * len(letters)


def character_pairs(text: str) -> list[str]:
    """Overlapping pairs of letters, which meet where words were cut differently."""
    letters = "".join(sign for sign in fold_kana(normalise(text)) if sign.isalnum())
    return [letters[place : place + 2] for place in range(len(letters) - 1)]
