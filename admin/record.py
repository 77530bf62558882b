"""記録: who saw, changed, sent, exported what, and when; and whether the record is whole."""

from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from admin import colleagues, deeds, fields, tables
from admin.frame import staff_may
from bot.services import audit
from bot.services.access import Action
from bot.services.audit import Filter

record = Blueprint("record", __name__, url_prefix="/admin/record")

KINDS = {
    "case": "相談",
    "worry_report": "匿名の知らせ",
    "task": "仕事",
    "referral": "つなぎ",
    "plan": "見守り",
    "contact": "緊急連絡先",
    "disaster": "災害の安否確認",
    "resident": "住民",
    "resource": "社会資源",
    "entry": "社会資源",
    "answer": "よくある質問",
    "queue": "相談窓口",
    "canned_reply": "定型文",
    "callback": "折り返し電話",
    "delivery": "届けるもの",
    "staff": "職員",
    "on_call": "当番",
    "setting": "設定",
    "text": "住民が読むことば",
    "template": "見守りの型",
    "category": "分け方",
    "council_item": "協議会に出すこと",
    "synonym": "言いかえ",
    "upload": "取りこんだファイル",
    "figures": "概況",
    "audit": "記録",
}
DEEDS = {
    "see_case": "相談を開いた",
    "see_worry": "知らせを読んだ",
    "see_photo": "写真を見た",
    "see_calls": "折り返し電話の一覧を見た",
    "take_case": "相談の担当になった",
    "take_over_case": "担当を引き取った",
    "assign_case": "担当を割りふった",
    "answer_case": "相談にお返事した",
    "join_case": "相談に加わった",
    "leave_case": "相談から抜けた",
    "hand_on_case": "担当を替えた",
    "transfer_case": "担当を替えた",
    "return_case": "窓口にもどした",
    "hold_case": "保留にした",
    "ask_to_close_case": "いそぎの相談をおわりにしたいと言った",
    "keep_case_open": "相談をつづけることにした",
    "close_case": "相談をおわりにした",
    "acknowledge_alarm": "いそぎの知らせを見た",
    "make_referral": "ほかの機関につないだ",
    "note_referral": "つなぎの結果を書いた",
    "announce_call": "電話することを知らせた",
    "finish_call": "折り返し電話をおえた",
    "answer_worry": "知らせに返事をした",
    "link_worries": "知らせをつなげた",
    "plan_visit": "訪問を決めた",
    "record_visit": "訪問の結果を書いた",
    "close_worry": "知らせをおわりにした",
    "erase_old_worries": "古い知らせのことばを消した",
    "accept_task": "仕事を引き受けた",
    "do_task": "仕事をおえた",
    "pass_on_task": "仕事を渡した",
    "settle": "届かなかったものを済みにした",
    "go_on_duty": "受付をはじめた",
    "go_off_duty": "受付を休んだ",
    "save_queue": "相談窓口を変えた",
    "remove_queue": "相談窓口をなくした",
    "save_reply": "定型文を変えた",
    "remove_reply": "定型文をなくした",
    "enrol_in_checkins": "見守りに入れた",
    "join_checkins": "見守りに入った",
    "change_checkins": "見守りを変えた",
    "describe_plan": "見守りのようすを書いた",
    "link_plan": "見守りをLINEとつないだ",
    "pause_checkins": "見守りを休みにした",
    "resume_checkins": "見守りを再開した",
    "stop_checkins": "見守りをやめた",
    "confirm_well": "無事を確かめた",
    "set_own_stages": "見守りの段階をその方だけに変えた",
    "change_checkin_template": "見守りの型を変えた",
    "add_contact": "緊急連絡先を入れた",
    "confirm_contact": "緊急連絡先を確かめた",
    "remove_contact": "緊急連絡先をはずした",
    "begin_disaster_round": "安否確認をはじめた",
    "reach_in_disaster": "安否を書いた",
    "end_disaster_round": "安否確認をおえた",
    "add_on_call": "当番に入れた",
    "change_on_call": "当番に知らせることを変えた",
    "remove_on_call": "当番からはずした",
    "add_staff": "職員をふやした",
    "remove_staff": "職員をとめた",
    "resume_staff": "職員をまた使えるようにした",
    "give_role": "役割を変えた",
    "new_password": "新しいパスワードを作った",
    "forget_second_factor": "認証アプリの準備をやりなおしにした",
    "end_sign_ins": "すべての画面からサインアウトさせた",
    "lock_out": "まちがいが続き、サインインが休みになった",
    "sign_in": "サインインした",
    "change_setting": "設定を変えた",
    "change_text": "ことばを変えた",
    "reset_text": "ことばをもとにもどした",
    "export_figures": "概況をファイルに出した",
    "export_audit": "記録をファイルに出した",
    "erase_resident": "ご本人のことばを消した",
    "add_entry": "案内を作った",
    "change_entry": "案内を書きかえた",
    "published_entry": "案内を公開した",
    "paused_entry": "案内を休みにした",
    "resumed_entry": "案内をまた出した",
    "confirmed_entry": "案内を確かめた",
    "archived_entry": "案内をしまった",
    "drafted_entry": "案内を下書きにもどした",
    "made_internal_entry": "案内を職員だけのものにした",
    "made_open_entry": "案内をだれでも見られるようにした",
    "restored_entry": "案内を前の内容にもどした",
    "decline_proposal": "住民の提案を使わないことにした",
    "import_file": "案内を取りこんだ",
    "export_file": "案内を書きだした",
    "put_forward": "協議会に出すことにした",
    "move_item": "協議会に出すことを動かした",
    "add_category": "分け方をふやした",
    "rename_category": "分け方の名前を変えた",
    "remove_category": "分け方をなくした",
    "add_synonym": "言いかえをふやした",
    "drop_synonym": "言いかえをなくした",
    "erase_old": "保存期間のすぎたものを消した",
    "try_again": "もう一度送った",
}
PAGE = 50
MOST_ROWS = 20_000


