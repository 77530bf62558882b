"""The consultation room in a real Chromium: an old telephone without JavaScript, then a line that breaks."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from bot.conversation import Text
from bot.services import drafts
from bot.services.cases import answering
from bot.store.cases import Case
from bot.store.talk import Utterance
from tests.browser.conftest import watch
from tests.consultation import asks_for_a_person, door, offers

PICTURES = Path(os.environ.get("PICTURES", Path(__file__).parent / "pictures"))


def staff_say(town, words: str) -> None:
    with town.store.turn() as session:
        answering.say(session, session.query(Case).one(), [Text(words)], staff_id=1, now=town.clock.now())


def said_by_resident(town) -> list[str | None]:
    with town.store.reading() as session:
        return [one.words for one in session.query(Utterance).filter_by(place="room", speaker="resident")]


def test_the_room_works_without_javascript_and_with_a_line_that_breaks(town, browser, troubles):
    offers(town, "room")
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    PICTURES.mkdir(parents=True, exist_ok=True)
    old = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = old.new_page()
    page.goto(f"{town.url}{door(hana)}")
    page.screenshot(path=PICTURES / "room-door.png", full_page=True)
    page.get_by_role("button", name="ひらく").click()
    page.get_by_label("書く").fill("母の介護のことで相談です。\n夜に何度も起きます。")
    page.get_by_role("button", name="送る").click()
    expect(page.locator(".talk .resident")).to_contain_text("夜に何度も起きます")
    staff_say(town, "田中です。毎晩おつかれさまです。\nくわしく聞かせてください。")
    page.reload()
    expect(page.locator(".talk .staff")).to_contain_text("田中です")
    page.screenshot(path=PICTURES / "room.png", full_page=True)
    old.close()

    hana.taps("ひらけないとき")
    phone = browser.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
    page = phone.new_page()
    page.goto(f"{town.url}{door(hana)}")
    page.get_by_role("button", name="ひらく").click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.get_by_text("職員が書いています")).to_be_hidden()
    with town.store.turn() as session:
        drafts.save(session, session.query(Case).one(), "あた", staff_id=1, now=town.clock.now())
    expect(page.get_by_text("職員が書いています")).to_be_visible()
    with town.store.turn() as session:
        drafts.throw_away(session, session.query(Case).one(), staff_id=1)
    staff_say(town, "新しい返事です")
    expect(page.get_by_text("職員が書いています")).to_be_hidden()
    expect(page.locator(".talk .staff").last).to_contain_text("新しい返事です")  # by itself
    phone.set_offline(True)
    page.get_by_label("書く").fill("電波のないところから")
    page.get_by_role("button", name="送る").click()
    expect(page.locator("#state")).to_contain_text("まだ送れていません")
    assert page.get_by_label("書く").input_value() == "電波のないところから"
    phone.set_offline(False)
    expect(page.locator(".talk .resident").last).to_contain_text("電波のないところから")
    expect(page.get_by_label("書く")).to_have_value("")

    lost = []  # the request arrives, its answer does not

    def lose_the_answer(route):
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    page.route("**/room/", lose_the_answer, times=1)
    page.get_by_label("書く").fill("二度は届きません")
    page.get_by_role("button", name="送る").click()
    expect(page.get_by_label("書く")).to_have_value("")
    assert lost and said_by_resident(town).count("二度は届きません") == 1
    phone.close()

    strict = browser.new_context(viewport={"width": 360, "height": 740})
    hana.taps("ひらけないとき")
    page = watch(strict.new_page(), troubles)
    page.goto(f"{town.url}{door(hana)}")
    page.get_by_role("button", name="ひらく").click()
    expect(page.get_by_role("button", name="送る")).to_be_visible()
    assert troubles == []  # nothing on the page breaks its own rules
    strict.close()
