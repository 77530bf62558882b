"""Every staff page and every public page in a real Chromium: axe finds nothing, the keyboard reaches everything,
nothing sticks out on a telephone. A new page is looked at by itself; one whose address names a record needs an example.
"""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from bot.services import canned_replies, on_call, tasks, worries
from bot.services.cases import ownership
from bot.services.checkins import disasters, joining
from bot.store.cases import Case
from bot.store.desk import CannedReply
from bot.store.knowledge import Resource
from handlers.copy import catalogue
from tests.browser.conftest import watch
from tests.desk import PASSWORD, hire_everyone
from tests.town import Town

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what is well need not be written down
}
PUBLIC = ("/worry/", "/worry/answer")
FILES = (".csv", ".svg", "/export", "/export/csv", "/live", "/photos/0")
PARTS_OF_PAGES = ("now", "show_now", "list_now", "alarms", "listen", "since")
REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
  .filter((one) => one.type !== 'hidden' && one.checkVisibility() && !one.disabled && one.tabIndex !== 0)
  .map((one) => one.outerHTML)"""
TOO_SMALL = """() => [...document.querySelectorAll('main a.btn, main button, main select, main summary.btn, nav a')]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 24).map((one) => one.outerHTML)"""


def a_full_town(town: Town) -> dict[str, object]:
    """Something of everything, and how the addresses name it."""
    hire_everyone(town)
    hana = town.resident("ハナ", area="氷丘")
    hana.says("死にたい")
    with town.store.turn() as session:
        worries.file(
            session,
            worries.Draft(form_key=worries.new_form_key(), seen="見たこと", is_urgent=True),
            now=town.clock.now(),
        )
        task = tasks.open_(session, "a", "phone", now=town.clock.now(), is_urgent=True, words="お返事なし")
        assert task is not None
        case = session.query(Case).one()
        ownership.take(session, case, staff_id=1, now=town.clock.now())
        canned_replies.add_samples(session, staff_id=1, now=town.clock.now())
        on_call.add(session, "夜番", email="yoru@example.jp", staff_id=1, now=town.clock.now())
        disaster = disasters.begin(session, area_ids=[], form_key="one", staff_id=1, now=town.clock.now())
        plan = joining.enrol(session, name="キク", phone="079-424-4318", window_from=540, window_to=600, staff_id=1,
                           now=town.clock.now())  # fmt: skip
        return {
            "plan_id": plan.id,
            "disaster_id": disaster.id,
            "reply_id": session.query(CannedReply.id).first()[0],
            "name": "topic",
            "format": "csv",
            "photo_id": 0,
            "case_id": case.id,
            "report_id": worries.waiting(session)[0].id,
            "task_id": task.id,
            "staff_id": 1,
            "queue_id": 1,
            "which": "office",
            "kind": "resource",
            "entry_id": session.query(Resource.id).first()[0],
            "sentence_id": catalogue.sentences()[0].id,
        }


def pages_of(town: Town, examples: dict[str, object]) -> list[str]:
    """The addresses of all staff pages; each that names a record has an example."""
    found = []
    with town.app.test_request_context():
        for rule in town.app.url_map.iter_rules():
            view = town.app.view_functions[rule.endpoint]
            is_page = getattr(view, "action", None) is not None and "GET" in rule.methods
            is_whole = rule.endpoint.split(".")[-1] not in PARTS_OF_PAGES
            if is_page and is_whole:
                assert rule.arguments <= set(examples), f"no example for {rule}"
                found.append(rule.build({name: examples[name] for name in rule.arguments})[1])
    return sorted(found)


def looks_at(page: Page, address: str) -> list[str]:
    """What is wrong with a page."""
    answer = page.goto(address, wait_until="domcontentloaded", timeout=90_000)
    if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
        return []
    wrong = [] if answer.status == 200 else [f"answered {answer.status}"]
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")  # what is folded, too
    found = Axe().run(page, options=RULES)
    wrong += [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]]
    wrong += [f"not reached by the keyboard: {one[:160]}" for one in page.evaluate(REACHABLE)]
    wrong += [f"too small to press: {one[:160]}" for one in page.evaluate(TOO_SMALL)]
    page.set_viewport_size({"width": 390, "height": 844})
    if (width := page.evaluate("document.documentElement.scrollWidth")) > 390:
        wrong.append(f"sticks out on a telephone: {width}")
    page.set_viewport_size({"width": 820, "height": 1100})
    return wrong


def test_every_page_can_be_used_by_everybody(town, browser, troubles):
    worries.reports_a_day.forget()
    examples = a_full_town(town)
    addresses = pages_of(town, examples)
    assert len(addresses) > 30
    page = watch(browser.new_context(viewport={"width": 820, "height": 1100}, bypass_csp=True).new_page(), troubles)
    strangers = (*PUBLIC, "/admin/account/login")
    wrong = {path: found for path in strangers if (found := looks_at(page, town.url + path))}
    page.goto(f"{town.url}/admin/")
    page.get_by_label("メールアドレス").fill("administrator@example.com")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインインする").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("はじめ")
    for path in addresses:
        if not path.endswith(FILES) and (found := looks_at(page, town.url + path)):
            wrong[path] = found
    assert wrong == {}
    assert troubles == []


def test_the_keyboard_alone_takes_a_task(town, browser):
    a_full_town(town)
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{town.url}/admin/today/")
    page.keyboard.press("Tab")  # the skip link
    page.get_by_label("メールアドレス").focus()
    page.keyboard.type("counsellor@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("きょうの仕事")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "わたしがします":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("あなたがします")