@record.context_processor
def names() -> dict[str, object]:
    return {"kinds": KINDS, "deeds": DEEDS, "people": colleagues.names()}


@record.get("/")
@staff_may(Action.SEE_AUDIT)
def list_() -> str:
    wanted = _filter()
    page = fields.page()
    entries, total = audit.entries(g.session, wanted, page=page, size=PAGE)
    asked = {name: value for name, value in request.args.items() if value and name != "page"}
    return render_template(
        "record/list.html",
        entries=entries,
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE)),
        asked=asked,
        known_deeds=audit.deeds(g.session),
        broken=audit.first_broken(g.session, newest=500),
    )


@record.get("/verify")
@staff_may(Action.SEE_AUDIT)
def verify() -> Answer:
    """Check every entry there is, as `sasaeai audit verify` does."""
    broken = audit.first_broken(g.session)
    if broken is None:
        flash("はじめから終わりまで、記録は書きかえられていません。", "success")
    else:
        flash(
            f"{broken}番の記録が、書きかえられたか、なくなっています。設置した人と管理者に、すぐ知らせてください。",
            "error",
        )
    return redirect(url_for(".list_"))


@record.get("/record.csv")
@staff_may(Action.SEE_AUDIT)
def export() -> Response:
    """The entries that fit, as a file; on record itself."""
    deeds.looked("export_audit", "audit")
    entries, _ = audit.entries(g.session, _filter(), page=1, size=MOST_ROWS)
    people = colleagues.names()
    rows = [["番号", "いつ", "だれが", "何をした", "何の", "どれ"]]
    for one in entries:
        who = people.get(one.staff_id, str(one.staff_id)) if one.staff_id else "プログラム"
        at = one.at.astimezone(g.now.tzinfo)
        deed, kind = DEEDS.get(one.deed, one.deed), KINDS.get(one.kind, one.kind)
        rows.append([str(one.id), f"{at:%Y-%m-%d %H:%M:%S}", who, deed, kind, one.record_id])
    return tables.as_file("record.csv", rows)


def _filter() -> Filter:
    return Filter(
        staff_id=fields.as_number(request.args.get("who", "")),
        deed=request.args.get("deed", ""),
        kind=request.args.get("kind", ""),
        record_id=request.args.get("number", "").strip(),
        since=_midnight(request.args.get("since", "")),
        until=_midnight(request.args.get("until", ""), days=1),
    )


def _midnight(day: str, *, days: int = 0) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(day), time(), g.now.tzinfo) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
