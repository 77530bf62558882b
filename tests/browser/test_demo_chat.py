"""The chat page in a real Chromium, on a phone-sized screen."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Page, expect

from bot.line import rich_menu
from bot.services import staff, tasks, worries
from bot.services.access import RoleName
from bot.work import signs_of_life
from tests.browser.conftest import watch
from tests.town import START

PICTURES = Path(os.environ.get("PICTURES", Path(__file__).parent / "pictures"))


@pytest.fixture
def phone(town, browser, troubles) -> Iterator[Page]:
    rich_menu.set_up(town.parts.gateway)
    town.resident("ハナ", area="氷丘")
    page = watch(browser.new_page(viewport={"width": 390, "height": 844}), troubles)
    page.goto(town.line_server.url)
    yield page
    page.close()


def test_a_resident_asks_and_taps_to_call(phone, town, troubles):
    expect(phone.locator(".chosen .bubble").last).to_contain_text("氷丘中学校区ですね")
    phone.get_by_label("メッセージ", exact=True).fill("電気代が払えへん")
    phone.keyboard.press("Enter")
    card = phone.locator(".chosen .card", has_text="くらしサポート相談窓口").first
    expect(card).to_be_visible()
    phone.get_by_label("メニューを開く・閉じる").click()
    PICTURES.mkdir(parents=True, exist_ok=True)
    phone.wait_for_timeout(300)
    phone.screenshot(path=PICTURES / "chat.png")
    phone.locator(".chosen .card button", has_text="電話").first.click()
    expect(phone.locator("#sheet a.call")).to_have_attribute("href", "tel:0794279382")
    assert troubles == []


def test_a_newcomer_chooses_an_area_with_the_thumb(town, browser, troubles):
    town.newcomer("太郎").follows()
    page = watch(browser.new_page(viewport={"width": 390, "height": 844}), troubles)
    page.goto(town.line_server.url)
    page.locator(".chosen .quick button", has_text="平岡南").click()
    expect(page.locator(".chosen .bubble").last).to_contain_text("平岡南中学校区ですね")
    assert troubles == []


def test_the_rich_menu_and_words_in_html_are_safe(phone, troubles):
    phone.get_by_label("メッセージ", exact=True).fill("<img src=x onerror=alert(1)>")
    phone.keyboard.press("Enter")
    expect(phone.locator(".chosen .mine .bubble").last).to_have_text("<img src=x onerror=alert(1)>")
    phone.locator(".chosen .rich button[aria-label='設定']").click()
    expect(phone.locator(".chosen .bubble").last).to_contain_text("設定です")
    assert troubles == []


def test_larger_letters_make_the_cards_larger(phone):
    phone.get_by_label("メッセージ", exact=True).fill("社協の電話番号は?")
    phone.keyboard.press("Enter")
    title = phone.locator(".chosen .card .bold").first
    expect(title).to_be_visible()
    before = title.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
    phone.get_by_label("文字").select_option("1.5")
    assert title.evaluate("node => parseFloat(getComputedStyle(node).fontSize)") > 1.4 * before


def test_the_first_page_of_the_desk_says_what_to_do_now(town, browser, troubles):
    town.resident("ハナ", area="氷丘").says("人に相談する").taps("はじめる").taps("介護・お年より")
    with town.store.turn() as session:
        now = town.clock.now()
        tasks.open_(session, "a", "phone", now=now, is_urgent=True, words="けさの見守りに、まだお返事がありません")
        tasks.open_(session, "b", "follow_up", now=now, due_at=now + timedelta(hours=4), words="つなぎ先とその後")
        worries.file(session, worries.Draft(form_key=worries.new_form_key(), seen="灯りがつきません"), now=now)
        staff.add(
            session, "tanaka@example.com", name="田中", role=RoleName.SUPERVISOR,
            password_hash=PasswordHasher().hash("a long enough password"), now=START,
        )  # fmt: skip
    for part in ("web", "worker", "clock", "rounds"):
        signs_of_life.beat(town.store, part, now=town.clock.now())
    context = browser.new_context(viewport={"width": 1180, "height": 820})
    page = watch(context.new_page(), troubles)
    page.goto(f"{town.url}/admin/")
    page.get_by_label("メールアドレス").fill("tanaka@example.com")
    page.get_by_label("パスワード").fill("a long enough password")
    page.get_by_role("button", name="サインインする").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("はじめ")
    expect(page.locator(".parts li.good").last).to_contain_text("時計")
    expect(page.get_by_role("button", name="電話").first).to_be_visible()
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "desk.png")
    assert troubles == []
    context.close()
