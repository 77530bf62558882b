"""概況: who waits now; how soon people were answered; what about, where, when. Charts, tables, and a file. No names."""

from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, g, render_template, request

from admin import charts, deeds, tables
from admin.cases.words import RESULTS
from admin.frame import staff_may
from bot.services import overview as figures
from bot.services import topics
from bot.services.access import Action
from bot.services.overview import Counts, Period

overview = Blueprint("overview", __name__, url_prefix="/admin/overview")

FEW_WORDS = "少数"
SPANS = {"weeks": "この12週間", "year": "この一年度", "last": "前の一年度"}
TITLES = {
    "topic": "ことがらごとの相談",
    "area": "校区ごとの相談",
    "week": "週ごとの相談",
    "referral": "つなぎ先のその後",
    "useful": "「役に立ちましたか」",
    "worry": "匿名の知らせ",
}
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Of the pictures alone: their look stands inside them, and nothing in them may run."""


@overview.app_template_filter("span")
def span(took: timedelta | None) -> str:
    """A length of time as people say it."""
    if took is None:
        return "—"
    minutes = round(took.total_seconds() / 60)
    if minutes < 60:
        return f"{minutes}分"
    if minutes < 24 * 60:
        return f"{minutes // 60}時間{minutes % 60}分" if minutes % 60 else f"{minutes // 60}時間"
    return f"{minutes // 1440}日{minutes % 1440 // 60}時間"


@overview.get("/")
@staff_may(Action.SEE_FIGURES)
def show() -> str:
    name, during = _period()
    return render_template(
        "overview/show.html",
        now=figures.now_(g.session, now=g.now),
        answers=figures.answers(g.session, during),
        tables=_tables(during),
        titles=TITLES,
        visits=figures.visits(g.session, during),
        rounds=figures.rounds(g.session, during),
        few=FEW_WORDS,
        spans=SPANS,
        span=name,
        during=during,
        last_day=during.until - timedelta(days=1),
    )


@overview.get("/charts/<string:name>.svg")
@staff_may(Action.SEE_FIGURES)
def chart(name: str) -> Response:
    _, during = _period()
    if name not in TITLES:
        abort(404)
    drawn = charts.bars(_tables(during)[name], upright=name == "week")
    return Response(drawn, mimetype="image/svg+xml", headers={"Content-Security-Policy": PICTURE_POLICY})


@overview.get("/figures.csv")
@staff_may(Action.SEE_FIGURES)
def export() -> Response:
    """Everything on the page as one file; on record, because it leaves the house."""
    name, during = _period()
    deeds.looked("export_figures", "figures", name)
    answers = figures.answers(g.session, during)
    rows = [("表", "項目", "数")]
    rows += [
        ("期間", "はじまり", f"{during.since:%Y-%m-%d}"),
        ("期間", "おわり", f"{during.until - timedelta(days=1):%Y-%m-%d}"),
    ]
    rows += [
        ("最初のお返事", "受けた相談", _told(answers.opened)),
        ("最初のお返事", "まんなか（分）", _minutes(answers.median)),
        ("最初のお返事", "10人に9人（分）", _minutes(answers.nine_of_ten)),
        ("最初のお返事", "約束を守れた割合（％）", "" if answers.kept is None else str(answers.kept)),
        ("訪問", "行った訪問", _told(figures.visits(g.session, during))),
        ("見守り", "送った見守りメッセージ", _told(figures.rounds(g.session, during))),
    ]
    for key, counts in _tables(during).items():
        rows += [(TITLES[key], words, _told(count)) for words, count in counts.rows]
    return tables.as_file(f"sasaeai-{during.since:%Y%m%d}.csv", rows)


def _tables(during: Period) -> dict[str, Counts]:
    return {
        "topic": figures.by_topic(g.session, during, {**topics.words_of(g.session), "": "まだわかりません"}),
        "area": figures.by_area(g.session, during),
        "week": figures.by_week(g.session, during),
        "referral": figures.referrals(g.session, during, RESULTS),
        "useful": figures.useful(g.session, during),
        "worry": figures.outreach(g.session, during),
    }


def _period() -> tuple[str, Period]:
    """The chosen span; a Japanese financial year begins in April."""
    name = request.args.get("span", "weeks")
    tomorrow = (g.now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    april = g.now.replace(month=4, day=1, hour=0, minute=0, second=0, microsecond=0)
    april = april if april <= g.now else april.replace(year=april.year - 1)
    if name == "year":
        return name, Period(april, tomorrow)
    if name == "last":
        return name, Period(april.replace(year=april.year - 1), april)
    return "weeks", Period(_monday(tomorrow - timedelta(weeks=12)), tomorrow)


def _monday(at: datetime) -> datetime:
    return at - timedelta(days=at.weekday())


def _told(count: int | None) -> str:
    return FEW_WORDS if count is None else str(count)


def _minutes(took: timedelta | None) -> str:
    return "" if took is None else str(round(took.total_seconds() / 60))
