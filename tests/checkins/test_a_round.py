"""A round: asked at the chosen hour, answered with one tap; or silent, and then people come, stage by stage."""

from sqlalchemy import text

from bot.services import tasks
from bot.store.checkins import CheckinPlan, CheckinRound, CheckinStage
from bot.store.tasks import Task
from tests.checkins.people import join, open_tasks


def test_one_tap_answers_the_mornings_question_and_costs_one_message(any_town, clock):
    hana = join(any_town, "ハナ", "9〜11時")
    used = any_town.line.used_this_month
    clock.moves_to("08:59")
    any_town.makes_rounds()
    hana.sees_nothing_new()
    clock.moves_to("09:00")
    any_town.makes_rounds()
    any_town.makes_rounds()
    assert [words for words in hana.answers if "お変わりありませんか" in words] == hana.answers and len(
        hana.answers
    ) == 1
    hana.taps("元気です")
    hana.sees("安心しました")
    assert any_town.line.used_this_month == used + 1  # the answer went out by reply token
    with any_town.store.reading() as session:
        one = session.query(CheckinRound).one()
        assert (one.answer, one.stage, one.next_stage_at) == ("fine", "", None)
    clock.moves_to("20:00")
    any_town.makes_rounds()
    assert open_tasks(any_town) == []


def test_silence_is_asked_again_then_telephoned_then_somebody_goes(any_town, clock):
    hana = join(any_town, "ハナ", "9〜11時")
    clock.moves_to("09:00")
    any_town.makes_rounds()
    clock.moves_to("10:58")
    any_town.makes_rounds()
    assert len(hana.answers) == 1
    clock.moves_to("11:01")
    any_town.makes_rounds()
    any_town.makes_rounds()
    assert "もう一度おたずねします" in hana.answers[-1] and len(hana.answers) == 2
    clock.moves_to("12:02")
    any_town.makes_rounds()
    assert "079-424-4318" in hana.answers[-1] and "合言葉" in hana.answers[-1]
    assert open_tasks(any_town) == ["phone"]
    clock.moves_to("13:03")
    any_town.makes_rounds()  # nobody is named as contact: a visit comes at once
    any_town.makes_rounds()
    assert open_tasks(any_town) == ["phone", "visit"]
    hana.sends_sticker()
    hana.sees("連絡していた人たちにも")
    assert open_tasks(any_town) == []
    with any_town.store.reading() as session:
        assert [one.stage for one in session.query(CheckinStage).order_by(CheckinStage.id)] == [
            "ask_again", "phone", "contact", "visit",
        ]  # fmt: skip
        assert session.query(CheckinRound).one().answer == "sign"


def test_uneasy_and_wanting_to_talk_reach_people(town, clock):
    hana, kiku = join(town, "ハナ", "9〜11時"), join(town, "キク", "9〜11時")
    clock.moves_to("09:00")
    town.makes_rounds()
    assert town.line.calls.count(("POST", "/v2/bot/message/multicast", 200)) == 1  # the same words to both: one call
    hana.taps("ちょっと不安")
    hana.sees("職員に伝えました")
    hana.says("ひざが痛くて買い物に行けません")
    hana.sees("書いてくださったことを、職員に伝えました")
    kiku.says("だれかに話を聞いてほしい")
    kiku.sees("お話ししたいのですね")
    with town.store.reading() as session:
        from bot.store.cases import Case

        assert session.query(Case).count() == 2
    clock.moves_to("09:00")
    town.makes_rounds()
    kiku.says("もう死にたい")  # the crisis check comes first
    assert any("#7119" in words or "相談" in words for words in kiku.answers)


def test_a_colleague_tells_how_it_was_and_the_round_heeds_it(town, clock):
    join(town, "ハナ", "9〜11時")
    clock.moves_to("09:00")
    town.makes_rounds()
    for hour in ("11:01", "12:02"):
        clock.moves_to(hour)
        town.makes_rounds()
    with town.store.turn() as session:
        task = session.query(Task).filter_by(kind="phone").one()
        tasks.done(session, task, result="not_reached", staff_id=1, now=clock.now())
    town.makes_rounds()
    town.makes_rounds()
    assert open_tasks(town) == ["visit"]
    with town.store.turn() as session:
        task = session.query(Task).filter_by(kind="visit").one()
        tasks.done(session, task, result="well", staff_id=1, now=clock.now())
    assert open_tasks(town) == []
    with town.store.reading() as session:
        one = session.query(CheckinRound).one()
        assert (one.answer, one.next_stage_at) == ("staff", None) and one.ended_at is not None


def test_blocking_the_account_is_not_silence(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    hana.blocks()
    town.makes_rounds()
    assert open_tasks(town) == ["unreachable"]
    with town.store.reading() as session:
        plan = session.query(CheckinPlan).one()
        assert plan.next_due_at is None and plan.unreachable_at is not None
        assert session.query(Task).filter_by(kind="unreachable").one().stage == 1  # those on call were told at once
    hana.follows()
    assert open_tasks(town) == []
    clock.moves_to("09:00")
    town.makes_rounds()
    hana.sees("お変わりありませんか")


def test_a_person_in_the_thread_does_not_stop_the_check_ins(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    hana.says("人に相談したい")
    hana.taps("はじめる")
    clock.moves_to("09:00")
    town.makes_rounds()
    hana.taps("元気です")
    hana.sees("安心しました")


def test_one_broken_record_holds_up_nobody_else_and_a_person_looks_after_it(town, clock):
    broken, hana = join(town, "キク", "9〜11時"), join(town, "ハナ", "9〜11時")
    with town.store.turn() as session:
        first = session.query(CheckinPlan).order_by(CheckinPlan.id).first()
        session.execute(
            text("update checkin_plan set birthday = :it where id = :id"), {"it": b"no token", "id": first.id}
        )
    clock.moves_to("09:00")
    town.makes_rounds()
    hana.sees("お変わりありませんか")
    broken.sees_nothing_new()
    assert open_tasks(town) == ["phone"]
