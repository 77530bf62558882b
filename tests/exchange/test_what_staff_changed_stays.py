"""An import, or the starter set again, never undoes what staff changed or confirmed since."""

from bot.store.knowledge import Answer, Category, Resource
from bot.store.running import CouncilSetting
from knowledge import starter
from tests.exchange.conftest import Office
from tests.town import START

HEADER = "id,name,category,description,phone,status,source_url,verified_on\n"
SALON = "salon,みんなのサロン,居場所・サロン,毎週のお茶会です。,079-424-4318,published,https://example.jp/,2026-11-01\n"


def loads_the_starter(office: Office) -> dict[str, int]:
    with office.store.turn() as session:
        return dict(starter.load(session, "kakogawa", now=START).counts)


def test_the_starter_set_again_leaves_what_staff_confirmed(office):
    with office.store.turn() as session:
        session.query(Category).delete()
    loads_the_starter(office)
    drafts = [entry.id for entry in office.all() if entry.status == "draft"]
    office.confirms(drafts[0])
    office.edits("monowasure", Answer, answer="まず社協にお電話ください。")
    with office.store.turn() as session:
        session.get(Category, "care").name = "介護と高齢"
        session.get(CouncilSetting, "phone").value = "079-421-2000"
    done = loads_the_starter(office)
    assert done == {"unchanged": 183}
    assert office.has(drafts[0]).status == "published"
    assert office.has("monowasure", Answer).answer == "まず社協にお電話ください。"
    assert office.has("care", Category).name == "介護と高齢"
    assert office.has("phone", CouncilSetting).value == "079-421-2000"


def test_news_of_a_file_reach_what_nobody_touched_and_nothing_else(office):
    office.takes(office.file(HEADER + SALON))
    office.edits("salon", description="毎週木曜のお茶会です。")
    news = SALON.replace("079-424-4318", "079-421-2000").replace("毎週の", "毎月の")
    planned, done = office.looks_at(office.file(HEADER + news)), office.takes(office.file(HEADER + news))
    assert planned.counts == done.counts == {"changed": 1}
    (outcome,) = done.outcomes
    assert [one.field for one in outcome.differences] == ["phones"]
    assert [one.field for one in outcome.left] == ["description"]
    salon = office.has("salon")
    assert (salon.phones, salon.description) == (["079-421-2000"], "毎週木曜のお茶会です。")
    assert office.takes(office.file(HEADER + news)).counts == {"unchanged": 1}


def test_what_staff_confirmed_meanwhile_is_shown_and_kept(office):
    office.takes(office.file(HEADER + SALON))
    office.confirms("salon")
    done = office.takes(office.file(HEADER + SALON.replace("079-424-4318", "079-421-2000")))
    assert done.counts == {"kept": 1}
    assert [(one.field, one.now, one.file) for one in done.outcomes[0].left] == [
        ("phones", ["079-424-4318"], ["079-421-2000"])
    ]
    assert done.outcomes[0].left[0].words == ("079-424-4318", "079-421-2000")
    assert office.has("salon").phones == ["079-424-4318"]


def test_what_staff_made_themselves_is_not_taken_over_by_a_file_with_its_id(office):
    office.takes(office.file(HEADER + SALON))
    with office.store.turn() as session:
        session.add(Resource(id="mine", name="手づくりの項目"))
    assert office.takes(office.file(HEADER + SALON.replace("salon", "mine"))).counts == {"kept": 1}
    assert office.has("mine").name == "手づくりの項目"


def test_every_change_keeps_who_when_and_what(office):
    office.takes(office.file(HEADER + SALON), staff_id=7)
    office.takes(office.file(HEADER + SALON.replace("079-424-4318", "079-421-2000")), staff_id=8)
    first, second = office.history("salon")
    assert (first.before, first.staff_id, first.changed_at) == (None, 7, START)
    assert (second.before["phones"], second.after["phones"], second.staff_id) == (["079-424-4318"], ["079-421-2000"], 8)


def test_nothing_from_outside_is_published_without_source_and_day(office):
    told = office.takes(
        office.file(
            HEADER
            + SALON
            + "a,出典なし,子育て,,,published,,2026-11-01\nb,日付なし,子育て,,,published,https://example.jp/,\nc,そのまま,子育て,,,,,\n"
        )
    )
    assert told.counts == {"added": 4}
    assert [entry.status for entry in office.all()] == ["draft", "draft", "draft", "published"]
    assert ("status", "出典と確認日がそろっていないので、下書きにします") in told.rewritten


def test_a_published_entry_changed_by_an_unverified_row_is_a_draft_again(office):
    office.takes(office.file(HEADER + SALON))
    done = office.takes(office.file("id,name,phone\nsalon,みんなのサロン,079-421-2000\n"))
    assert done.counts == {"changed": 1}
    assert (office.has("salon").status, office.has("salon").phones) == ("draft", ["079-421-2000"])
