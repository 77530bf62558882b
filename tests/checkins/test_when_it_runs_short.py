"""The month's messages: lower classes wait, and where no message can go, a person takes its place."""

from bot.conversation import Text
from bot.services import outgoing, quota
from bot.simulator.troubles import Trouble
from bot.store.checkins import CheckinRound
from bot.store.residents import Resident, Thread
from bot.store.talk import Delivery
from tests.checkins.people import join, open_tasks


def test_when_the_month_is_used_up_in_the_middle_of_a_round_people_telephone(town, clock):
    people = [join(town, name, "9〜11時") for name in ("ハナ", "キク", "ウメ")]
    town.line.monthly_limit = town.line.used_this_month + 2
    clock.moves_to("09:00")
    town.makes_rounds()
    town.delivers_everything()
    town.makes_rounds()
    reached = [one for one in people if any("お変わりありませんか" in words for words in one.answers)]
    assert len(reached) == 2 and open_tasks(town) == ["phone"]
    with town.store.reading() as session:
        unsent = session.query(CheckinRound).filter(CheckinRound.sent_at.is_(None)).one()
        assert (unsent.unsent_because, unsent.stage) == ("quota", "phone")
    clock.moves_to("11:01")
    town.makes_rounds()  # nothing is left for asking again either: telephone tasks
    town.delivers_everything()
    town.makes_rounds()
    assert open_tasks(town).count("phone") == 3
    reached[0].taps("元気です")  # by reply token, which costs nothing
    reached[0].sees("安心しました")
    assert open_tasks(town).count("phone") == 2


def test_lower_classes_wait_first_and_a_waiting_one_stops_nobody(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    town.line.monthly_limit = 100
    town.line.used_this_month = 90
    town.sweeper.read_quota()
    with town.store.turn() as session:
        month = quota.of(session, clock.now())
        assert quota.left(month) == 10 and month.needed_rest >= 6
        thread, resident = session.query(Thread).first(), session.query(Resident).first()
        outgoing.say(session, thread, resident, [Text("おしらせ")], now=clock.now(), message_class="news")
    town.sweeps()
    hana.sees_nothing_new()
    hana.says("ありがとう")
    hana.sees("どういたしまして")
    clock.moves_to("09:00")
    town.makes_rounds()
    hana.sees("お変わりありませんか")
    with town.store.reading() as session:
        held = session.query(Delivery).filter_by(message_class="news").one()
        assert held.state == "waiting" and held.held_at is not None
    assert open_tasks(town) == ["quota"]  # staff are told before it runs out


def test_one_whom_line_does_not_know_costs_the_others_nothing(town, clock):
    people = [join(town, name, "9〜11時") for name in ("ハナ", "キク", "ウメ")]
    lost = people.pop()
    town.line.troubles.begin(Trouble("cut after", "/multicast", times=1))
    clock.moves_to("09:00")
    town.makes_rounds()
    town.delivers_everything()
    assert all(len([w for w in one.answers if "お変わりありませんか" in w]) == 1 for one in people)
    for one in people:
        one.taps("元気です")
    town.line.residents.pop(lost.phone.user_id)
    clock.moves_to("09:00")
    town.makes_rounds()
    town.delivers_everything()
    assert all(len([w for w in one.answers if "お変わりありませんか" in w]) == 1 for one in people)
    clock.moves_to("10:01")  # yesterday's question was asked again with today's, to nobody
    town.makes_rounds()
    assert open_tasks(town) == ["phone"]  # whom LINE does not know is telephoned


def test_everybody_in_a_chosen_area_is_asked_and_counted(town, clock):
    from bot.services.checkins import disasters
    from bot.store.areas import Area
    from handlers.copy import checkin as say

    hana, kiku = town.resident("ハナ", area="氷丘"), town.resident("キク", area="氷丘")
    other = town.resident("ヨソ")
    with town.store.turn() as session:
        area = session.query(Area).filter(Area.layer == 2, Area.name.startswith("氷丘")).one()
        for _ in range(2):  # pressed twice
            made = disasters.begin(session, area_ids=[area.id], form_key="once", staff_id=1, now=clock.now())
    town.makes_rounds()
    hana.sees("無事ですか")
    assert not [words for words in other.answers if "無事" in words]
    hana.taps("無事です")
    kiku.taps("助けがほしい")
    kiku.sees("119")
    with town.store.reading() as session:
        made = disasters.all_rounds(session)[0]
        (count,) = disasters.counts(session, made)
        assert (count.area, count.asked, count.safe, count.help, count.silent) == (area.name, 2, 1, 1, 0)
        assert [one.answer for one in disasters.silent(session, made)] == ["help"]
    kiku.says("水がきました")  # a sign of life takes nobody off the list who asked for help
    with town.store.reading() as session:
        assert disasters.counts(session, disasters.all_rounds(session)[0])[0].help == 1
    assert say.are_you_safe(1).messages
