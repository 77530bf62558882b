"""Staff keep the knowledge base true: make, look at, publish, change, pause, put away, bring back."""

import re

from bot.store.knowledge import Resource, UnansweredQuestion
from bot.store.staff import AuditEntry
from knowledge import asked
from tests.knowledge.conftest import desk_of

A_SALON = {
    "name": "ひだまりサロン", "kana": "ひだまりさろん", "category": "居場所・サロン",
    "description": "お茶とおしゃべりの会です。",
    "phones": "（０７９）４２４－４３１８", "address": "加古川市加古川町寺家町177-12", "areas": ["氷丘地区", "全市"],
    "hours": "第4火 9:00～12:00", "special_days": "2026-12-22 休み クリスマス", "keywords": "お茶\nおしゃべり、つどい",
    "source_url": "電話で聞いた", "verified_today": "yes",
}  # fmt: skip


def version_on(page: str) -> str:
    return re.findall(r'name="seen" value="(\d+)"', page)[-1]


def test_a_salon_is_made_looked_at_published_and_found_by_a_resident(town, desk):
    tanaka, yamamoto = desk("counsellor"), desk("supervisor")
    seen = tanaka.presses("/new/resource", do="preview", **A_SALON)
    assert "ひだまりサロン" in seen and "12時まで" in seen and "電話する" in seen
    with town.store.reading() as session:
        assert session.query(Resource).filter_by(name="ひだまりサロン").count() == 0
    page = tanaka.presses("/new/resource", do="save", **A_SALON)
    assert "下書きを作りました" in page and "公開は、主任か管理者がします" in page
    with town.store.reading() as session:
        salon = session.query(Resource).filter_by(name="ひだまりサロン").one()
        assert salon.phones == ["079-424-4318"] and salon.keywords == ["お茶", "おしゃべり", "つどい"]
    here = f"/entries/resource/{salon.id}"
    hana = town.resident("ハナ")
    hana.says("ひだまりサロン")
    assert not any("お茶とおしゃべりの会" in words for words in hana.answers)
    yamamoto.presses(f"{here}/publish", seen=1)
    town.parts.library.refresh(at_once=True)
    hana.says("ひだまりサロン")
    assert "12時まで" in hana.sees("お茶とおしゃべりの会")
    tanaka.presses(f"{here}/pause", seen=2, message="12月はお休みです")
    hana.says("ひだまりサロン")
    assert "12月はお休みです" in hana.sees("お茶とおしゃべりの会") and "12時まで" not in hana.answers[-1]
    with town.store.reading() as session:
        deeds = [one.deed for one in session.query(AuditEntry) if one.record_id == salon.id]
    assert deeds == ["add_entry", "published_entry", "paused_entry"]
    page = yamamoto.opens(f"{here}/history")
    assert "公開しました" in page and "お休み中にしました" in page and "&lt;b&gt;counsellor" in page


def test_of_two_who_edit_at_once_the_second_loses_nothing_and_overwrites_nothing(town, desk):
    tanaka, sato = desk("counsellor"), desk("administrator")
    page = tanaka.opens("/entries/answer/kurumaisu/edit")
    fields = dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', page, re.S))
    fields |= {"source_url": "計画", "verified_on": "2026-11-24", "seen": version_on(page)}
    save = "/entries/answer/kurumaisu/edit"
    sato.presses(save, do="save", **{**fields, "answer": "佐藤の答え"})
    page = tanaka.presses(
        "/entries/answer/kurumaisu/edit", expects=409, do="save", **{**fields, "answer": "田中の答え"}
    )
    assert "田中の答え" in page and "佐藤の答え" in page and "administrator" in page
    page = tanaka.presses(save, do="save", **{**fields, "answer": "田中の答え", "seen": version_on(page)})
    assert "保存しました" in page and "田中の答え" in page
    page = sato.presses("/entries/answer/kurumaisu/confirm", seen=fields["seen"])
    assert "さんが先に変えました" in page
    history = sato.opens("/entries/answer/kurumaisu/history")
    change = re.findall(r"/restore/(\d+)", history)[-1]
    assert "前の内容に戻しました" in sato.presses(f"/entries/answer/kurumaisu/restore/{change}", seen=3)
    assert "田中の答え" not in sato.opens("/entries/answer/kurumaisu")


