"""分類 and ことばの言いかえ: the categories of all entries, and everyday words with what they mean."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin import deeds
from admin.frame import one_or_404, staff_may
from admin.knowledge.questions import NOT_A_SYNONYM, keep_synonym
from admin.knowledge.room import knowledge
from admin.refusals import Sentences, refusals_told
from bot.services.access import Action
from bot.store.knowledge import Category, SynonymPair
from knowledge import taxonomy
from knowledge.search import synonyms

STILL_USED = "「{name}」には{count}件あります。先にほかの分類へ移してください。"
NO_NAME: Sentences = {
    taxonomy.NoName: f"分類の名前を、{taxonomy.LONGEST}文字までで書いてください。",
    taxonomy.NameTaken: "その名前の分類は、もうあります。",
}


@knowledge.get("/categories")
@staff_may(Action.SEE_KNOWLEDGE)
def categories() -> str:
    return render_template("knowledge/categories.html", categories=taxonomy.listed(g.session), most=taxonomy.LONGEST)


@knowledge.post("/categories")
@staff_may(Action.PUBLISH_KNOWLEDGE)
def add_category() -> Response:
    with refusals_told(NO_NAME):
        made = taxonomy.add(g.session, request.form.get("name", ""), staff_id=current_user.id, now=g.now)
        deeds.on_record("add_category", "category", made.id)
        flash(f"分類「{made.name}」を作りました。", "success")
    return redirect(url_for(".categories"))


@knowledge.post("/categories/<string:category_id>/rename")
@staff_may(Action.PUBLISH_KNOWLEDGE)
def rename_category(category_id: str) -> Response:
    category = one_or_404(Category, category_id)
    with refusals_told(NO_NAME):
        name = request.form.get("name", "")
        followed = taxonomy.rename(g.session, category, name, staff_id=current_user.id, now=g.now)
        deeds.on_record("rename_category", "category", category.id)
        flash(f"「{category.name}」にしました。{followed}件の分類も変わりました。", "success")
    return redirect(url_for(".categories"))


@knowledge.post("/categories/<string:category_id>/move")
@staff_may(Action.PUBLISH_KNOWLEDGE)
def move_category(category_id: str) -> Response:
    up = request.form.get("to") == "up"
    taxonomy.move(g.session, one_or_404(Category, category_id), up=up, staff_id=current_user.id, now=g.now)
    return redirect(url_for(".categories"))


@knowledge.post("/categories/<string:category_id>/remove")
@staff_may(Action.PUBLISH_KNOWLEDGE)
def remove_category(category_id: str) -> Response:
    category = one_or_404(Category, category_id)
    with refusals_told({taxonomy.StillUsed: lambda it: STILL_USED.format(name=category.name, count=it.count)}):
        taxonomy.remove(g.session, category, staff_id=current_user.id, now=g.now)
        deeds.on_record("remove_category", "category", category.id)
        flash(f"分類「{category.name}」をなくしました。", "success")
    return redirect(url_for(".categories"))


@knowledge.get("/synonyms")
@staff_may(Action.SEE_KNOWLEDGE)
def synonym_list() -> str:
    wanted = request.args.get("q", "")
    pairs = synonyms.listed(g.session, looking_for=wanted)
    return render_template("knowledge/synonyms.html", pairs=pairs, wanted=wanted)


@knowledge.post("/synonyms")
@staff_may(Action.EDIT_KNOWLEDGE)
def new_synonym() -> Response:
    with refusals_told(NOT_A_SYNONYM):
        pair = keep_synonym()
        flash(f"「{pair.everyday}」は「{pair.means}」のこと、とおぼえました。", "success")
    return redirect(url_for(".synonym_list"))


@knowledge.post("/synonyms/<int:pair_id>/drop")
@staff_may(Action.EDIT_KNOWLEDGE)
def drop_synonym(pair_id: int) -> Response:
    pair = one_or_404(SynonymPair, pair_id)
    synonyms.drop(g.session, pair, staff_id=current_user.id, now=g.now)
    deeds.on_record("drop_synonym", "synonym", pair_id)
    flash(f"「{pair.everyday}」の言いかえをやめました。", "success")
    return redirect(url_for(".synonym_list"))
