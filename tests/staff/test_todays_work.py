"""きょうの仕事: everything due today in one list; every line gets a name, or it climbs."""

from datetime import timedelta

from bot.services import staff, tasks, todays_work, worries
from bot.store.staff import AuditEntry
from bot.store.tasks import Task
from tests.desk import signed_in, token


def a_worry(town, words: str = "見たこと") -> str:
    with town.store.turn() as session:
        worries.file(session, worries.Draft(form_key=worries.new_form_key(), seen=words), now=town.clock.now())
        return worries.waiting(session)[0].id


def the_tasks(town, **which) -> list[Task]:
    with town.store.reading() as session:
        return list(session.query(Task).filter_by(**which).order_by(Task.id))


def test_what_is_due_today_stands_in_one_list_until_it_is_done(town, desk, clock):
    report = a_worry(town)
    town.resident("ハナ").says("死にたい")
    tanaka = signed_in(desk, "counsellor")
    town.sweeper.gather()
    page = tanaka.get("/admin/today/now").text
    assert "いそぎの相談" in page and "お返事の約束" not in page

    clock.moves_on(days=3)  # the answer is due today
    clock.moves_to(clock.now().replace(hour=8, minute=0))
    town.sweeper.gather()
    assert the_tasks(town) == []  # nobody is there yet
    clock.moves_to("09:30")
    town.sweeper.gather()
    town.sweeper.gather()
    (task,) = the_tasks(town)
    tanaka = signed_in(desk, "counsellor")  # a long time has passed
    page = tanaka.get("/admin/today/")
    assert "（匿名の知らせ）" in page.text and "まだいません" in page.text
    assert tanaka.get("/admin/").text.count("わたしがします") >= 1
    form = {"csrf_token": token(page)}
    assert "あなたがします" in tanaka.post(f"/admin/today/{task.id}/accept", data=form, follow_redirects=True).text

    boss = signed_in(desk, "supervisor")
    theirs = {"csrf_token": token(boss.get("/admin/today/"))}
    late = boss.post(f"/admin/today/{task.id}/accept", data=theirs, follow_redirects=True).text
    assert "さんが先に引き受けました" in late
    assert "1件" in boss.get("/admin/today/load").text
    assert tanaka.get("/admin/today/load").status_code == 403

    tanaka.post(f"/admin/worries/{report}/answer", data={**form, "words": "見に行きます"})
    planned = clock.now().date().isoformat()
    tanaka.post(f"/admin/worries/{report}/visits", data={**form, "visitor": "田中", "planned_on": planned})
    town.sweeper.gather()
    assert [one.state for one in the_tasks(town)] == ["dropped", "open"]
    assert the_tasks(town, kind="visit")[0].worry_id == report
    assert "訪問の結果を書くと" in tanaka.get(f"/admin/today/{the_tasks(town, kind='visit')[0].id}").text


def test_an_answer_is_asked_for_a_working_day_before_it_is_due_and_climbs_on_its_day(town, desk, clock):
    a_worry(town)
    clock.moves_on(days=1)
    clock.moves_to("09:30")  # the next day
    town.sweeper.gather()
    (task,) = the_tasks(town)
    today = clock.now().date()
    assert (task.due_at.date(), task.climbs_at.date()) == (today + timedelta(days=1), today + timedelta(days=1))
    assert task.patience_minutes < 24 * 60
    assert "お返事の約束" in signed_in(desk, "counsellor").get("/admin/").text


def test_a_task_is_finished_with_a_result_or_passed_on(town, desk):
    with town.store.turn() as session:
        call = tasks.open_(session, "a", "phone", now=town.clock.now(), words="<b>けさ</b>お返事なし").id
        other = tasks.open_(session, "b", "follow_up", now=town.clock.now()).id
        boss = staff.find(session, "supervisor@example.com").id
    tanaka = signed_in(desk, "counsellor")
    page = tanaka.get(f"/admin/today/{call}")
    assert "&lt;b&gt;けさ&lt;/b&gt;" in page.text
    form = {"csrf_token": token(page)}
    refused = tanaka.post(f"/admin/today/{call}/done", data={**form, "result": "done", "outcome": "畑にいらした"})
    assert "結果をえらんでください" in refused.text and "畑にいらした</textarea>" in refused.text
    tanaka.post(f"/admin/today/{call}/done", data={**form, "result": "well", "outcome": "電話でお元気でした"})
    again = tanaka.post(f"/admin/today/{call}/done", data={**form, "result": "well"}, follow_redirects=True)
    assert "もうおわっています" in again.text
    assert "電話でお元気でした" in tanaka.get(f"/admin/today/{call}").text
    nobody = tanaka.post(f"/admin/today/{other}/pass-on", data={**form, "to": "999"}, follow_redirects=True)
    assert "その職員は見つかりません" in nobody.text
    tanaka.post(f"/admin/today/{other}/pass-on", data={**form, "to": boss})
    assert the_tasks(town, id=other)[0].for_staff_id == boss
    assert "その後の確認" not in tanaka.get("/admin/today/now?whose=mine").text
    assert "その後の確認" in signed_in(desk, "supervisor").get("/admin/today/now?whose=mine").text
    with town.store.reading() as session:
        assert {"do_task", "pass_on_task"} <= {entry.deed for entry in session.query(AuditEntry)}


def test_what_is_to_be_done_at_once_is_not_late_the_moment_it_comes(town, desk, clock):
    with town.store.turn() as session:
        tasks.open_(session, "quota:2026-11", "quota", now=clock.now(), is_urgent=True)
    clock.moves_on(minutes=1)
    page = signed_in(desk, "counsellor").get("/admin/today/").text
    assert "すぐに（11月24日 10:00から）" in page and "すぎています" not in page


def test_a_figure_of_the_first_page_opens_the_list_it_counts(town, desk):
    a_worry(town)
    page = signed_in(desk, "counsellor").get("/admin/").text
    assert '<a href="/admin/cases/?queue=all#part-waiting">担当を待っている相談</a>' in page
    assert '<a href="/admin/worries/?state=new">返事を待っている匿名の知らせ</a>' in page


def test_what_nobody_takes_climbs_and_the_list_says_so(town, desk):
    with town.store.turn() as session:
        tasks.open_(session, "a", "phone", now=town.clock.now(), climbs_after=timedelta(minutes=30))
        climbed = tasks.climb_due(session, now=town.clock.now() + timedelta(minutes=31))
        assert [one.stage for one in climbed] == [1]
        (line,) = todays_work.list_(session, now=town.clock.now() + timedelta(minutes=31))
        assert line.is_climbed and line.is_late and line.holder is None
    assert "上へ知らせました" in signed_in(desk, "supervisor").get("/admin/today/").text


def test_the_first_page_shows_what_is_left_of_the_month_and_warns(town, desk):
    tanaka = signed_in(desk, "counsellor")
    town.line.used_this_month = 3_999
    town.sweeper.read_quota()
    home = tanaka.get("/admin/").text
    assert "5,000通のうち、のこり1,001通です（79％使いました）" in home and "使いました。</strong>" not in home
    town.line.used_this_month = 4_000
    town.sweeper.read_quota()
    home = tanaka.get("/admin/").text
    assert "今月LINEで送れる数を、80％使いました" in home and "のこり1,000通" in home
    town.line.monthly_limit = None
    town.sweeper.read_quota()
    assert "送った数は、4,000通です" in tanaka.get("/admin/").text
