"""設定: hours, closed days, facts about the council, rules, and the sentences residents read.

Everything is looked at before it counts, takes effect at once, and is on record.
"""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin import opening_hours
from admin.frame import staff_may
from bot.services import audit, consultation, council, desk_rules, office_hours, topics, wording
from bot.services.access import Action
from bot.services.wording import Sentence
from knowledge import hours

settings = Blueprint("settings", __name__, url_prefix="/admin/settings")

PLACES = {
    "apology": "うまくいかなかったとき",
    "callback": "折り返しの電話",
    "checkin": "見守り：毎日のおたずねとお知らせ",
    "checkin_contacts": "見守り：連絡先",
    "checkin_group": "見守り：つながり",
    "checkin_joining": "見守り：はじめるとき",
    "checkin_plan": "見守り：お休み・変更・おわり",
    "disaster": "災害のとき",
    "common": "いろいろな所で",
    "groups": "グループで",
    "handoff": "人に相談する",
    "intents": "聞き返すとき",
    "lookup": "相談先をさがす",
    "media": "写真や音声をもらったとき",
    "menu": "メニュー",
    "office": "社協について",
    "profile": "設定と地域",
    "referral": "つないだあと",
    "router": "会話の進め方",
    "small_talk": "あいさつ",
    "treasure": "地域の宝物",
    "welcome": "はじめて話すとき",
    "worry": "匿名の知らせ",
}
EXAMPLES = {
    "name": "〇〇市社会福祉協議会",
    "office": "〇〇市社会福祉協議会",
    "area": "中央中学校区",
    "count": "3",
    "phone": "（社協の電話番号）",
    "number": "（電話番号）",
    "day": "11月27日（金）",
    "days": "14",
    "topic": "介護・お年より",
    "time": "9時",
}
FACTS = {
    "name": "正式な名前",
    "short_name": "短い呼び名",
    "city": "市や町の名前",
    "address": "所在地",
    "url": "ホームページ",
    "email": "メールアドレス",
    "phone": "電話番号",
    "calling_phone": "職員が電話をかけるときの番号（ちがうとき）",
    "fax": "FAX番号",
    "city_hall_name": "市役所の名前",
    "city_hall_phone": "市役所の電話番号",
}
RULES = {
    "answer_minutes": ("最初のお返事までの時間（窓口が開いている分）", "分"),
    "minutes_a_case": ("待っている人が一人ふえるごとに足す時間", "分"),
    "reopen_days": ("おわったあと、続きとして受ける日数", "日"),
    "callback_minutes": ("折り返し電話の一回の長さ", "分"),
    "callback_places": ("同じ時間に受ける折り返し電話の数", "件"),
    "callback_days": ("何日先（開いている日）まで選べるか", "日"),
    "room_idle_hours": ("相談ルームを、使われないときに閉じるまでの時間", "時間"),
    "keep_days": ("おわった相談のことばを残す日数", "日"),
}
DESK_RULES = {
    "accept_minutes": ("仕事を引き受ける人がいないとき、上へ知らせるまで", "分"),
    "idle_minutes": ("使われない画面をサインアウトするまで", "分"),
    "wrong_sign_ins": ("何回続けてまちがえたら、サインインを休ませるか", "回"),
    "locked_minutes": ("休ませる時間", "分"),
}
WAYS = {"room": "相談ルーム（ことばがLINEに残りません）", "line": "LINEの中で"}
HOURS = ("office", "desk")
WRONG = {
    "empty": "ことばを書いてください。",
    "places": "「{ }」で囲んだところは、もとの文と同じものを、そのまま残してください。",
    "long": "長すぎます。もとの文と同じくらいにしてください。",
    "number": "電話番号は、ここでは変えられません。番号は「社協のこと」で、確かめたところといっしょに直します。",
    "address": "ホームページのアドレスは、ここでは足せません。",
    "unknown": "その文は見つかりません。",
}


