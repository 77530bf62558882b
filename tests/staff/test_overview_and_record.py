"""Figures without names, small numbers hidden; and the record of who saw, changed and exported what."""

from datetime import timedelta

import pytest

from bot.services import audit, overview
from bot.services.overview import Period
from bot.store.areas import Area
from bot.store.cases import Case
from bot.store.residents import Resident
from bot.store.staff import AuditEntry
from tests.desk import signed_in


def some_cases(town, *, topic: str, count: int, minutes: int, area: int | None = None) -> None:
    now = town.clock.now()
    with town.store.turn() as session:
        for number in range(count):
            who = Resident(created_at=now, name="花子", area_id=area)
            session.add(who)
            session.flush()
            opened = now - timedelta(days=number % 7 + 1)
            session.add(
                Case(
                    resident_id=who.id, topic=topic, state="closed", opened_at=opened, opened_because="resident",
                    promised_on=opened.date(), promised_by=opened + timedelta(hours=1), closed_at=opened,
                    answered_at=opened + timedelta(minutes=minutes + number), queue_id=1,
                )
            )  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([5, 0, 7], [5, 0, 7]),
        ([5, 2, 7], [None, None, 7]),  # one alone could be worked out from the sum
        ([5, 1, 2, 7], [5, None, None, 7]),
        ([5, 1, 1, 7], [None, None, None, 7]),  # a sum of two tells both
        ([1], [None]),
        ([], []),
    ],
)
def test_small_numbers_are_hidden_and_cannot_be_worked_out(counts, shown):
    assert overview.hide_small(counts) == shown


def test_how_soon_people_were_answered(any_town):
    some_cases(any_town, topic="care", count=10, minutes=51)
    now = any_town.clock.now()
    with any_town.store.reading() as session:
        during = Period(now - timedelta(days=30), now)
        answers = overview.answers(session, during)
        weeks = overview.by_week(session, during)
        nobody = overview.answers(session, Period(now - timedelta(days=900), now - timedelta(days=800)))
    assert answers.opened == 10 and answers.kept == 100
    assert answers.median == timedelta(minutes=55.5) and answers.nine_of_ten == timedelta(minutes=59)
    assert len(weeks.rows) == 5 or len(weeks.rows) == 6
    assert nobody.median is None and nobody.opened == 0


def test_the_overview_shows_numbers_and_pictures_but_no_names(town, desk):
    with town.store.reading() as session:
        area = session.query(Area).filter_by(layer=2).first()
    some_cases(town, topic="care", count=6, minutes=20, area=area.id)
    some_cases(town, topic="money", count=4, minutes=20)
    some_cases(town, topic="children", count=2, minutes=20)
    town.resident("ハナ").says("死にたい")
    viewer = signed_in(desk, "viewer")
    page = viewer.get("/admin/overview/").text
    assert "花子" not in page and "少数" in page and area.name in page
    assert 'src="/admin/overview/charts/topic.svg?span=weeks"' in page
    picture = viewer.get("/admin/overview/charts/topic.svg?span=weeks")
    assert picture.mimetype == "image/svg+xml" and b"<script" not in picture.data
    assert "介護・お年より" in picture.text and "default-src 'none'" in picture.headers["Content-Security-Policy"]
    assert viewer.get("/admin/overview/charts/names.svg").status_code == 404
    for span in ("year", "last", "nonsense"):
        assert viewer.get(f"/admin/overview/?span={span}").status_code == 200
    file = viewer.get("/admin/overview/figures.csv?span=year")
    told = file.data.decode("utf-8-sig")
    assert "ことがらごとの相談,介護・お年より,6" in told and "子育て・子ども,少数" in told and "花子" not in told
    assert file.headers["Content-Disposition"].startswith("attachment")
    with town.store.reading() as session:
        assert session.query(AuditEntry).filter_by(deed="export_figures").count() == 1


def test_the_record_can_be_searched_exported_and_shows_when_it_was_changed(town, desk):
    with town.store.turn() as session:
        for number in range(120):
            audit.record(session, "see_case", staff_id=1, now=town.clock.now(), kind="case", record_id=number)
        audit.record(session, "=cmd", staff_id=None, now=town.clock.now(), kind="case", record_id="+1")
    boss = signed_in(desk, "supervisor")
    page = boss.get("/admin/record/?deed=see_case&who=1")
    assert "120件" in page.text and "3ページのうち1ページめ" in page.text and "書きかえられていません" in page.text
    assert "相談 0番" in boss.get("/admin/record/?deed=see_case&page=3").text
    assert "あてはまる記録はありません" in boss.get("/admin/record/?until=2020-01-01").text
    assert boss.get("/admin/record/?since=nonsense&page=x&who=y").status_code == 200
    assert "はじめから終わりまで" in boss.get("/admin/record/verify", follow_redirects=True).text
    told = boss.get("/admin/record/record.csv?number=%2B1").data.decode("utf-8-sig")
    assert "'=cmd" in told and "'+1" in told
    with town.store.turn() as session:
        session.get(AuditEntry, 50).record_id = "9"
    assert "50番の記録" in boss.get("/admin/record/").text
    assert "50番の記録" in boss.get("/admin/record/verify", follow_redirects=True).text
    with town.store.turn() as session:
        assert audit.first_broken(session, newest=20) is None
    assert signed_in(desk, "counsellor").get("/admin/record/").status_code == 403
