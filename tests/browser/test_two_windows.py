"""Two people in two windows: a resident in the chat page, a social worker at the desk, and what each sees."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from bot.conversation import Text
from bot.services import canned_replies, staff
from bot.services.access import RoleName
from bot.services.cases import answering
from bot.store.cases import Case
from tests.browser.conftest import watch
from tests.desk import HASHED, PASSWORD, hire_everyone

GREETING = (
    "加古川市社会福祉協議会の田中です。書いてくださって、ありがとうございます。\nお話を、ゆっくり聞かせてください。"
)
PICTURES = Path(os.environ.get("PICTURES", Path(__file__).parent / "pictures"))


def opens_the_desk(page: Page, town, role: str, path: str) -> None:
    page.goto(f"{town.url}{path}")
    page.get_by_label("メールアドレス").fill(f"{role}@example.com")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインインする").click()
    page.goto(f"{town.url}{path}")


def writes(phone: Page, words: str) -> None:
    phone.get_by_label("メッセージ", exact=True).fill(words)
    phone.keyboard.press("Enter")


NOTES = """
Object.defineProperty(document, 'hidden', { get: () => true });  // the window lies under others
window.notes = []; window.tones = 0;
window.Notification = class { constructor(title, more) { notes.push(more.body); } static permission = 'granted'; };
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { tones += 1; return start.apply(this, when); };
"""


def test_danger_sounds_and_shows_itself_also_where_the_stream_does_not_come_through(town, browser, troubles):
    hire_everyone(town)
    window = browser.new_context(viewport={"width": 820, "height": 1180})
    window.add_init_script(NOTES)
    desk = window.new_page()
    desk.on("pageerror", lambda error: troubles.append(str(error)))
    window.route("**/admin/live?*", lambda route: route.fulfill(status=503))
    opens_the_desk(desk, town, "counsellor", "/admin/cases/")
    desk.get_by_role("button", name="音と通知を使う").click()
    expect(desk.get_by_role("button", name="音と通知：使っています")).to_be_visible()
    before = desk.evaluate("tones")
    assert before > 0  # how it sounds
    hana = town.resident("ハナ")
    hana.says("もう死にたい")
    expect(desk.get_by_role("region", name="いそぎの相談")).to_contain_text("死にたい")
    assert desk.evaluate("notes") == ["いそぎの相談が入りました。"]
    assert desk.evaluate("tones") >= before + 6
    desk.get_by_role("button", name="音と通知：使っています").click()
    desk.evaluate("document.querySelector('#told').textContent = ''")
    hana.says("いま橋の上にいます、飛び降りたい")
    expect(desk.locator("#told")).to_have_text("いそぎの相談が入りました。")
    assert desk.evaluate("notes") == ["いそぎの相談が入りました。"]  # who switched it off is left in peace
    assert troubles == []
    window.close()


def test_what_was_sent_does_not_come_back_and_nobody_answers_over_a_colleague(town, browser, troubles):
    hire_everyone(town)
    hana = town.resident("ハナ")
    hana.says("人に相談したい")
    hana.taps("はじめる")
    hana.taps("介護・お年より")
    desk = watch(browser.new_context(viewport={"width": 820, "height": 1180}).new_page(), troubles)
    with town.store.reading() as session:
        number = session.query(Case).one().id
    opens_the_desk(desk, town, "counsellor", f"/admin/cases/{number}")
    desk.get_by_role("button", name="担当する", exact=True).click()
    answer = desk.get_by_label("お返事（")
    answer.fill("書いてくださって、ありがとうございます。")
    expect(desk.locator("#kept")).to_contain_text("下書きをとっておきました")
    answer.press_sequentially("またあす")
    desk.get_by_role("button", name="送る", exact=True).click()  # before the last strokes are kept
    expect(desk.locator(".turn.staff").last).to_contain_text("ありがとうございます。またあす")
    expect(desk.locator(".turn.staff").last).to_be_in_viewport()  # what was sent is seen
    desk.reload()
    expect(answer).to_have_value("")

    answer.fill("お電話しましょうか")
    with town.store.turn() as session:
        answering.say(session, session.query(Case).one(), [Text("佐藤からの返事")], staff_id=2, now=town.clock.now())
    expect(desk.locator(".turn.staff").last).to_contain_text("佐藤からの返事")
    expect(desk.locator("#answer .meanwhile")).to_be_visible()
    desk.get_by_role("button", name="送る", exact=True).click()
    expect(desk.get_by_text("読んでから、もう一度お願いします。")).to_be_in_viewport()
    expect(answer).to_have_value("お電話しましょうか")
    desk.get_by_role("button", name="送る", exact=True).click()
    expect(desk.locator(".turn.staff").last).to_contain_text("お電話しましょうか")

    desk.locator("#close > summary").click()
    desk.get_by_label("くわしく").fill("おちつかれた")
    hana.says("もうひとつ聞いてもよいですか")
    expect(desk.locator("#close .meanwhile")).to_be_visible()
    desk.get_by_label("どうなったか").select_option("answered")
    desk.get_by_role("button", name="おわりにする", exact=True).click()
    expect(desk.get_by_text("ご本人から新しいことばが届きました。読んでから、もう一度")).to_be_visible()
    expect(desk.get_by_label("くわしく")).to_have_value("おちつかれた")
    assert [words for words in troubles if "409" not in words] == []


def test_a_consultation_from_both_sides(town, browser, troubles):
    with town.store.turn() as session:
        for role, name in ((RoleName.COUNSELLOR, "田中"), (RoleName.SUPERVISOR, "佐藤")):
            staff.add(session, f"{role}@example.com", name=name, role=role, password_hash=HASHED, now=town.clock.now())
        canned_replies.add_samples(session, staff_id=1, now=town.clock.now())
    hana = town.resident("ハナ", area="氷丘")
    phone = watch(browser.new_page(viewport={"width": 390, "height": 844}), troubles)
    phone.goto(town.line_server.url)
    window = browser.new_context(viewport={"width": 820, "height": 1180}, bypass_csp=True)  # axe is injected
    desk = watch(window.new_page(), troubles)
    opens_the_desk(desk, town, "counsellor", "/admin/cases/")
    expect(desk.get_by_text("待っている相談はありません")).to_be_visible()
    desk.get_by_role("button", name="受付を休み中").click()
    expect(desk.get_by_text("受付中：田中さん")).to_be_visible()

    writes(phone, "母の物忘れがひどくて、夜中に何度も起きます")
    writes(phone, "人に相談したい")
    phone.locator(".chosen .quick").get_by_text("はじめる").click()
    case = desk.get_by_role("link", name="介護・お年より・氷丘中学校区")
    expect(case).to_be_visible()  # nobody has pressed anything: the list heard of it
    expect(desk.locator("#told")).to_have_text("新しい相談が入りました。")
    case.click()
    desk.get_by_role("button", name="担当する", exact=True).click()
    expect(desk.get_by_text("担当 田中さん（あなた）")).to_be_visible()

    answer = desk.get_by_label("お返事（")
    answer.fill("")
    answer.press_sequentially("/あいさつ")
    expect(desk.locator(".slash [role=option]")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(answer).to_have_value(GREETING)
    expect(desk.locator("#kept")).to_contain_text("下書きをとっておきました")
    writes(phone, "きのうはコンロの火がついたままでした")
    expect(desk.locator(".turn.resident").last).to_contain_text("コンロの火")
    expect(answer).to_have_value(GREETING)
    desk.get_by_role("button", name="送る", exact=True).click()
    expect(phone.locator(".chosen .bubble").last).to_contain_text("加古川市社会福祉協議会の田中です")

    desk.get_by_label("メモ", exact=True).fill("@佐藤 包括につなぐ前に相談したいです")
    desk.get_by_role("button", name="メモを書く").click()
    desk.get_by_text("相談先をカードで送る").click()
    desk.get_by_label("困りごとや場所の名前").fill("認知症の相談")
    desk.get_by_role("button", name="さがす").click()
    desk.locator("input[name=card]").first.check()
    desk.get_by_role("button", name="えらんだ所をカードで送る").click()
    expect(phone.locator(".chosen .card .bold").first).to_be_visible()
    writes(phone, "ありがとうございます。一度電話してみます")
    expect(desk.locator(".turn.resident").last).to_contain_text("一度電話してみます")
    PICTURES.mkdir(parents=True, exist_ok=True)
    desk.evaluate("scrollTo(0, 0)")
    desk.screenshot(path=PICTURES / "case.png")

    with town.store.reading() as session:
        number = session.query(Case).one().id
    found = Axe().run(desk)  # a talk with everything in it; all other pages: test_everybody_can_use_it.py
    assert found.violations_count == 0, found.generate_report()

    second = watch(browser.new_context(viewport={"width": 1280, "height": 900}).new_page(), troubles)
    opens_the_desk(second, town, "supervisor", "/admin/")
    second.get_by_role("link", name="田中さんがメモであなたを呼んでいます").click()
    expect(second.get_by_text("包括につなぐ前に")).to_be_visible()
    desk.goto(f"{town.url}/admin/cases/{number}")
    second.get_by_label("お返事（").press_sequentially("佐藤です")
    expect(desk.locator(".writing")).to_contain_text("佐藤さんが、お返事を書いています")
    hana.phone.blocks()
    expect(second.get_by_text("LINEをブロックしたか、やめています")).to_be_visible()
    expect(second.get_by_label("お返事（")).to_have_value("佐藤です")  # nothing typed is lost
    hana.phone.follows()
    hana.phone.says("もう死にたい")
    expect(second.get_by_role("region", name="いそぎの相談")).to_contain_text("死にたい")
    assert troubles == []
    window.close()
