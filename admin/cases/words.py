"""What pages about cases share: the words for what is stored, and finding the case a page is about."""

from flask import g
from sqlalchemy import select

from bot.services import topics
from bot.services.queues import Wait
from bot.store.cases import Case
from bot.store.residents import Thread

DANGERS = {
    "suicide_or_self_harm": "死にたい・自分を傷つける",
    "child_abuse": "子どもへの虐待",
    "elder_abuse": "お年よりへの虐待",
    "domestic_violence": "家庭の暴力",
    "sexual_violence": "性暴力",
    "violence_now": "いま起きている暴力",
    "medical_emergency": "急な病気・けが",
    "fire_or_gas": "火事・ガス",
    "no_food_or_lifeline": "食べ物・ライフライン",
    "missing_person": "行方がわからない",
    "desperate_parent": "追いつめられた親",
    "danger_to_others": "人の命の危険・人を傷つけるおそれ",
}
STATES = {"waiting": "担当を待っています", "taken": "担当がいます", "closed": "おわり"}
OUTCOMES = {
    "answered": "お答えして、おちついた",
    "referred": "ほかの機関につながった",
    "visiting": "訪問・見守りをつづける",
    "unreachable": "連絡がつかない",
    "withdrawn": "ご本人がやめた",
    "other": "そのほか",
}
NOTE_KINDS = {
    "note": "メモ",
    "transfer": "担当替え",
    "return": "窓口にもどる",
    "hold": "保留",
    "referral": "つなぎ先のその後",
    "closing": "おわり",
    "reopened": "ふたたび開いた",
    "erased": "ご本人のことばを消した",
}
OPENED = {"resident": "ご本人の希望", "danger": "危険なことば", "staff": "職員から"}
RESULTS = {
    "open": "返事待ち",
    "contacted": "連絡済",
    "connected": "つながった",
    "not_connected": "つながらなかった",
}
ANSWERS = {
    "yes": "「つながった」とのお返事",
    "not_yet": "「まだ話していない」とのお返事",
    "no": "「うまくいかなかった」とのお返事",
}
FAREWELL = "ご相談をおわりにします。また困ったときは「人に相談する」から、いつでもどうぞ。"


def thread_key(case: Case) -> str:
    return str(g.session.scalar(select(Thread.key).where(Thread.resident_id == case.resident_id)))


def topic_words() -> dict[str, str]:
    """The words of every topic, and of none; read once in a request."""
    if "topic_words" not in g:
        g.topic_words = {**topics.words_of(g.session), "": "—"}
    found: dict[str, str] = g.topic_words
    return found


def span(minutes: int) -> str:
    """75 → 「1時間15分」, 3000 → 「2日と2時間」."""
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days}日" + (f"と{hours}時間" if hours else "")
    if hours:
        return f"{hours}時間" + (f"{minutes}分" if minutes else "")
    return f"{minutes}分"


def wait_words(wait: Wait, *, is_danger: bool = False) -> str:
    """How long somebody waits, in words that do not need the colour. In danger no target calms anybody."""
    if is_danger:
        return f"{span(wait.minutes)}待ち"
    if wait.state == "late":
        return f"{span(wait.minutes)}待ち（目標を{span(wait.minutes - wait.target)}すぎ）"
    return f"{span(wait.minutes)}待ち（目標まであと{span(wait.target - wait.minutes)}）"


def why_not_delivered(state: str, refusal: str | None) -> tuple[str, str]:
    """What became of words that LINE did not take, and what to do now."""
    is_month_over = (refusal or "").startswith(("429", "held back"))
    if state == "dropped":
        return (
            "この方がLINEをやめたかブロックしたため、送っていません。",
            "電話や訪問など、ほかの方法で連絡してください。",
        )
    if state == "waiting" and is_month_over:
        return (
            "LINEで今月送れる数が足りず、まだ届いていません。",
            "自動で送りなおしますが、いそぐときは電話してください。",
        )
    if state == "waiting":
        return "まだ届いていません。", "自動で送りなおしています。いそぐときは電話してください。"
    if is_month_over:
        return "LINEで今月送れる数を使いきり、届いていません。", "電話や訪問など、ほかの方法で連絡してください。"
    return "LINEが受け付けず、届いていません。", "もう一度送るか、電話など、ほかの方法で連絡してください。"