@settings.get("/")
@staff_may(Action.CHANGE_SETTINGS)
def index() -> str:
    kept = consultation.rules(g.session)
    return render_template(
        "settings/index.html",
        council=council.about(g.session),
        rules=kept,
        closed=[day for day in sorted(kept.closed_on) if day >= g.now.date()],
        changed=len(wording.changed(g.session)),
        topics=[one.words for one in topics.offered(g.session)],
        way_words=[WAYS[one] for one in kept.ways],
    )


# ── hours: told to residents (office), and kept by those who answer (desk) ──


@settings.get("/hours/<string:which>")
@staff_may(Action.CHANGE_SETTINGS)
def show_hours(which: str) -> str:
    if which not in HOURS:
        abort(404)
    return _hours_page(which, _hours_now(which))


@settings.post("/hours/<string:which>")
@staff_may(Action.CHANGE_SETTINGS)
def set_hours(which: str) -> str | Response | tuple[str, int]:
    """The simple form, or the notation as text. Looked at first (`step` is `look`), then kept."""
    if which not in HOURS:
        abort(404)
    try:
        is_text = "text" in request.form
        text = request.form["text"].strip() if is_text else opening_hours.notation(request.form)
    except opening_hours.NotATime as wrong:
        trouble = f"{wrong.line}の時間を確かめてください。はじまりとおわりの両方がいります。"
        return _hours_page(which, _hours_now(which), trouble=trouble, typed=request.form), 400
    if text and hours.read(text) is None:
        trouble = "この書き方は読みとれません。例：月～金 8:30～17:15（祝日・年末年始を除く）"
        return _hours_page(which, text, trouble=trouble), 400
    if request.form.get("step") != "keep":
        return _hours_page(which, text, is_new=True)
    if which == "office":
        council.set_facts(g.session, {"hours": text}, now=g.now)
    else:
        consultation.set_rules(g.session, {"desk_hours": text}, now=g.now)
    _note(f"{which}_hours")
    flash("時間を変えました。", "success")
    return redirect(url_for(".show_hours", which=which))


def _hours_now(which: str) -> str:
    return council.about(g.session).hours if which == "office" else consultation.rules(g.session).desk_hours


def _hours_page(which: str, text: str, *, trouble: str = "", is_new: bool = False, typed: object = None) -> str:
    read = hours.read(text)
    closed_on = consultation.rules(g.session).closed_on
    return render_template(
        "settings/hours.html",
        which=which,
        text=text,
        lines=opening_hours.lines(text),
        year_end=read.closed_at_year_end if read else True,
        week=opening_hours.week_ahead(read, g.now.date(), closed_on) if read else [],
        told=read.today_words(g.now) if read else "",
        trouble=trouble,
        is_new=is_new,
        typed=typed,
        unset=_hours_now("office") if which == "desk" else "",
    )


# ── closed days ──


@settings.get("/closed-days")
@staff_may(Action.CHANGE_SETTINGS)
def closed_days() -> str:
    days = sorted(consultation.rules(g.session).closed_on)
    return render_template("settings/closed_days.html", days=[day for day in days if day >= g.now.date()], today=g.now)


@settings.post("/closed-days")
@staff_may(Action.CHANGE_SETTINGS)
def add_closed_days() -> Response:
    first = _day(request.form.get("first", ""))
    last = _day(request.form.get("last", "")) or first
    if first is None or last is None or not 0 <= (last - first).days <= 60 or first < g.now.date():
        flash("きょうからあとの日を、60日までの長さで入れてください。", "error")
        return redirect(url_for(".closed_days"))
    new = {date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)}
    _keep_closed(new | consultation.rules(g.session).closed_on)
    flash("休みの日を入れました。お返事の約束は、この日を避けます。", "success")
    return redirect(url_for(".closed_days"))


@settings.post("/closed-days/<string:day>/remove")
@staff_may(Action.CHANGE_SETTINGS)
def remove_closed_day(day: str) -> Response:
    gone = _day(day)
    if gone is None:
        abort(404)
    _keep_closed(consultation.rules(g.session).closed_on - {gone})
    flash("その日は休みではなくなりました。", "success")
    return redirect(url_for(".closed_days"))


