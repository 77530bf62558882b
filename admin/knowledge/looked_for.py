"""さがされたこと: which categories residents looked for in which district. Counts without names; few are not shown."""

from collections import Counter
from datetime import timedelta

from flask import g, render_template, request

from admin.frame import staff_may
from admin.knowledge.room import knowledge
from bot.services.access import Action
from knowledge import asked, needs

PERIODS = {30: "この30日", 90: "この3か月", 365: "この1年"}
NOTHING_FOUND = "見つからなかった"


@knowledge.get("/looked-for")
@staff_may(Action.SEE_FIGURES)
def looked_for() -> str:
    days = request.args.get("days", 90, type=int)
    days = days if days in PERIODS else 90
    until = g.now.date()
    districts, district_of = needs.districts(g.session)
    counts: Counter[tuple[str, int]] = Counter()
    for (category, area_id), times in asked.looked_for(
        g.session, since=until - timedelta(days=days), until=until
    ).items():
        counts[(category or NOTHING_FOUND, district_of.get(area_id, 0))] += times
    by_category: Counter[str] = Counter()
    for (category, _), times in counts.items():
        by_category[category] += times
    shown = {key: times for key, times in counts.items() if times >= needs.FEW}
    columns = [(area.id, area.name) for area in districts if any(place == area.id for _, place in counts)]
    if any(place == 0 for _, place in counts):
        columns.append((0, "地域はわからない"))
    return render_template(
        "knowledge/looked_for.html",
        rows=[category for category, _ in by_category.most_common()],
        columns=columns,
        counts=counts,
        shown=shown,
        days=days,
        periods=PERIODS,
    )