def test_bad_input_is_told_field_by_field_and_stays_in_the_form(desk):
    tanaka = desk("counsellor")
    page = tanaka.presses(
        "/new/resource",
        expects=400,
        do="save",
        **{**A_SALON, "phones": "123", "latitude": "北", "special_days": "あした 休み", "verified_on": "きのう",
           "verified_today": ""},
    )  # fmt: skip
    for words in ("1行めの「あした 休み」が読めません", "34.768528 のような数字", "2026-12-01 のように"):
        assert words in page
    assert "ひだまりサロン" in page and ">123</textarea>" in page
    page = tanaka.presses("/new/resource", expects=400, do="save", **{**A_SALON, "phones": "0570-064-000"})
    assert "いまは使われていない番号です。189 に変わっています" in page
    page = tanaka.presses("/new/answer", expects=400, do="save", question="Q", answer="A", resources=["ない所"])
    assert "ない所」という社会資源はありません" in page
    assert "&lt;script&gt;" in tanaka.presses("/new/answer", do="preview", question="<script>", answer="A")


def test_the_first_days_work_is_to_confirm_the_doubtful_drafts(town, desk):
    tanaka, yamamoto = desk("counsellor"), desk("supervisor")
    page = tanaka.opens("/confirm")
    assert "うたがわしい情報（55件）" in page and "出典が2018年の公開データ" in page and "079-424-3741" in page
    assert "まだできません" in yamamoto.presses("/entries/resource/foodbank-harima/publish", seen=1)
    tanaka.presses("/entries/resource/foodbank-harima/confirm", seen=1, back="to_confirm")
    page = yamamoto.opens("/confirm")
    assert "うたがわしい情報（54件）" in page and "あとは公開するだけの下書き（1件）" in page
    yamamoto.presses("/entries/resource/foodbank-harima/publish", seen=2, back="to_confirm")
    hana = town.resident("ハナ")
    hana.says("フードバンクはりま")
    hana.sees("079-227-8304")
    town.clock.moves_on(days=400)
    assert "長く確認していないもの（0件）" not in yamamoto.opens("/confirm")


def test_the_list_is_searched_and_filtered(desk):
    suzuki = desk("viewer")
    assert "氷丘公民館" in suzuki.opens("/?q=0794243741") and "1件" in suzuki.page.text
    assert "くらしサポート" in suzuki.opens("/?q=くらしサポート")
    assert "27件" in suzuki.opens("/?category=居場所・サロン")
    assert "54件" in suzuki.opens("/?status=draft")
    assert "氷丘公民館" in suzuki.opens("/?area=氷丘地区")
    assert "あてはまるものはありません" in suzuki.opens("/?only=paused&q=%25")
    assert "地域包括支援センターはどこですか" in suzuki.opens("/?kind=answer&q=ほうかつ")
    assert "新しく作る" not in suzuki.page.text
    assert "書きかえる" not in suzuki.opens("/entries/resource/shakyo")


def test_a_counsellor_cannot_publish_and_a_viewer_cannot_edit(desk):
    desk("counsellor").presses("/entries/resource/hall-hioka/publish", expects=403, seen=1)
    suzuki = desk("viewer")
    assert suzuki.client.get("/admin/knowledge/entries/resource/shakyo/edit").status_code == 403
    assert suzuki.client.get("/admin/knowledge/entries/nothing/shakyo").status_code == 404


def test_every_page_works_on_both_databases(any_town):
    with any_town.store.turn() as session:
        for _ in range(3):
            asked.note_unanswered(session, "電球を替えてほしい", area_id=None, on=any_town.clock.now().date())
        asked.note_looked_for(session, "子育て", area_id=None, on=any_town.clock.now().date())
    yamamoto = desk_of(any_town)("supervisor")
    assert "氷丘公民館" in yamamoto.opens("/?q=0794243741 ひおか&area=氷丘地区&category=居場所・サロン&status=draft")
    assert "地域包括支援センターはどこですか" in yamamoto.opens("/?kind=answer&q=ほうかつ&only=")
    for path in ("/confirm", "/council-items", "/categories", "/synonyms", "/import", "/looked-for"):
        yamamoto.opens(path)
    assert "電球" in yamamoto.opens("/questions") and "<strong>3件</strong>" in yamamoto.opens("/needs")
    with any_town.store.reading() as session:
        ids = ",".join(str(one.id) for one in session.query(UnansweredQuestion))
    assert "電球を替える人" in yamamoto.presses("/questions/council", ids=ids, need="電球を替える人")
    assert "29件の分類も変わりました" in yamamoto.presses("/categories/places/rename", name="つどい場")
    page = yamamoto.presses("/entries/resource/shakyo/edit", do="preview", seen=1, name="社協", category="生活困窮")
    assert "社協" in page