def _keep_closed(days: frozenset[date] | set[date]) -> None:
    kept = tuple(day.isoformat() for day in sorted(days) if day >= g.now.date())
    consultation.set_rules(g.session, {"closed_days": kept}, now=g.now)
    _note("closed_days")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# ── facts about the council ──


@settings.get("/council")
@staff_may(Action.CHANGE_SETTINGS)
def show_council() -> str:
    return _council_page(asdict(council.about(g.session)))


@settings.post("/council")
@staff_may(Action.CHANGE_SETTINGS)
def set_council() -> str | Response | tuple[str, int]:
    given = {name: request.form.get(name, "").strip() for name in FACTS if name in request.form}
    try:
        changed = council.confirm_facts(g.session, given, source=request.form.get("source", ""), now=g.now)
    except council.SourceMissing:
        trouble = (
            "番号を変えるときは、どこで確かめたかを書いてください（資料の名前、ホームページ、電話で確かめた日など）。"
        )
        return _council_page({**asdict(council.about(g.session)), **given}, trouble), 400
    except council.NotANumber as wrong:
        trouble = f"{FACTS[wrong.fact]}の形を確かめてください。例：079-424-4318"
        return _council_page({**asdict(council.about(g.session)), **given}, trouble), 400
    for name in changed:
        _note(f"council.{name}")
    flash("社協のことを変えました。" if changed else "変わったところはありません。", "success" if changed else "info")
    return redirect(url_for(".show_council"))


def _council_page(shown: dict[str, str], trouble: str = "") -> str:
    sources = council.sources(g.session)
    return render_template("settings/council.html", facts=FACTS, shown=shown, sources=sources, trouble=trouble)


# ── rules ──


@settings.get("/rules")
@staff_may(Action.CHANGE_SETTINGS)
def show_rules() -> str:
    return _rules_page(consultation.rules(g.session), desk_rules.rules(g.session))


@settings.post("/rules")
@staff_may(Action.CHANGE_SETTINGS)
def set_rules() -> str | Response | tuple[str, int]:
    kept, desk = consultation.rules(g.session), desk_rules.rules(g.session)
    ways = tuple(one for one in (request.form.get("first_way", ""), *request.form.getlist("way")) if one in WAYS)
    given: dict[str, Any] = _numbers(RULES)
    wanted = replace(kept, ways=tuple(dict.fromkeys(ways)), **given)
    of_desk = replace(desk, **_numbers(DESK_RULES))
    for name, limits in {**consultation.LIMITS, **desk_rules.LIMITS}.items():
        value = getattr(wanted, name, getattr(of_desk, name, None))
        if name in {**RULES, **DESK_RULES} and (value is None or not limits[0] <= value <= limits[1]):
            words, unit = {**RULES, **DESK_RULES}[name]
            trouble = f"「{words}」は、{limits[0]}から{limits[1]}{unit}までです。"
            return _rules_page(wanted, of_desk, trouble), 400
    if not wanted.ways:
        return _rules_page(kept, of_desk, "話す方法を、一つはえらんでください。"), 400
    if request.form.get("step") != "keep":
        return _rules_page(wanted, of_desk, is_new=True)
    names = ["ways", *RULES]
    consultation.set_rules(g.session, {name: getattr(wanted, name) for name in names}, now=g.now)
    desk_rules.set_rules(g.session, asdict(of_desk), now=g.now)
    for name in [
        *(name for name in names if getattr(wanted, name) != getattr(kept, name)),
        *(name for name in DESK_RULES if getattr(of_desk, name) != getattr(desk, name)),
    ]:
        _note(f"rules.{name}")
    flash("きまりを変えました。", "success")
    return redirect(url_for(".show_rules"))


def _numbers(names: dict[str, tuple[str, str]]) -> dict[str, int]:
    """The numbers in the form; what is none becomes one that no limit allows."""
    given = {name: request.form.get(name, "").strip() for name in names}
    return {
        name: int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1 for name, text in given.items()
    }


