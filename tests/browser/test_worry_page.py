"""The page for worry reports on an old telephone with JavaScript switched off, and the desk that answers it."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from bot.services import worries
from tests.desk import PASSWORD, hire_everyone

PICTURES = Path(os.environ.get("PICTURES", Path(__file__).parent / "pictures"))


def test_a_neighbour_without_javascript_tells_and_reads_the_answer(town, browser):
    worries.reports_a_day.forget()
    hire_everyone(town)
    PICTURES.mkdir(parents=True, exist_ok=True)
    phone = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False).new_page()
    phone.goto(f"{town.url}/worry/")
    phone.screenshot(path=PICTURES / "worry.png", full_page=True)
    phone.get_by_label("見たこと、気になること").fill("向かいの家の子が、夜おそくまで外にいます")
    phone.get_by_label("子ども").check()
    phone.get_by_label("どのあたりのことですか").select_option(label="氷丘中学校区")
    phone.get_by_role("button", name="知らせる").click()
    code = phone.locator(".code").inner_text()

    desk = browser.new_context(viewport={"width": 820, "height": 1100}).new_page()
    desk.goto(f"{town.url}/admin/worries/")
    desk.get_by_label("メールアドレス").fill("counsellor@example.com")
    desk.get_by_label("パスワード").fill(PASSWORD)
    desk.get_by_role("button", name="サインインする").click()
    desk.get_by_role("link", name="1番目の知らせを読む").click()
    desk.get_by_label("返事（").fill("お知らせありがとうございます。あす様子を見に行きます。")
    desk.get_by_role("button", name="返事をする").click()
    desk.screenshot(path=PICTURES / "worry-desk.png", full_page=True)
    desk.get_by_role("link", name="一覧へもどる").click()

    phone.get_by_role("link", name="返事を読むページ").click()
    phone.get_by_label("ひかえの番号").fill(code.lower())
    phone.get_by_role("button", name="読む").click()
    expect(phone.locator(".staff")).to_contain_text("あす様子を見に行きます")


def test_the_pages_can_be_used_by_everybody(town, browser):
    worries.reports_a_day.forget()
    hire_everyone(town)
    with town.store.turn() as session:
        draft = worries.Draft(form_key=worries.new_form_key(), seen="見たこと", is_urgent=True)
        worries.file(session, draft, now=town.clock.now())
        (report,) = worries.waiting(session)
    page = browser.new_context(viewport={"width": 820, "height": 1100}, bypass_csp=True).new_page()
    page.goto(f"{town.url}/admin/")
    page.get_by_label("メールアドレス").fill("counsellor@example.com")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインインする").click()
    of_the_desk = ("", "worries/", f"worries/{report.id}", "worries/figures")
    for path in ("/worry/", "/worry/answer", *(f"/admin/{one}" for one in of_the_desk)):
        page.goto(f"{town.url}{path}")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
