"""An office that takes files in: what its people do with them, in their words."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.store import migrate
from bot.store.areas import Area
from bot.store.engine import Store
from bot.store.knowledge import Answer, Category, Change, Resource
from knowledge import entries, exchange
from knowledge.exchange import Preview
from tests.town import KEY, START

TANAKA = 7


class Office:
    """A knowledge base with the taxonomy and the area of a small city, and nothing else in it."""

    def __init__(self, store: Store, desk: Path) -> None:
        self.store, self.desk = store, desk
        self.now: datetime = START

    def file(self, content: str | bytes, name: str = "list.csv", encoding: str = "utf-8") -> exchange.File:
        path = self.desk / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return exchange.open_file(path)

    def looks_at(self, file: exchange.File) -> Preview:
        with self.store.reading() as session:
            return exchange.plan(session, file, now=self.now)

    def takes(self, file: exchange.File, staff_id: int | None = None) -> Preview:
        with self.store.turn() as session:
            return exchange.apply(session, file, now=self.now, staff_id=staff_id)

    def edits(self, entry_id: str, kind: Any = Resource, **facts: Any) -> None:
        """Tanaka changes an entry at the desk."""
        with self.store.turn() as session:
            assert entries.keep(session, kind, entry_id, facts, now=self.now, staff_id=TANAKA) == "changed"

    def confirms(self, entry_id: str, kind: Any = Resource) -> None:
        self.edits(entry_id, kind, status="published", verified_on=date(2026, 11, 24))

    def has(self, entry_id: str, kind: Any = Resource) -> Any:
        with self.store.reading() as session:
            return session.get(kind, entry_id)

    def all(self, kind: Any = Resource) -> list[Any]:
        with self.store.reading() as session:
            return list(session.scalars(select(kind).order_by(kind.id)))

    def history(self, entry_id: str) -> list[Change]:
        with self.store.reading() as session:
            return list(session.scalars(select(Change).where(Change.entry_id == entry_id).order_by(Change.id)))


@pytest.fixture(scope="session")
def office_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("office") / "office.db"
    migrate.upgrade(f"sqlite:///{path}")
    store = Store(f"sqlite:///{path}", [KEY])
    with store.turn() as session:
        for place, name in enumerate(["高齢・介護", "子育て", "医療・健康", "災害", "居場所・サロン"]):
            session.add(Category(id=f"c{place}", name=name, position=place))
        session.add(Area(layer=1, kind="市", name="かもめ市"))
    store.empty_log()
    store.close()
    return path


@pytest.fixture
def office(office_template: Path, tmp_path: Path) -> Iterator[Office]:
    (tmp_path / "office.db").write_bytes(office_template.read_bytes())
    store = Store(f"sqlite:///{tmp_path / 'office.db'}", [KEY])
    yield Office(store, tmp_path)
    store.close()


__all__ = ["Answer", "Office", "Resource"]
