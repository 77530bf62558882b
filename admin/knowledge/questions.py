"""答えられなかった質問 and 地域の困りごと: grouped by meaning, each turned into an entry, words, a synonym, an item."""

from datetime import timedelta

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin import deeds, fields
from admin.frame import one_or_404, staff_may
from admin.knowledge.room import KINDS, entry_or_404, knowledge, on_record, title_of, who
from admin.refusals import Sentences, refusals_told
from bot.services.access import Action
from bot.store.areas import Area
from bot.store.knowledge import Answer, CouncilItem, SynonymPair
from knowledge import entries, needs
from knowledge.rules import EntryWrong
from knowledge.search import synonyms
from knowledge.search.sentences import default_encoder

SUGGESTED = 5  # entries offered beside a group
SHOWN = 40  # groups on a page
STATES = {"new": "これから", "discussed": "話し合った", "working": "とりくみ中", "done": "できた", "dropped": "見送り"}
PERIODS = {90: "この3か月", 365: "この1年", 3650: "すべて"}
WHY_NO_SYNONYM = {
    "missing": "両方のことばを書いてください。",
    "short": "みじかすぎます。2文字からです。",
    "long": "長すぎます。",
}
NOT_A_SYNONYM: Sentences = {synonyms.NotASynonym: lambda wrong: WHY_NO_SYNONYM[wrong.why]}


@knowledge.get("/questions")
@staff_may(Action.SEE_QUESTIONS)
def questions() -> str:
    groups = needs.grouped(needs.open_questions(g.session), default_encoder())
    areas, _ = needs.districts(g.session)
    return render_template(
        "knowledge/questions.html",
        groups=[(group, _suggested(group.title)) for group in groups[:SHOWN]],
        more=max(0, len(groups) - SHOWN),
        areas=areas,
    )


@knowledge.get("/needs")
@staff_may(Action.SEE_QUESTIONS)
def needs_board() -> str:
    """What many asked for, by district. Fewer than three are not shown: nobody shall be recognised."""
    days = request.args.get("days", 365, type=int)
    days = days if days in PERIODS else 365
    areas, district_of = needs.districts(g.session)
    district = request.args.get("district", 0, type=int)
    since = (g.now - timedelta(days=days)).date()
    asked = [one for one in needs.open_questions(g.session) if one.asked_on >= since]
    if district:
        asked = [one for one in asked if district_of.get(one.area_id or 0) == district]
    groups = [group for group in needs.grouped(asked, default_encoder()) if len(group.questions) >= needs.FEW]
    return render_template(
        "knowledge/needs.html",
        groups=[
            (group, needs.shown_counts(group.by_district(district_of)), _suggested(group.title))
            for group in groups[:SHOWN]
        ],
        areas=areas,
        names={area.id: area.name for area in areas} | {0: "地域はわからない"},
        district=district,
        days=days,
        periods=PERIODS,
        waiting=len(needs.items(g.session)),
    )


def _suggested(words: str) -> list[entries.Entry]:
    """Entries the question may belong to, as search sees it."""
    found = current_app.extensions["library"].search(words, now=g.now, limit=SUGGESTED)
    rows = (entries.find(g.session, hit.entry.kind, hit.entry.id) for hit in found.hits)
    return [row for row in rows if row is not None]


# ── what comes of a group ──


@knowledge.post("/questions/words")
@staff_may(Action.EDIT_KNOWLEDGE)
def add_words() -> Response:
    """The words residents used are added to an entry that answers them."""
    kind, _, entry_id = request.form.get("entry", "").partition("/")
    if kind not in KINDS:
        flash("どれに足すかをえらんでください。", "error")
        return _back()
    entry, asked = entry_or_404(kind, entry_id), needs.by_ids(g.session, _ids())
    wordings = list(dict.fromkeys(one.words for one in asked))
    column = "other_questions" if isinstance(entry, Answer) else "keywords"
    more = {column: [*getattr(entry, column), *wordings]}
    not_so: Sentences = {
        EntryWrong: f"「{title_of(entry)}」には、もうことばを足せません。書きかえの画面で整理してください。",
        entries.ChangedMeanwhile: lambda it: f"{who(it.last)}さんが先に変えました。もう一度お願いします。",
    }
    with refusals_told(not_so):
        entries.change(g.session, entry, more, seen=entry.version, staff_id=current_user.id, now=g.now)
        on_record("change_entry", entry)
        _settled("words", f"「{title_of(entry)}」にことばを足しました。")
    return _back()


