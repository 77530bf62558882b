"""The knowledge base at the desk in a real browser: the card while one types, a telephone without JavaScript, paper."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from knowledge import asked
from tests.browser.conftest import watch
from tests.desk import PASSWORD, hire_everyone

PICTURES = Path(os.environ.get("PICTURES", Path(__file__).parent / "pictures"))
PAGES = (
    "", "entries/resource/hall-hioka", "entries/answer/hokatsu/edit", "entries/resource/shakyo/edit",
    "entries/resource/shakyo/history", "confirm", "questions", "needs", "council-items", "categories", "synonyms",
    "import", "looked-for", "sheet?id=resource/shakyo",
)  # fmt: skip


def signs_in(page: Page, url: str, role: str) -> Page:
    page.goto(f"{url}/admin/knowledge/")
    page.get_by_label("メールアドレス").fill(f"{role}@example.com")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインインする").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("社会資源と答え")
    return page


def test_the_card_is_seen_while_one_types_and_without_javascript_by_a_button(town, browser, troubles):
    hire_everyone(town)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page = signs_in(watch(browser.new_context().new_page(), troubles), town.url, "counsellor")
    page.get_by_role("link", name="社会資源を新しく作る").click()
    card = page.get_by_role("group", name="住民に見えるカード")
    page.get_by_role("textbox", name="名前").first.fill("ひだまりサロン")
    expect(card).to_contain_text("ひだまりサロン")
    page.get_by_role("textbox", name="開いている時間").fill("毎日 9:00～12:00")
    expect(card).to_contain_text("12時まで")
    page.screenshot(path=PICTURES / "knowledge-edit.png", full_page=True)
    assert troubles == []
    phone = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False).new_page()
    signs_in(phone, town.url, "counsellor")
    phone.goto(f"{town.url}/admin/knowledge/new/answer")
    phone.get_by_role("textbox", name="質問").first.fill("夜でも相談できますか")
    phone.get_by_role("button", name="見てみる").click()
    expect(phone.get_by_role("group", name="住民に見えるカード")).to_contain_text("夜でも相談できますか")
    phone.screenshot(path=PICTURES / "knowledge-phone.png", full_page=True)


def test_the_pages_can_be_used_by_everybody_and_the_sheet_fits_on_paper(town, browser):
    hire_everyone(town)
    with town.store.turn() as session:
        for _ in range(3):
            asked.note_unanswered(session, "電球を替えてほしい", area_id=None, on=town.clock.now().date())
    page = browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True).new_page()
    signs_in(page, town.url, "supervisor")
    for path in PAGES:
        page.goto(f"{town.url}/admin/knowledge/{path}", timeout=60_000)
        found = Axe().run(page)
        assert found.violations_count == 0, (path, found.generate_report())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/MediaBox [0 0 594.95996 841.91998]") == 1  # one page of A4
