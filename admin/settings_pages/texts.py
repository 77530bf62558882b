"""The sentences residents read, which staff may word differently."""

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin.frame import staff_may
from admin.settings_pages.index import settings
from bot.services import wording
from bot.services.access import Action
from bot.services.wording import Sentence

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
WRONG = {
    "empty": "ことばを書いてください。",
    "places": "「{ }」で囲んだところは、もとの文と同じものを、そのまま残してください。",
    "long": "長すぎます。もとの文と同じくらいにしてください。",
    "number": "電話番号は、ここでは変えられません。番号は「社協のこと」で、確かめたところといっしょに直します。",
    "address": "ホームページのアドレスは、ここでは足せません。",
    "unknown": "その文は見つかりません。",
}


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