@knowledge.post("/questions/synonym")
@staff_may(Action.EDIT_KNOWLEDGE)
def add_synonym() -> Response:
    with refusals_told(NOT_A_SYNONYM):
        pair = keep_synonym()
        _settled("synonym", f"「{pair.everyday}」は「{pair.means}」のこと、とおぼえました。")
    return _back()


def keep_synonym() -> SynonymPair:
    everyday, means = request.form.get("everyday", ""), request.form.get("means", "")
    pair = synonyms.add(g.session, everyday=everyday, means=means, staff_id=current_user.id, now=g.now)
    deeds.on_record("add_synonym", "synonym", pair.id)
    return pair


@knowledge.post("/questions/council")
@staff_may(Action.EDIT_KNOWLEDGE)
def put_forward() -> Response:
    area = g.session.get(Area, fields.number("area") or 0)
    with refusals_told({needs.NothingWritten: "どんなことが必要かを書いてください。"}):
        item = needs.put_forward(
            g.session,
            request.form.get("need", ""),
            area_id=area.id if area else None,
            question_ids=_ids(),
            staff_id=current_user.id,
            now=g.now,
        )
        deeds.on_record("put_forward", "council_item", item.id)
        flash("ささえあい協議会に出すことに加えました。", "success")
        return redirect(url_for(".council_items"))
    return _back()


@knowledge.post("/questions/nothing")
@staff_may(Action.EDIT_KNOWLEDGE)
def do_nothing() -> Response:
    _settled("nothing", "一覧からはずしました。")
    return _back()


def _settled(as_: needs.Settled, words: str) -> None:
    if needs.settle(g.session, _ids(), as_, on=g.now.date()):
        flash(words, "success")
    else:
        flash("この質問は、もうほかの職員がかたづけていました。", "info")


def _ids() -> list[int]:
    return fields.as_numbers(request.form.get("ids", "").split(",")[:1000])


def _back() -> Response:
    return redirect(url_for(".needs_board" if request.form.get("back") == "needs" else ".questions"))


# ── the district councils ──


@knowledge.get("/council-items")
@staff_may(Action.SEE_QUESTIONS)
def council_items() -> str:
    areas, _ = needs.districts(g.session)
    district = fields.as_number(request.args.get("district", "")) or 0
    with_done = bool(request.args.get("done"))
    return render_template(
        "knowledge/council_items.html",
        items=needs.items(g.session, area_id=district or None, with_done=with_done),
        areas=areas,
        names={area.id: area.name for area in areas},
        district=district,
        with_done=with_done,
        states=STATES,
        few=needs.FEW,
    )


@knowledge.post("/council-items/<int:item_id>")
@staff_may(Action.EDIT_KNOWLEDGE)
def move_item(item_id: int) -> Response:
    item = one_or_404(CouncilItem, item_id)
    state = next((one for one in needs.STATES if one == request.form.get("state")), None)
    seen = next((one for one in needs.STATES if one == request.form.get("seen")), None)
    if state is None or seen is None:
        flash("ようすをえらんでください。", "error")
    elif needs.move_on(g.session, item, state, note=request.form.get("note", ""), seen=seen, now=g.now):
        deeds.on_record("move_item", "council_item", item_id)
        flash(f"「{STATES[state]}」にしました。", "success")
    else:
        flash(f"ほかの職員が先に「{STATES[item.state]}」にしました。もう一度見てから、お願いします。", "error")
    return redirect(url_for(".council_items"))
