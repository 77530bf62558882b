"""Led to another agency with consent; a week later the bot asks; the answer counts."""

from bot.store.knowledge import Verdict
from bot.store.referrals import Referral
from tests.consultation import asks_for_a_person, posts, says, the_case
from tests.desk import signed_in, token


def the_referral(town) -> Referral:
    with town.store.reading() as session:
        return session.query(Referral).order_by(Referral.id.desc()).first()


def test_a_week_later_the_bot_asks_and_the_answer_counts(town, desk):
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    tanaka, case = signed_in(desk, "counsellor"), the_case(town)
    posts(tanaka, case, "take")
    told = {"agency": "地域包括", "told": "物忘れのこと", "consent": "yes"}
    assert "名前を書いて" in posts(tanaka, case, "refer", **{**told, "agency": ""}).text
    unsure = posts(tanaka, case, "refer", told="物忘れ", agency="地域包括").text
    assert (
        "同意を確かめて" in unsure and "物忘れ</textarea>" in unsure and 'value="地域包括"' in unsure
    )  # nothing is lost
    by_list = posts(tanaka, case, "refer", told="物忘れ", resource="kurashi-support").text
    assert 'name="resource" value="kurashi-support"' in by_list
    assert "何を伝えたか" in posts(tanaka, case, "refer", **{**told, "told": " "}).text
    page = posts(tanaka, case, "refer", **told, resource="kurashi-support").text
    made = the_referral(town)
    assert made.agency in page and "物忘れのこと" in page and "12月1日（火）にボットがたずねます" in page
    form = {"csrf_token": token(tanaka.get(f"/admin/cases/{case.id}")), "result": "contacted"}
    tanaka.post(f"/admin/cases/{case.id}/referrals/{made.id}", data=form)
    assert the_referral(town).result == "contacted"
    assert tanaka.post(f"/admin/cases/{case.id}/referrals/99", data=form).status_code == 404

    town.clock.moves_on(days=6)
    town.sweeps()
    assert not [words for words in hana.all_answers if "相談先と、その後" in words]
    town.clock.moves_on(hours=14)  # the day has come, but it is midnight
    town.sweeps()
    assert not [words for words in hana.all_answers if "相談先と、その後" in words]
    town.clock.moves_on(hours=10)
    town.sweeps()
    town.sweeps()
    town.delivers_everything()
    asked = [one for one in hana.phone.shown if one.by == "bot" and "相談先と、その後" in one.words]
    assert len(asked) == 1
    assert "物忘れ" not in asked[0].message["altText"] and made.agency not in asked[0].words
    hana.taps("まだ話していない")
    hana.sees("職員がお手伝いします")
    assert "まだ話していない" in tanaka.get(f"/admin/cases/{case.id}").text
    town.clock.moves_on(days=7)
    town.sweeps()
    town.delivers_everything()
    hana.taps("うまくいかなかった")
    hana.sees("職員に伝えました")
    assert the_referral(town).result == "not_connected"
    assert "つなぎ先のその後について" in tanaka.get("/admin/").text
    if made.resource_id:
        with town.store.reading() as session:
            assert session.query(Verdict).one().not_this == 1


def test_the_bot_does_not_ask_into_a_talk(town, desk):
    hana, taro = town.resident("ハナ"), town.resident("太郎")
    asks_for_a_person(hana)
    tanaka, case = signed_in(desk, "counsellor"), the_case(town)
    posts(tanaka, case, "refer", agency="地域包括", told="x", consent="yes")
    town.clock.moves_on(days=7)
    says(tanaka, case.id, "その後いかがですか")
    town.sweeps()
    town.delivers_everything()
    assert not [words for words in hana.all_answers if "相談先と、その後" in words]
    town.clock.moves_on(days=1, minutes=5)
    town.sweeps()
    town.delivers_everything()
    hana.taps("つながった")
    hana.sees("よかったです")
    assert the_referral(town).result == "connected"
    with town.store.turn() as session:  # somebody else's button is not for him
        from bot.services import referrals
        from bot.store.residents import Resident

        other = session.query(Resident).filter(Resident.id != case.resident_id).first()
        assert referrals.hear_answer(session, other, the_referral(town).id, "no", now=town.clock.now()) is None
    assert taro.phone.name == "太郎"
