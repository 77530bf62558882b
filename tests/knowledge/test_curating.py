"""What staff do with entries: every change is kept, rules hold everywhere, the second of two is told."""

import threading
from datetime import date, timedelta

import pytest

from bot.store.knowledge import Change, Resource
from knowledge import entries, rules, starter
from tests.town import START

A_SALON = {
    "name": "ひだまりサロン",
    "category": "居場所・サロン",
    "address": "加古川市加古川町寺家町177-12",
    "areas": ["氷丘地区"],
    "hours": "第2・4水 10:00～12:00",
}
BY_TANAKA = {"staff_id": 7, "now": START}


def a_salon(session, **more):
    return entries.add(session, Resource, {**A_SALON, **more}, **BY_TANAKA)


def rules_broken(wrong: pytest.ExceptionInfo[rules.EntryWrong]) -> set[tuple[str, str]]:
    return {(one.field, one.rule) for one in wrong.value.wrongs}


def test_an_entry_lives_through_all_its_states_and_nothing_is_lost(any_town):
    with any_town.store.turn() as session:
        salon = a_salon(session)
        with pytest.raises(rules.EntryWrong) as wrong:
            entries.publish(session, salon, seen=salon.version, **BY_TANAKA)
        assert rules_broken(wrong) == {("source_url", "source"), ("verified_on", "verified")}
        entries.change(session, salon, {"source_url": "区長さんに聞いた"}, seen=salon.version, **BY_TANAKA)
        entries.confirm(session, salon, seen=salon.version, **BY_TANAKA)
        entries.publish(session, salon, seen=salon.version, **BY_TANAKA)
        with pytest.raises(entries.NoMessage):
            entries.pause(session, salon, " ", seen=salon.version, **BY_TANAKA)
        entries.pause(session, salon, "1月はお休みです", seen=salon.version, **BY_TANAKA)
        entries.resume(session, salon, seen=salon.version, **BY_TANAKA)
        entries.make_internal(session, salon, seen=salon.version, **BY_TANAKA)
        entries.make_open(session, salon, seen=salon.version, **BY_TANAKA)
        entries.change(session, salon, {"name": "日だまり"}, seen=salon.version, **BY_TANAKA)
        assert not entries.change(session, salon, {"name": " 日だまり "}, seen=salon.version, **BY_TANAKA)
        renamed, *_, added = entries.history(session, salon)
        assert entries.differences(renamed) == {"name": ("ひだまりサロン", "日だまり")}
        entries.restore(session, salon, entries.history(session, salon)[1], seen=salon.version, **BY_TANAKA)
        assert (salon.name, salon.status) == ("ひだまりサロン", "published")
        with pytest.raises(rules.EntryWrong):  # the first state had no source: residents would see it so
            entries.restore(session, salon, added, seen=salon.version, **BY_TANAKA)
        entries.archive(session, salon, seen=salon.version, **BY_TANAKA)
        entries.restore(session, salon, added, seen=salon.version, **BY_TANAKA)
        assert (salon.source_url, salon.verified_on, salon.status) == ("", None, "archived")
        deeds = [one.deed for one in reversed(entries.history(session, salon))]
        assert deeds == [
            "added", "changed", "confirmed", "published", "paused", "resumed", "made_internal", "made_open",
            "changed", "restored", "archived", "restored",
        ]  # fmt: skip
        assert {one.staff_id for one in entries.history(session, salon)} == {7}


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(any_town):
    with any_town.store.turn() as session:
        salon = a_salon(session)
        seen = salon.version
        entries.change(session, salon, {"cost": "100円"}, seen=seen, staff_id=7, now=START)
        with pytest.raises(entries.ChangedMeanwhile) as meanwhile:
            entries.change(session, salon, {"cost": "無料"}, seen=seen, staff_id=8, now=START)
        assert (meanwhile.value.last.staff_id, salon.cost) == (7, "100円")
        number, seen = salon.id, salon.version
    outcomes = []
    both_looked = threading.Barrier(2)

    def edit(staff_id: int) -> None:
        with any_town.store.reading() as session:
            session.get(Resource, number)
        both_looked.wait()
        try:
            with any_town.store.turn() as session:
                mine = session.get(Resource, number)
                entries.change(session, mine, {"cost": str(staff_id)}, seen=seen, staff_id=staff_id, now=START)
            outcomes.append("kept")
        except entries.ChangedMeanwhile:
            outcomes.append("told")

    editors = [threading.Thread(target=edit, args=(one,)) for one in (7, 8)]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()
    assert sorted(outcomes) == ["kept", "told"]
    with any_town.store.reading() as session:
        assert len(entries.history(session, session.get(Resource, number))) == 3


