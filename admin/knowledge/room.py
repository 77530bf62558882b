"""What the pages about the knowledge base share: the blueprint, words for states and deeds, the resident's card."""

from collections.abc import Sequence

from flask import Blueprint, abort, current_app, g
from flask_security import current_user

from admin import colleagues, deeds
from bot.conversation import Card
from bot.services import council
from bot.services.access import Action, may
from bot.store.knowledge import Answer, Change, Resource
from knowledge import entries
from knowledge.entries import Entry
from knowledge.rules import Kind, Rule, Wrong

knowledge = Blueprint("knowledge", __name__, url_prefix="/admin/knowledge")

KINDS: dict[str, Kind] = {"resource": Resource, "answer": Answer}
KIND_NAMES = {"resource": "社会資源", "answer": "よくある質問"}
STATUSES = {"draft": "下書き", "published": "公開中", "archived": "しまってあるもの"}
DEEDS = {
    "added": "作りました",
    "changed": "書きかえました",
    "published": "公開しました",
    "drafted": "下書きに戻しました",
    "archived": "しまいました",
    "paused": "お休み中にしました",
    "resumed": "お休みをおわりにしました",
    "made_internal": "職員だけに見えるようにしました",
    "made_open": "住民にも見えるようにしました",
    "confirmed": "確認しました",
    "restored": "前の内容に戻しました",
    "proposed": "住民から提案がありました",
    "renamed": "名前を変えました",
    "moved": "順番を変えました",
    "removed": "なくしました",
}
FIELDS = {
    "name": "名前",
    "kana": "よみがな",
    "organisation": "運営しているところ",
    "category": "分類",
    "audience": "だれのため",
    "description": "どんなところか",
    "eligibility": "対象・条件",
    "cost": "料金",
    "phones": "電話",
    "fax": "ファックス",
    "email": "メール",
    "url": "ホームページ",
    "address": "住所",
    "latitude": "緯度",
    "longitude": "経度",
    "areas": "地域",
    "hours": "開いている時間",
    "special_days": "いつもとちがう日",
    "languages": "通じることば",
    "accessibility": "設備（バリアフリーなど）",
    "keywords": "さがすときのことば",
    "source_url": "出典",
    "verified_on": "確認した日",
    "credit": "出典の表示",
    "status": "状態",
    "is_internal": "職員だけ",
    "paused_message": "お休みのお知らせ",
    "to_confirm": "確かめること",
    "proposed_on": "提案された日",
    "ends_on": "最後の日",
    "question": "質問",
    "other_questions": "ほかの聞きかた",
    "answer": "答え",
    "resources": "いっしょに見せる社会資源",
}
RULES: dict[Rule, str] = {
    "missing": "書いてください。",
    "too_long": "長すぎます。短くしてください。",
    "telephone": "「{value}」は電話番号の形ではありません。079-424-4318 のように書いてください。",
    "dead_number": "「{value}」は、いまは使われていない番号です。{now} に変わっています。",
    "email": "メールアドレスの形ではありません。",
    "web": "https:// または http:// からはじまるアドレスを書いてください。",
    "latitude": "緯度は −90 から 90 までの数字です。",
    "longitude": "経度は −180 から 180 までの数字です。",
    "half_a_place": "緯度と経度は、両方書くか、両方空けてください。",
    "category": "一覧にある分類をえらんでください。",
    "area": "「{value}」という地域はありません。",
    "future": "まだ来ていない日です。",
    "source": "住民に見せるには、出典（どこで読んだか、だれに聞いたか）がいります。",
    "verified": "住民に見せるには、確認した日がいります。",
    "way_to_reach": "住民に見せるには、電話・住所・メール・ホームページのどれかがいります。",
    "status": "下書き・公開中・しまってあるもの のどれかです。",
    "doubtful": "確かめることが残っています。確かめてから「確認した」を押してください。",
}


@knowledge.context_processor
def words() -> dict[str, object]:
    return {
        "kinds": KIND_NAMES,
        "statuses": STATUSES,
        "deeds": DEEDS,
        "fields": FIELDS,
        "people": colleagues.names(),
        "may_edit": may_do(Action.EDIT_KNOWLEDGE),
        "may_publish": may_do(Action.PUBLISH_KNOWLEDGE),
        "title_of": title_of,
        "is_over": is_over,
    }


def may_do(action: Action) -> bool:
    return may([role.name for role in getattr(current_user, "roles", [])], action)


def entry_or_404(kind: str, entry_id: str) -> Entry:
    found = entries.find(g.session, kind, entry_id)
    if found is None:
        abort(404)
    return found


def title_of(entry: Entry) -> str:
    return entry.name if isinstance(entry, Resource) else entry.question


def sentence(wrong: Wrong) -> str:
    """What staff read beside a field that breaks a rule."""
    return RULES[wrong.rule].format(value=wrong.value, now=wrong.now)


def by_field(wrongs: Sequence[Wrong]) -> dict[str, str]:
    told: dict[str, str] = {}
    for wrong in wrongs:
        told[wrong.field] = f"{told.get(wrong.field, '')}{sentence(wrong)}"
    return told


def card_of(entry: Entry) -> Card:
    """The entry's card, drawn by the chat's own words. The entry need not be kept yet."""
    shown = [entry, *linked(entry)]
    drawn = current_app.extensions["draw_cards"](shown, now=g.now, council=council.about(g.session))
    card: Card = drawn.cards[0]
    return card


def linked(entry: Entry) -> list[Resource]:
    """The published resources an answer is shown with."""
    if not isinstance(entry, Answer):
        return []
    found = (entries.find(g.session, "resource", one) for one in entry.resources)
    seen = (one for one in found if isinstance(one, Resource) and one.status == "published" and not one.is_internal)
    return [one for one in seen if not is_over(one)]


def is_over(entry: Entry) -> bool:
    """Whether its last day has passed, as an event's may have: residents do not see it any more."""
    return isinstance(entry, Resource) and entry.ends_on is not None and entry.ends_on < g.now.date()


def who(change: Change | None) -> str:
    """The name of whoever made a change."""
    if change is None or change.staff_id is None:
        return "取りこみ"
    return colleagues.names().get(change.staff_id, "前の職員")


def on_record(deed: str, entry: Entry) -> None:
    """Keep in the record of deeds who did it."""
    deeds.on_record(deed, entry.__tablename__, entry.id)
