"""A resident tells of a 地域の宝物: a draft that staff check, nobody's name with it, nothing seen before."""

import pytest

from bot.services import treasures
from bot.store.knowledge import Change, Resource
from bot.store.residents import Thread
from bot.store.talk import Utterance


@pytest.fixture(autouse=True)
def a_new_day():
    treasures.proposals_a_day.forget()


def tells_of_a_cafe(hana, name="縁側カフェ") -> None:
    hana.says("サロンはありますか").taps("宝物を教える")
    hana.sees("何という名前ですか")
    hana.says(name).says("寺家町の公園のとなり").says("火曜の午後に、だれでもお茶が飲めます")
    assert "あなたのお名前は残りません" in hana.sees(name)


def test_a_treasure_becomes_a_draft_that_staff_check_and_publish(town, desk):
    hana, taro = town.resident("ハナ"), town.resident("太郎")
    tells_of_a_cafe(hana)
    hana.taps("教える")
    hana.sees("職員が確かめてから")
    with town.store.reading() as session:
        cafe = session.query(Resource).filter_by(name="縁側カフェ").one()
        assert (cafe.status, cafe.address, cafe.proposed_on) == (
            "draft",
            "寺家町の公園のとなり",
            town.clock.now().date(),
        )
        assert not [one.words for one in session.query(Utterance) if "縁側カフェ" in (one.words or "")]
        assert all("縁側カフェ" not in str(one.memory) for one in session.query(Thread))
        assert session.query(Change).filter_by(entry_id=cafe.id).one().staff_id is None
    taro.says("縁側カフェ")
    assert not any("お茶が飲めます" in words for words in taro.answers)
    tanaka, yamamoto = desk("counsellor"), desk("supervisor")
    page = tanaka.opens("/confirm")
    assert "縁側カフェ" in page and "ハナ" not in page
    assert "1件" in tanaka.opens("/?only=proposed")
    here = f"/entries/resource/{cafe.id}"
    assert "住民から提案されました" in tanaka.opens(here)
    assert "まだできません" in yamamoto.presses(f"{here}/publish", seen=1)
    tanaka.presses(
        f"{here}/edit", do="save", seen=1, name="縁側カフェ", category="居場所・サロン", address="寺家町",
        description="お茶が飲めます。", source_url="聞いた", verified_today="yes",
    )  # fmt: skip
    assert "縁側カフェ" in yamamoto.opens("/confirm") and "あとは公開するだけの下書き（1件）" in yamamoto.page.text
    yamamoto.presses(f"{here}/publish", seen=2)
    town.parts.library.refresh(at_once=True)
    taro.says("縁側カフェ")
    taro.sees("お茶が飲めます")


def test_what_is_stopped_or_declined_leaves_nothing(town, desk):
    hana = town.resident("ハナ")
    tells_of_a_cafe(hana)
    hana.taps("やめておく")
    hana.sees("書いたことは残していません")
    hana.says("宝物を教える").says("となりの田中さんの家")
    hana.sends_location(34.768, 134.836)
    hana.says("火曜の午後に寄れます").taps("教える")
    with town.store.reading() as session:
        (proposed,) = session.query(Resource).filter(Resource.proposed_on.is_not(None)).all()
        assert (proposed.name, proposed.latitude) == ("となりの田中さんの家", 34.768)
    tanaka = desk("counsellor")
    assert "提案を消しました" in tanaka.presses(f"/entries/resource/{proposed.id}/decline")
    assert "消せません" in tanaka.presses("/entries/resource/hall-hioka/decline")
    with town.store.reading() as session:
        assert session.get(Resource, proposed.id) is None
        assert session.query(Change).filter_by(entry_id=proposed.id).count() == 0


def test_unclear_words_are_asked_again_danger_comes_first_and_a_day_has_a_limit(town):
    hana = town.resident("ハナ")
    hana.says("地域の宝物を教えたい")
    hana.sends_sticker()
    hana.sees("ことばで書いてください")
    hana.says("とても長い名前" * 12)
    hana.sees("まず名前だけ")
    hana.says("もう死にたい")
    assert hana.could_dial()
    hana.says("やめる")
    for number in range(3):
        tells_of_a_cafe(hana, f"カフェ{number}号")
        hana.taps("教える")
    hana.says("宝物を教える")
    hana.sees("つづきは、あすお願いします")
