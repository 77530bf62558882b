"""The menu of the staff pages, as data: one `Entry` for each page one goes to. A new page is one more line here.

An entry is shown to those who may do its action, which is the action its page asks for; a test compares the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.services.access import Action, may


@dataclass(frozen=True)
class Entry:
    """A page to go to. `action` None: everybody who is signed in."""

    title: str
    endpoint: str
    action: Action | None


@dataclass(frozen=True)
class Group:
    title: str
    entries: tuple[Entry, ...]


GROUPS = (
    Group(
        "毎日の仕事",
        (
            Entry("はじめ", "desk.home", Action.SEE_DESK),
            Entry("きょうの仕事", "today.list_", Action.SEE_TASKS),
            Entry("相談", "cases.list_", Action.SEE_CASES),
            Entry("折り返しの電話", "calls.list_", Action.SEE_CASES),
            Entry("匿名の知らせ", "worries.list_", Action.SEE_WORRIES),
            Entry("見守り", "checkins.today", Action.SEE_CHECKINS),
            Entry("災害時", "disasters.list_", Action.SEE_CHECKINS),
        ),
    ),
    Group(
        "案内の中身",
        (
            Entry("社会資源と答え", "knowledge.list_", Action.SEE_KNOWLEDGE),
            Entry("確かめる", "knowledge.to_confirm", Action.SEE_KNOWLEDGE),
            Entry("答えられなかった質問", "knowledge.questions", Action.SEE_QUESTIONS),
            Entry("地域の困りごと", "knowledge.needs_board", Action.SEE_QUESTIONS),
            Entry("協議会に出すこと", "knowledge.council_items", Action.SEE_QUESTIONS),
            Entry("分類", "knowledge.categories", Action.SEE_KNOWLEDGE),
            Entry("ことばの言いかえ", "knowledge.synonym_list", Action.SEE_KNOWLEDGE),
            Entry("取りこみと書きだし", "knowledge.import_page", Action.PUBLISH_KNOWLEDGE),
        ),
    ),
    Group(
        "ふりかえり",
        (
            Entry("概況", "overview.show", Action.SEE_FIGURES),
            Entry("知らせの数", "worries.figures", Action.SEE_FIGURES),
            Entry("さがされたこと", "knowledge.looked_for", Action.SEE_FIGURES),
            Entry("記録", "record.list_", Action.SEE_AUDIT),
        ),
    ),
    Group(
        "きめごと",
        (
            Entry("いそぎの当番", "on_call.people", Action.SEE_CASES),
            Entry("相談窓口", "queues.list_", Action.SEE_CASES),
            Entry("定型文", "replies.list_", Action.WORK_CASES),
            Entry("職員", "people.list_", Action.MANAGE_STAFF),
            Entry("設定", "settings.index", Action.CHANGE_SETTINGS),
        ),
    ),
    Group("わたし", (Entry("わたしのサインイン", "me.show_me", Action.OWN_ACCOUNT),)),
)


def menu(roles: Iterable[str]) -> list[Group]:
    """The groups and entries that somebody with these roles sees."""
    has = list(roles)
    shown = (
        Group(group.title, tuple(one for one in group.entries if one.action is None or may(has, one.action)))
        for group in GROUPS
    )
    return [group for group in shown if group.entries]


def current(endpoint: str | None) -> str:
    """The endpoint of the entry one stands in: this very page, else the first page of the same kind."""
    entries = [entry.endpoint for group in GROUPS for entry in group.entries]
    if endpoint in entries:
        return endpoint
    kind = (endpoint or "").partition(".")[0]
    return next((one for one in entries if one.partition(".")[0] == kind), "")
