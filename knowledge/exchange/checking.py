"""What a row must fulfil beyond being readable: the rules every entry keeps, and those for entries from outside."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from rapidfuzz import process
from sqlalchemy.orm import Session

from bot.store.knowledge import ImportedEntry
from knowledge import entries, rules
from knowledge.exchange import columns
from knowledge.exchange.rows import Note, Problem, Row, shortened

NOT_YET_PUBLIC = ("source", "verified", "way_to_reach")  # rules that only what residents see must keep
WORDS: Mapping[rules.Rule, tuple[str, str]] = {
    "missing": ("空欄です。", "必ず書いてください。"),
    "too_long": ("長すぎます。", "短くしてください。"),
    "telephone": ("電話番号として読めません。", "市外局番から、ハイフンでつないで書いてください。"),
    "dead_number": ("使われなくなった番号です。", "新しい番号は {now} です。"),
    "email": ("メールアドレスとして読めません。", "name@example.jp のように書いてください。"),
    "web": ("URL として読めません。", "https:// で始まるものを書いてください。"),
    "latitude": ("緯度ではありません。", "-90～90 の数字です。"),
    "longitude": ("経度ではありません。", "-180～180 の数字です。"),
    "half_a_place": ("緯度と経度の片方だけがあります。", "両方を書くか、両方を空けてください。"),
    "category": ("この分類はありません。", "{near}"),
    "area": ("この地域はありません。", "{near}"),
    "future": ("まだ来ていない日です。", "今日までの日付を書いてください。"),
    "doubtful": ("確かめることが残っています。", "確かめてから公開してください。"),
    "status": ("状態として読めません。", "draft、published、archived のどれかです。"),
}


class Checks:
    """Looked up once for a portion of rows: the city's own taxonomy and areas."""

    def __init__(self, session: Session, *, today: date) -> None:
        self.today = today
        self.categories = set(entries.category_names(session))
        self.areas = {*entries.area_names(session)}

    def check(
        self, row: Row, entry: Any, remembered: ImportedEntry | None
    ) -> tuple[Problem | None, dict[str, Any], list[Note]]:
        """The problem with a row, if any; its facts with what an entry from outside must have; what is to be told."""
        facts, notes = self._without_wrong_guesses(row), list[Note]()
        last = remembered.facts if remembered is not None else {}
        if _is_another_place(row, last):
            return _another_place(row, last), facts, notes
        if facts.get("status") == "published" and not (facts.get("source_url") and facts.get("verified_on")):
            del facts["status"]
            notes.append(Note("status", "出典と確認日がそろっていないので、下書きにします", "published"))
        if entry is None:
            facts.setdefault("status", "draft")
        for wrong in self._wrongs(row, facts, entry):
            if wrong.rule in NOT_YET_PUBLIC:
                if facts.get("status") == "published":
                    facts["status"] = "draft"
                    notes.append(Note("status", "連絡先がないので、下書きにします", "published"))
            elif wrong.rule == "missing" and wrong.field == "category" and facts.get("status") != "published":
                continue  # a draft may wait for its category
            elif wrong.field in facts and facts[wrong.field] != last.get(wrong.field, ...):
                return self._problem(row, wrong), facts, notes
        return None, facts, notes

    def _wrongs(self, row: Row, facts: Mapping[str, Any], entry: Any) -> list[rules.Wrong]:
        kind = columns.TABLES[row.kind]
        there = {} if entry is None else {column.key: getattr(entry, column.key) for column in kind.__table__.columns}
        complete = {**there, **facts}
        return rules.wrongs(kind, complete, categories=self.categories, areas=self.areas, today=self.today)

    def _without_wrong_guesses(self, row: Row) -> dict[str, Any]:
        """The facts; what we guessed ourselves goes when this city has no such thing."""
        facts = dict(row.facts)
        if "category" in row.guessed and self.categories and facts["category"] not in self.categories:
            facts["category"] = ""
        if "areas" in row.guessed and self.areas:
            facts["areas"] = [name for name in facts["areas"] if name in self.areas]
        return facts

    def _problem(self, row: Row, wrong: rules.Wrong) -> Problem:
        said, expected = WORDS[wrong.rule]
        known: Collection[str] = self.categories if wrong.rule == "category" else {*self.areas, *rules.WIDER_AREAS}
        near = _near(wrong.value, known) if "{near}" in expected else ""
        column = columns.NAMES.get(wrong.field, wrong.field)
        return Problem(
            row.file, row.line, column, said, expected.format(now=wrong.now, near=near), shortened(wrong.value)
        )


def _near(given: str, known: Collection[str]) -> str:
    found = process.extractOne(given, sorted(known), score_cutoff=40)
    hint = f"「{found[0]}」ではありませんか。" if found else ""
    return f"{hint}使えるのは{'、'.join(sorted(known)[:60])}です。"


def _is_another_place(row: Row, last: Mapping[str, Any]) -> bool:
    """Published lists are sometimes numbered anew; then an old number leads to somewhere else."""
    known = [name for name in row.identity if last.get(name)]
    return bool(known) and all(row.facts.get(name) != last[name] for name in known)


def _another_place(row: Row, last: Mapping[str, Any]) -> Problem:
    return Problem(
        row.file,
        row.line,
        "ID",
        f"同じ番号で前に入れた「{shortened(str(last.get('name', '')), 30)}」とは別の所のようです。",
        "番号が付け直されていないか確かめて、画面で直してください。",
        shortened(row.title),
    )
