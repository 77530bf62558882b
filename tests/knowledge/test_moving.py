"""Files come in after a look at what they would change, go out again, and chosen entries go onto paper."""

import threading
from io import BytesIO

from sqlalchemy import event

from bot.store.knowledge import Change, Resource, WaitingFile
from tests.desk import token

FILE = """id,name,category,phone,source_url,verified_on
shakyo,加古川市社会福祉協議会（本部）,生活困窮,079-424-4318,電話で聞いた,2026-11-24
new-salon,ひだまりサロン,居場所・サロン,079-424-4318,電話で聞いた,2026-11-24
bad,だめな行,居場所・サロン,12345,電話で聞いた,2026-11-24
"""


def sends(desk, content: bytes, name: str = "一覧.csv") -> str:
    page = desk.client.get("/admin/knowledge/import")
    data = {"csrf_token": token(page), "file": (BytesIO(content), name), "format": "auto"}
    return desk.client.post("/admin/knowledge/import", data=data, content_type="multipart/form-data").text


def test_a_file_is_looked_at_first_and_taken_in_once(town, desk):
    yamamoto = desk("supervisor")
    page = sends(yamamoto, FILE.encode("cp932"))
    assert "取りこむと、こうなります" in page and "ひだまりサロン" in page and "12345" in page
    with town.store.reading() as session:
        assert session.get(Resource, "new-salon") is None
        (waiting,) = session.query(WaitingFile).all()
    sato = desk("administrator")
    assert "時間がたって消えました" in sato.presses(f"/import/{waiting.id}")  # it belongs to who sent it
    page = yamamoto.presses(f"/import/{waiting.id}")
    assert "取りこみました" in page
    assert "もう取りこんだか" in yamamoto.presses(f"/import/{waiting.id}")
    with town.store.reading() as session:
        assert session.get(Resource, "new-salon").status == "draft"
        assert session.query(Change).filter_by(entry_id="new-salon").one().staff_id is not None
        assert session.query(WaitingFile).count() == 0
    assert "このファイルで変わるものはありません" in sends(yamamoto, FILE.encode())
    assert "ファイルをえらんでください" in sends(yamamoto, b"")
    assert sends(yamamoto, b"\x00\x01\x02", "写真.csv").count('role="alert"') == 1


def test_a_long_file_is_taken_in_a_portion_at_a_time_while_others_write(town, desk):
    lines = [
        f"salon-{number},サロン{number},居場所・サロン,079-424-4318,電話で聞いた,2026-11-24" for number in range(250)
    ]
    yamamoto = desk("supervisor")
    sends(yamamoto, "\n".join([FILE.splitlines()[0], *lines]).encode())
    with town.store.reading() as session:
        (waiting,) = session.query(WaitingFile).all()
    there: list[int] = []

    def count(_connection) -> None:
        if threading.get_ident() == here:
            with town.store.reading() as session:
                there.append(session.query(Resource).filter(Resource.id.like("salon-%")).count())

    here = threading.get_ident()
    event.listen(town.store.engine, "commit", count)
    assert "取りこみました" in yamamoto.presses(f"/import/{waiting.id}")
    event.remove(town.store.engine, "commit", count)
    assert {100, 200, 250} <= set(there)  # each portion was there for everybody before the next began


def test_what_waits_a_day_goes(town, desk):
    yamamoto = desk("supervisor")
    sends(yamamoto, FILE.encode())
    with town.store.reading() as session:
        (old,) = session.query(WaitingFile).all()
    town.clock.moves_on(hours=25)
    assert "時間がたって消えました" in yamamoto.presses(f"/import/{old.id}")
    sends(yamamoto, FILE.encode())
    with town.store.reading() as session:
        assert session.query(WaitingFile).count() == 1


def test_everything_goes_out_as_files(desk):
    tanaka = desk("counsellor")
    page = tanaka.client.get("/admin/knowledge/export/csv")
    assert page.data.startswith("\ufeff".encode()) and "くらしサポート相談窓口" in page.text
    assert page.headers["Content-Disposition"] == 'attachment; filename="csv-2026-11-24.csv"'
    assert "hokatsu" in tanaka.client.get("/admin/knowledge/export/answers").text
    assert tanaka.client.get("/admin/knowledge/export/hsds").json
    assert "氷丘公民館" not in tanaka.client.get("/admin/knowledge/export/opendata").text
    assert tanaka.client.get("/admin/knowledge/export/xls").status_code == 404


def test_chosen_entries_go_onto_paper_and_nothing_that_is_not_public(desk):
    suzuki = desk("viewer")
    page = suzuki.opens("/sheet?id=answer/hokatsu&id=resource/hall-hioka&id=resource/tel-119&title=<b>夜の連絡先")
    assert "&lt;b&gt;夜の連絡先" in page and "加古川市役所（代表）" in page and "公開中でないもの1件" in page
    assert "氷丘公民館" not in page and '<span class="one">079-421-2000</span>' in page
    assert "公開中のものだけです" in suzuki.client.get(
        "/admin/knowledge/sheet?id=resource/hall-hioka", follow_redirects=True
    ).text  # fmt: skip


def test_categories_are_made_renamed_ordered_and_removed(town, desk):
    yamamoto = desk("supervisor")
    assert "作りました" in yamamoto.presses("/categories", name="移動・買い物")
    assert "もうあります" in yamamoto.presses("/categories", name="移動・買い物")
    assert "20文字まで" in yamamoto.presses("/categories", name="あ" * 21)
    page = yamamoto.presses("/categories/places/rename", name="つどい場")
    assert "29件の分類も変わりました" in page
    with town.store.reading() as session:
        assert session.get(Resource, "hall-hioka").category == "つどい場"
        assert session.query(Change).filter_by(kind="category", deed="renamed").count() == 1
    assert "先にほかの分類へ移してください" in yamamoto.presses("/categories/places/remove")
    page = yamamoto.presses("/categories/emergency/move", to="up")
    assert page.index('value="緊急"') < page.index('value="災害"')
    hana = town.resident("ハナ")
    hana.taps("居場所・行事") if "居場所・行事" in hana.choices else hana.says("サロンはありますか")
    assert hana.answers
    desk("counsellor").presses("/categories", expects=403, name="だめ")
