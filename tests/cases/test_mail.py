"""Those on call are told by e-mail too: through a real mail server, through its troubles, once for each alarm."""

from datetime import timedelta

import pytest

from bot.services import mail, queues
from bot.settings import Settings, SettingsWrong
from bot.store.mail import Mail
from bot.work.post import MailServer, NotSecure
from tests.cases.post_office import PostOffice
from tests.conftest import new_database
from tests.consultation import the_case
from tests.desk import hire_everyone, signed_in, token
from tests.town import Town, copy_of


@pytest.fixture
def office():
    opened = PostOffice()
    yield opened
    opened.closes()


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request, tmp_path, clock, office):
    """A town with a mail server."""
    mailing = {"smtp_url": office.url, "mail_from": "sasaeai@example.jp"}
    if request.param == "sqlite":
        url = copy_of(request.getfixturevalue("sqlite_template"), tmp_path)
        built = Town(url, f"sqlite:///{tmp_path / 'jobs.db'}", clock, **mailing)
    else:
        template = request.getfixturevalue("postgres_template")
        url = new_database(request.getfixturevalue("postgres"), f"mail_{tmp_path.name[-8:]}", template)
        built = Town(url, url, clock, **mailing)
    hire_everyone(built)
    with built.store.turn() as session:
        queues.go_on_duty(session, 1, now=clock.now() + timedelta(hours=8))  # somebody is there all evening
    yield built
    built.closes()


def puts_on_call(town, name: str, email: str):
    boss = signed_in(town.app.test_client, "supervisor")
    page = boss.get("/admin/cases/on-call")
    form = {"csrf_token": token(page), "name": name, "email": email}
    return boss.post("/admin/cases/on-call", data=form, follow_redirects=True)


def waits(town, **span) -> None:
    """Time passes; the clock looks, and carries what is due."""
    town.clock.moves_on(**span)
    town.sweeps()
    town.sweeper.carry_mail()


def test_those_on_call_are_mailed_until_somebody_takes_it(town, office):
    puts_on_call(town, "当番", "toban@example.jp")
    town.clock.moves_to("23:30")  # the office is closed
    town.resident("ハナ").says("もう死にたい")
    for times in (1, 2):
        waits(town, seconds=2)
        waits(town, seconds=2)
        assert len(office.taken) == times
        town.clock.moves_on(minutes=5)
    letter = office.taken[0]
    assert (letter["To"], letter["From"]) == ("toban@example.jp", "sasaeai@example.jp")
    assert "いそぎの相談" in letter["Subject"] and "/admin/" in letter.get_content()
    assert not any(word in letter.as_string() + letter.get_content() for word in ("死にたい", "ハナ"))
    tanaka = signed_in(town.app.test_client, "counsellor")
    page = tanaka.get(f"/admin/cases/{the_case(town).id}")
    tanaka.post(f"/admin/cases/{the_case(town).id}/look", data={"csrf_token": token(page)})
    waits(town, minutes=10)
    assert len(office.taken) == 2  # somebody has looked
    waits(town, minutes=10)
    assert len(office.taken) == 3 and "担当がいません" in office.taken[-1]["Subject"]  # but took nothing
    tanaka.post(f"/admin/cases/{the_case(town).id}/take", data={"csrf_token": token(page)})
    waits(town, hours=3)
    assert len(office.taken) == 3


def test_a_mail_server_that_is_away_is_tried_again_and_nothing_piles_up(town, office):
    puts_on_call(town, "当番", "toban@example.jp")
    puts_on_call(town, "もう一人", "two@example.jp")
    town.resident("ハナ").says("もう死にたい")
    office.says = 451
    for _ in range(4):
        waits(town, minutes=6)
    boss = signed_in(town.app.test_client, "supervisor")
    assert "メールサーバーにつながりません" in boss.get("/admin/cases/on-call").text
    with town.store.reading() as session:
        assert session.query(Mail).filter_by(state="waiting").count() == 2
    office.says = 250
    waits(town, minutes=11)
    assert sorted(letter["To"] for letter in office.taken[:2]) == ["toban@example.jp", "two@example.jp"]
    with town.store.reading() as session:
        assert {one.state for one in session.query(Mail)} == {"sent"}
    assert "に送りました" in boss.get("/admin/cases/on-call").text