def _rules_page(shown: consultation.Rules, desk: desk_rules.Rules, trouble: str = "", *, is_new: bool = False) -> str:
    promised = None
    if not trouble:
        hours_of_desk = office_hours.OfficeHours(consultation.hours_of_desk(g.session, shown), shown.closed_on)
        promised = office_hours.promise(hours_of_desk, shown, now=g.now, waiting=0, on_duty=1)
    return render_template(
        "settings/rules.html",
        shown={**asdict(shown), **asdict(desk)},
        rules=RULES,
        desk_rules=DESK_RULES,
        limits={**consultation.LIMITS, **desk_rules.LIMITS},
        ways=WAYS,
        promised=promised,
        trouble=trouble,
        is_new=is_new,
    )


# ── the sentences residents read ──


@settings.get("/texts")
@staff_may(Action.CHANGE_SETTINGS)
def texts() -> str:
    asked, place = request.args.get("q", "").strip(), request.args.get("place", "")
    changed = wording.changed(g.session)
    found = [
        one
        for one in _sentences()
        if (not place or one.place == place)
        and (not asked or asked in one.words or (one.id in changed and asked in changed[one.id].words))
        and (request.args.get("only") != "changed" or one.id in changed)
    ]
    places = {name: PLACES.get(name, name) for name in dict.fromkeys(one.place for one in _sentences())}
    return render_template(
        "settings/texts.html", found=found, changed=changed, places=places, asked=asked, place=place,
        only=request.args.get("only", ""),
    )  # fmt: skip


@settings.get("/texts/<string:sentence_id>")
@staff_may(Action.CHANGE_SETTINGS)
def show_text(sentence_id: str) -> str:
    sentence = _sentence(sentence_id)
    kept = wording.changed(g.session).get(sentence_id)
    return _text_page(sentence, kept.words if kept else sentence.words)


@settings.post("/texts/<string:sentence_id>")
@staff_may(Action.CHANGE_SETTINGS)
def set_text(sentence_id: str) -> str | Response | tuple[str, int]:
    sentence, words = _sentence(sentence_id), request.form.get("words", "")
    try:
        words = wording.check(sentence.words, words)
    except wording.NotAllowed as wrong:
        return _text_page(sentence, words, WRONG[wrong.why]), 400
    if request.form.get("step") != "keep":
        return _text_page(sentence, words, is_new=True)
    wording.change(g.session, _sentences(), sentence_id, words, staff_id=current_user.id, now=g.now)
    flash("ことばを変えました。次のお返事から、このことばになります。", "success")
    return redirect(url_for(".show_text", sentence_id=sentence_id))


@settings.post("/texts/<string:sentence_id>/reset")
@staff_may(Action.CHANGE_SETTINGS)
def reset_text(sentence_id: str) -> Response:
    if wording.reset(g.session, _sentence(sentence_id).id, staff_id=current_user.id, now=g.now):
        flash("もとのことばにもどしました。", "success")
    return redirect(url_for(".show_text", sentence_id=sentence_id))


def _text_page(sentence: Sentence, words: str, trouble: str = "", *, is_new: bool = False) -> str:
    return render_template(
        "settings/text.html",
        sentence=sentence,
        words=words,
        shown="" if trouble else wording.filled(words, EXAMPLES),
        place=PLACES.get(sentence.place, sentence.place),
        changed=wording.changed(g.session).get(sentence.id),
        trouble=trouble,
        is_new=is_new,
    )


def _sentences() -> tuple[Sentence, ...]:
    known: tuple[Sentence, ...] = current_app.extensions["sentences"]()
    return known


def _sentence(sentence_id: str) -> Sentence:
    found = next((one for one in _sentences() if one.id == sentence_id), None)
    if found is None:
        abort(404)
    return found


def _note(what: str) -> None:
    audit.record(g.session, "change_setting", staff_id=current_user.id, now=g.now, kind="setting", record_id=what)