def test_what_is_wrong_is_named_field_by_field(town):
    with town.store.turn() as session:
        facts = {
            "name": "", "category": "なぞ", "areas": ["月", "全市"], "phones": ["12345", "0570-0-55210"], "fax": "なし",
            "email": "kikaku", "url": "www.example.jp", "latitude": 135.0, "verified_on": date(2027, 1, 1),
            "description": "あ" * 2001,
        }  # fmt: skip
        with pytest.raises(rules.EntryWrong) as wrong:
            entries.add(session, Resource, facts, **BY_TANAKA)
        assert rules_broken(wrong) == {
            ("name", "missing"), ("category", "category"), ("areas", "area"), ("phones", "telephone"),
            ("phones", "dead_number"), ("fax", "telephone"), ("email", "email"), ("url", "web"),
            ("latitude", "half_a_place"), ("latitude", "latitude"), ("verified_on", "future"),
            ("description", "too_long"),
        }  # fmt: skip
        assert next(one for one in wrong.value.wrongs if one.rule == "dead_number").now == "#8008"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("（０７９）４２４－４３１８", "079-424-4318"),
        ("079 424 4318", "079-424-4318"),
        ("TEL：079ー424ー4318", "079-424-4318"),
        ("079(424)4318", "079-424-4318"),
        ("＃８００８", "#8008"),
        ("0794244318", "0794244318"),
        ("１８９", "189"),
    ],
)
def test_numbers_are_read_as_people_write_them(written, kept):
    assert rules.telephone(written) == kept
    assert rules.is_telephone(kept)


@pytest.mark.parametrize(
    "written", ["", "79-424-4318", "079-424-431", "079-424-43189", "090-123-4567", "電話なし", "1"]
)
def test_what_is_no_number_is_not_taken_for_one(written):
    assert not rules.is_telephone(rules.telephone(written))


def test_the_whole_starter_set_keeps_the_rules(town):
    with town.store.reading() as session:
        for kind in (entries.Resource, entries.Answer):
            for row in session.query(kind):
                facts = entries.facts_of(row)
                assert rules.tidied(facts) == facts, row.id
                assert entries.wrongs(session, kind, facts, now=START) == [], row.id


def test_loading_the_starter_set_again_leaves_what_staff_did(town):
    with town.store.turn() as session:
        hall = session.get(Resource, "hall-hioka")
        assert "079-424-3741" in hall.to_confirm
        entries.confirm(session, hall, seen=hall.version, **BY_TANAKA)
        entries.publish(session, hall, seen=hall.version, **BY_TANAKA)
    with town.store.turn() as session:
        done = starter.load(session, "kakogawa", now=START)
    assert done.counts == {"unchanged": 183}  # what the file says is not news, and what staff did stays
    with town.store.reading() as session:
        assert session.get(Resource, "hall-hioka").status == "published"


def test_what_a_resident_proposes_is_seen_by_staff_alone_and_can_be_declined(town):
    hana = town.resident("ハナ")
    with town.store.turn() as session:
        proposed = entries.propose(session, {**A_SALON, "name": "電気代の助け"}, now=START)
        number = proposed.id
    hana.says("電気代の助け")
    assert not any("電気代の助け" in words for words in hana.answers)
    with town.store.turn() as session:
        entries.decline(session, session.get(Resource, number))
    with town.store.turn() as session:
        assert session.get(Resource, number) is None
        assert session.query(Change).filter_by(entry_id=number).count() == 0
        with pytest.raises(entries.NotAProposal):
            entries.decline(session, session.get(Resource, "shakyo"))


def test_what_has_a_last_day_is_not_shown_to_residents_after_it(town, clock, desk):
    last = START.date() + timedelta(days=2)
    with town.store.turn() as session:
        entries.keep(
            session,
            Resource,
            "fair",
            {"name": "ひまわり祭り", "category": "居場所・サロン", "status": "published", "address": "駅前広場",
             "areas": ["氷丘中学校区"], "ends_on": last},
            now=START,
        )  # fmt: skip
    town.parts.library.refresh(at_once=True)
    hana = town.resident("ハナ", area="氷丘")
    hana.says("ひまわり祭りはどこでありますか")
    assert f"{last.month}月{last.day}日まで" in hana.sees("ひまわり祭り")
    hana.says("居場所・行事")
    hana.sees("ひまわり祭り")
    assert "終わりました" not in desk("counsellor").opens("/?q=ひまわり")
    clock.moves_on(days=3)
    for words in ("ひまわり祭りはどこでありますか", "居場所・行事"):
        hana.says(words)
        assert hana.answers and "ひまわり祭り" not in "\n".join(hana.answers)
    tanaka = desk("counsellor")
    assert "終わりました" in tanaka.opens("/?only=over")
    assert "ひまわり祭り" not in tanaka.opens("/?only=over&q=サロン")