def test_an_answer_lost_on_the_way_is_the_same_mail_again(town, office):
    puts_on_call(town, "当番", "toban@example.jp")
    town.resident("ハナ").says("もう死にたい")
    office.hangs_up_after_data = True
    waits(town, minutes=6)
    office.hangs_up_after_data = False
    town.clock.moves_on(seconds=15)
    town.sweeper.carry_mail()
    first, second = office.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_an_address_that_does_not_exist_is_shown_to_staff(town, office):
    puts_on_call(town, "当番", "nobody@example.jp")
    town.resident("ハナ").says("もう死にたい")
    office.says = 550
    waits(town, minutes=6)
    with town.store.reading() as session:
        assert session.query(Mail).one().state == "failed"
    assert "届きませんでした" in signed_in(town.app.test_client, "supervisor").get("/admin/cases/on-call").text


def test_an_alarm_somebody_looked_at_meanwhile_is_not_mailed_any_more(town, office):
    puts_on_call(town, "当番", "toban@example.jp")
    town.resident("ハナ").says("もう死にたい")
    office.says = 451
    waits(town, minutes=6)
    tanaka = signed_in(town.app.test_client, "counsellor")
    page = tanaka.get(f"/admin/cases/{the_case(town).id}")
    tanaka.post(f"/admin/cases/{the_case(town).id}/take", data={"csrf_token": token(page)})
    office.says = 250
    waits(town, minutes=11)
    assert office.taken == []


def test_an_urgent_report_nobody_reads_is_told_and_leaves_no_time(town, office):
    from tests.worry.test_telling_anonymously import SEEN

    puts_on_call(town, "当番", "toban@example.jp")
    page = {"seen": SEEN + " 倒れて動きません", "urgent": "yes"}
    visitor = town.app.test_client()
    form = token_of(visitor.get("/worry/"))
    assert "受けつけました" in visitor.post("/worry/", data={**page, "token": form}).text
    waits(town, seconds=5)
    waits(town, minutes=6)
    assert len(office.taken) == 1 and "匿名の知らせ" in office.taken[0].get_content()
    waits(town, minutes=6)
    assert len(office.taken) == 2
    with town.store.reading() as session:
        assert session.query(Mail).count() == 0
    tanaka = signed_in(town.app.test_client, "counsellor")
    (report,) = _reports(town)
    tanaka.get(f"/admin/worries/{report}")
    waits(town, minutes=30)
    assert len(office.taken) == 2


def test_those_on_call_try_whether_it_arrives(town, office):
    puts_on_call(town, "当番", "toban@example.jp")
    boss = signed_in(town.app.test_client, "supervisor")
    page = boss.get("/admin/cases/on-call")
    boss.post("/admin/cases/on-call/1/try", data={"csrf_token": token(page)})
    town.sweeper.carry_mail()
    assert "ためし" in office.taken[0]["Subject"]
    assert "メールアドレスを確かめてください" in puts_on_call(town, "だれか", "no address\nBcc: all@example.jp").text


def _reports(town) -> list[str]:
    from bot.store.worries import WorryReport

    with town.store.reading() as session:
        return [one.id for one in session.query(WorryReport)]


def token_of(page) -> str:
    import re

    return re.search(r'name="token" value="([^"]+)"', page.text).group(1)


def test_a_password_does_not_travel_in_the_clear(office):
    port = office.url.rpartition(":")[2]
    MailServer(f"smtp://me:secret@127.0.0.1:{port}", "a@example.jp").answers()  # the same machine
    assert office.signed_in_as
    with pytest.raises((NotSecure, OSError)):
        MailServer(f"smtp://me:secret@{_own_name()}:{port}", "a@example.jp").answers()
    assert len(office.signed_in_as) == 1


def _own_name() -> str:
    return "127.0.0.2"  # this machine under a name that does not say so


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"smtp_url": "mail.example.jp"}, "SMTP_URL"),
        ({"smtp_url": "smtp://mail.example.jp"}, "MAIL_FROM"),
        ({"smtp_url": "http://mail.example.jp", "mail_from": "a@example.jp"}, "SMTP_URL"),
    ],
)
def test_a_wrong_setting_is_named(wrong, named):
    with pytest.raises(SettingsWrong, match=named):
        Settings.load(_env_file=None, **wrong)


@pytest.mark.parametrize(
    "typed", ["a", "a@b", "a b@example.jp", "a@x@example.jp", "a@example.jp,b@example.jp", "あ@example.jp"]
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(mail.NotAnAddress):
        mail.address(typed)
