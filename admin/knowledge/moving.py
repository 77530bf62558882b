"""取りこみと書きだし: a file comes in after a look at what it would change; everything goes out as a file.

Between the look and the deed the file waits in the database, for a day at most.
"""

from datetime import timedelta
from io import StringIO
from typing import Any, Literal, get_args

from flask import Response as FileResponse
from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin.frame import staff_may
from admin.knowledge.room import FIELDS, knowledge
from bot.services import audit
from bot.services.access import Action
from knowledge import exchange, uploads

MOST_BYTES = 8 * 1024 * 1024
AT_ONCE = 100  # rows taken in by one transaction
EXPORTS: dict[exchange.ExportFormat, tuple[str, str]] = {
    "csv": ("社会資源（CSV）", "csv"),
    "answers": ("よくある質問（CSV）", "csv"),
    "hsds": ("Open Referral HSDS 3（JSON）", "json"),
    "opendata": ("公共施設一覧（オープンデータ、公開中のものだけ）", "csv"),
}
DEEDS = {
    "added": "新しく入る",
    "changed": "変わる",
    "kept": "職員が変えたのでそのまま",
    "unchanged": "同じ",
    "refused": "入れられない",
}
Chosen = exchange.Format | Literal["auto"]


@knowledge.get("/import")
@staff_may(Action.PUBLISH_KNOWLEDGE)
def import_page() -> str:
    return _page()


@knowledge.post("/import")
@staff_may(Action.PUBLISH_KNOWLEDGE)
def look_at_file() -> str | tuple[str, int]:
    """What the file would change. Nothing is changed yet."""
    sent = request.files.get("file")
    content = sent.read(MOST_BYTES + 1) if sent else b""
    if not sent or not content:
        return _page(problem="ファイルをえらんでください。"), 400
    if len(content) > MOST_BYTES:
        words = "ファイルが大きすぎます（8MBまで）。大きなものは、サーバーで sasaeai kb import を使ってください。"
        return _page(problem=words), 400
    format_: Chosen = next((one for one in get_args(exchange.Format) if one == request.form.get("format")), "auto")
    source, credit = request.form.get("source", "").strip()[:500], request.form.get("credit", "").strip()[:200]
    try:
        file = _open(content, sent.filename or "", format_, source, credit)
        preview = exchange.plan(g.session, file, now=g.now)
    except exchange.NotReadable as wrong:
        return _page(problem=str(wrong)), 400
    waiting = None
    if not preview.changes_nothing:
        waiting = uploads.keep(
            g.session,
            content,
            name=file.name,
            format=format_,
            source=source,
            credit=credit,
            staff_id=current_user.id,
            now=g.now,
        )
    return _page(preview=preview, told=file.told, name=file.name, waiting=waiting)


@knowledge.post("/import/<string:upload_id>")
@staff_may(Action.PUBLISH_KNOWLEDGE)
def take_in(upload_id: str) -> str | Response:
    """Do what the preview showed, a portion at a time, so that the bot answers meanwhile. What staff changed in between
    is looked at anew; should the machine stop, the same file brings the rest."""
    waiting = uploads.take(g.session, upload_id, staff_id=current_user.id, now=g.now)
    if waiting is None:
        flash("このファイルは、もう取りこんだか、時間がたって消えました。もう一度えらんでください。", "error")
        return redirect(url_for(".import_page"))
    file = _open(waiting.content, waiting.name, waiting.format, waiting.source, waiting.credit)
    done, staff_id = exchange.Preview(), current_user.id
    for portion in exchange.portions(file, AT_ONCE):
        exchange.apply(g.session, portion, now=g.now, staff_id=staff_id, preview=done)
        g.session.commit()
    counts = {str(name): number for name, number in done.counts.items()}
    audit.record(
        g.session,
        "import_file",
        staff_id=current_user.id,
        now=g.now,
        kind="upload",
        record_id=upload_id,
        details=counts,
    )
    return _page(preview=done, told=file.told, name=file.name, is_done=True)


@knowledge.get("/export/<string:format>")
@staff_may(Action.EDIT_KNOWLEDGE)
def export(format: str) -> FileResponse:
    chosen = next((one for one in EXPORTS if one == format), None)
    if chosen is None:
        abort(404)
    out = StringIO(newline="")
    exchange.export(g.session, chosen, out, only_published=bool(request.args.get("published")))
    ending = EXPORTS[chosen][1]
    name = f"{chosen}-{g.now.date().isoformat()}.{ending}"
    kind = "text/csv; charset=utf-8" if ending == "csv" else "application/json"
    return FileResponse(
        out.getvalue().encode(), content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _open(content: bytes, name: str, format_: Chosen, source: str, credit: str) -> exchange.File:
    return exchange.open_file(content, name, format_, source_url=source, credit=credit, today=g.now.date())


def _page(**shown: Any) -> str:
    known = {"preview": None, "told": (), "name": "", "waiting": None, "is_done": False, "problem": ""}
    return render_template(
        "knowledge/import.html",
        **{**known, **shown},
        formats=exchange.FORMATS,
        exports=EXPORTS,
        import_deeds=DEEDS,
        fields=FIELDS,
        keep_for=uploads.KEEP_FOR // timedelta(hours=1),
    )
