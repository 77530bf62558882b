"""Odd ways in which an alarm could end, or a watch go on, without anybody looking; and that it does not."""

from datetime import timedelta

from admin.checkins import words
from bot.services import tasks
from bot.services.checkins import joining, plans, templates
from bot.services.checkins.templates import Step
from bot.store.cases import Case
from bot.store.checkins import CheckinContact, CheckinPlan, CheckinResponse, CheckinRound
from bot.store.residents import Resident
from bot.store.tasks import Task
from tests.checkins.people import join, open_tasks
from tests.checkins.test_contacts import contact, falls_silent


def done(town, clock, kind: str, result: str) -> None:
    with town.store.turn() as session:
        todo = session.query(Task).filter(Task.kind == kind, Task.is_urgent, Task.state.in_(("open", "accepted")))
        task = todo.one()
        tasks.done(session, task, result=result, staff_id=1, now=clock.now())


def plan_of(session, name: str = "ハナ") -> CheckinPlan:
    return next(plan for plan in session.query(CheckinPlan) if plan.name == name)


def test_where_no_visit_was_agreed_somebody_still_goes_on_after_the_last_contact(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    contact(town, hana, "娘")
    with town.store.turn() as session:
        own = [Step("phone", 60), Step("contact", 60)]
        templates.set_own(session, plan_of(session), own, staff_id=1, now=clock.now())
    clock.moves_to("09:00")
    town.makes_rounds()
    clock.moves_to("10:01")
    town.makes_rounds()
    done(town, clock, "phone", "not_reached")
    town.makes_rounds()
    clock.moves_on(minutes=31)
    town.makes_rounds()
    clock.moves_on(minutes=31)
    town.makes_rounds()
    assert open_tasks(town) != []


def test_a_visit_to_a_closed_door_does_not_end_the_watch(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    falls_silent(town, clock, until="13:03")
    done(town, clock, "visit", "not_reached")
    assert open_tasks(town) == ["phone"]
    done(town, clock, "phone", "not_reached")
    assert open_tasks(town) == ["follow_up"]
    done(town, clock, "follow_up", "done")
    for hour in ("09:00", "11:01", "12:02"):
        clock.moves_to(hour)
        town.makes_rounds()
    assert open_tasks(town) == ["phone"]
    hana.taps("元気です")
    assert open_tasks(town) == []


def test_a_sign_of_life_calls_off_those_who_still_look(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    falls_silent(town, clock, until="13:03")
    done(town, clock, "phone", "not_reached")
    done(town, clock, "visit", "not_reached")
    assert open_tasks(town) == ["follow_up"]
    hana.says("病院に行っていました")
    assert open_tasks(town) == []


def test_help_that_a_contact_asks_for_is_heard_though_the_alarm_is_over(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    daughter = contact(town, hana, "娘")
    falls_silent(town, clock, until="13:03")
    daughter.taps("行きます")
    hana.sends_sticker()  # the telephone in the pocket
    assert open_tasks(town) == []
    daughter.taps("助けが必要です")
    daughter.sees("119")
    assert open_tasks(town) == ["follow_up"]


def test_who_stood_before_a_closed_door_hears_that_all_is_well(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    daughter = contact(town, hana, "娘")
    falls_silent(town, clock, until="13:03")
    daughter.taps("行きます")
    daughter.taps("会えませんでした")
    town.makes_rounds()
    assert "visit" in open_tasks(town)
    hana.taps("元気です")
    town.makes_rounds()
    daughter.sees("ようすが分かりました")


def test_any_tap_is_a_sign_of_life(town, clock):
    hana, kiku = join(town, "ハナ", "9〜11時"), join(town, "キク", "17〜19時")
    hana.says("見守りメッセージ").taps("つながり").taps("つくる")
    code = hana.sees("番号：").partition("番号：")[2][:6]
    kiku.says("見守りメッセージ").taps("つながり").taps("番号で入る").says(code).taps("はい")
    falls_silent(town, clock, until="11:01")
    hana.taps("はい")  # under yesterday's card, which said that キク joins
    with town.store.reading() as session:
        assert session.query(CheckinRound).filter_by(plan_id=plan_of(session).id).one().answer == "sign"


def test_the_mornings_words_answer_the_morning_though_something_else_was_left_open(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    clock.moves_to("20:00")
    hana.says("見守りの連絡先を変えたい")
    hana.sees("お名前を書いてください")
    clock.moves_to("09:00")
    town.makes_rounds()
    hana.says("しんどいわ")
    hana.sees("職員に伝えました")
    with town.store.reading() as session:
        assert session.query(Case).count() == 1 and session.query(CheckinRound).one().answer == "uneasy"
        assert session.query(CheckinContact).count() == 0


def test_yesterdays_unease_does_not_colour_todays_answer(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    clock.moves_to("09:00")
    town.makes_rounds()
    clock.moves_to("10:00")
    hana.taps("ちょっと不安")
    clock.moves_to("09:00")
    town.makes_rounds()
    hana.says("きょうは元気です")
    hana.sees("安心しました")
    with town.store.reading() as session:
        newest = session.query(CheckinResponse).order_by(CheckinResponse.id.desc()).first()
        assert newest.kind != "uneasy"


WELL = (
    "げんきやで まあまあやな ゲンキデス ぼちぼちでんな かわりないよ 生きてるで いきとるよ ええよ うん はい "
    "なんともない ご心配なく 心配いらんで しんどないで おはようさん ふつうです おかげさんで えらい元気や "
    "いつもどおり元気 👍 很好 괜찮아요 khỏe Estou+bem I'm+fine I+am+OK"
)
UNWELL = (
    "しんどいわ えらいわ いたい ひざがいたいねん くるしい あかんわ あんまりよくない 元気ちゃう げんきないわ "
    "元気やない よくないです ふあんやねん きついわ かぜひいた たべられへん だるい ちょうしわるい ぐあいがわるい "
    "よわってる 元気やけど、ひざが痛い not+good I+feel+sick 不舒服 아파요"
)


def answers_each_morning(town, clock, all_words) -> dict[str, str]:
    """What became of each answer: how the round stands."""
    hana, told = join(town, "ハナ", "9〜11時"), {}
    for said in all_words.split():
        clock.moves_to("09:00")
        town.makes_rounds()
        hana.says(said.replace("+", " "))
        with town.store.reading() as session:
            newest = session.query(CheckinRound).order_by(CheckinRound.id.desc()).first()
            told[said] = newest.answer + " " + "".join(hana.answers)[:50]
    return told


def test_how_people_here_say_that_they_are_well(town, clock):
    told = answers_each_morning(town, clock, WELL)
    assert {said: how for said, how in told.items() if not how.startswith("words お返事ありがとう")} == {}


def test_how_people_here_say_that_they_are_not(town, clock):
    told = answers_each_morning(town, clock, UNWELL)
    assert {said: how for said, how in told.items() if not how.startswith("uneasy")} == {}


def test_somebody_who_cannot_be_reached_any_more_is_not_left_out_in_silence(town, clock):
    join(town, "ハナ", "9〜11時")
    with town.store.turn() as session:  # the event of leaving never came, as after a backup was brought back
        resident = session.query(Resident).filter_by(id=plan_of(session).resident_id).one()
        resident.is_following = False
    clock.moves_to("09:00")
    town.makes_rounds()
    assert open_tasks(town) == ["unreachable"]


def test_well_today_but_no_longer_on_line_is_asked_after_again(town, clock):
    hana = join(town, "ハナ", "9〜11時", phone="079-424-4318")
    hana.blocks()
    town.makes_rounds()
    done(town, clock, "unreachable", "well")
    with town.store.reading() as session:
        left = session.query(Task).filter_by(state="open")
        assert [words.title_of(task) for task in left] == ["LINEなしの見守りかたを決める"]
    hana.follows()
    with town.store.reading() as session:
        assert session.query(Task).filter_by(state="open").count() == 0


def test_a_new_hour_does_not_ask_twice_on_one_day(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    clock.moves_to("09:00")
    town.makes_rounds()
    hana.taps("元気です")
    hana.says("見守りの時間を変えたい")
    hana.taps("毎日")
    hana.taps("13〜15時")
    hana.sees("11月26日")
    clock.moves_to("13:00")
    town.makes_rounds()
    assert not [one for one in hana.answers if "お変わり" in one]
    clock.moves_to("13:00")
    town.makes_rounds()
    hana.sees("お変わりありませんか")


def test_who_is_on_the_way_hears_that_it_is_over_though_everything_was_erased(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    daughter = contact(town, hana, "娘")
    falls_silent(town, clock, until="13:03")
    daughter.taps("行きます")
    hana.says("データを消して")
    hana.taps("はい")
    town.makes_rounds()
    daughter.sees("ようすが分かりました")


def test_stopping_leaves_the_help_that_was_called_for(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    daughter = contact(town, hana, "娘")
    falls_silent(town, clock, until="13:03")
    daughter.taps("行きます")
    daughter.taps("助けが必要です")
    assert open_tasks(town) == ["follow_up"]
    hana.says("見守りをやめたい")
    hana.taps("はい")
    hana.sees("やめました")
    assert open_tasks(town) == ["follow_up"]


def test_staff_hear_that_a_contact_has_left_line(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    daughter = contact(town, hana, "娘")
    daughter.blocks()
    with town.store.reading() as session:
        assert session.query(Task).filter(Task.state == "open", Task.contact_id.is_not(None)).count() == 1
    falls_silent(town, clock, until="13:03")
    assert open_tasks(town) == ["phone", "contact"]


def test_contacts_are_not_woken_in_the_quiet_hours(town, clock):
    hana = join(town, "ハナ", "15〜17時")
    daughter, son = contact(town, hana, "娘"), contact(town, hana, "息子")
    for hour in ("15:00", "17:01", "18:02", "19:40"):
        clock.moves_to(hour)
        town.makes_rounds()
    daughter.sees("ようすを見てもらえますか")
    clock.moves_to("20:11")
    town.makes_rounds()
    assert not [one for one in son.answers if "ようすを見て" in one]
    clock.moves_to("08:01")
    town.makes_rounds()
    son.sees("ようすを見てもらえますか")


def test_the_gentle_stages_do_not_ask_twice_at_the_same_minute(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    with town.store.turn() as session:
        easy = next(one for one in templates.every(session) if one.name == "ゆっくり")
        plan_of(session).template_id = easy.id
    clock.moves_to("09:00")
    town.makes_rounds()
    clock.moves_to("08:59")
    town.makes_rounds()
    clock.moves_to("09:01")
    town.makes_rounds()
    town.makes_rounds()
    assert len([one for one in hana.answers if "お変わりありませんか" in one]) == 2


def test_a_pause_of_somebody_not_linked_ends_by_itself(town, clock):
    from bot.services.checkins import watching

    with town.store.turn() as session:
        plan = joining.enrol(session, name="キク", window_from=540, window_to=600, staff_id=1, now=clock.now())
        plans.pause(session, plan, until=clock.now().date() + timedelta(days=1), staff_id=1, now=clock.now())
    clock.moves_on(days=3)
    town.makes_rounds()
    with town.store.reading() as session:
        assert [plan.name for plan, _ in watching.due_today(session, now=clock.now())] == ["キク"]
