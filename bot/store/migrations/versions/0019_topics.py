"""Topics that were hidden are told in the new form: every topic with its words, and whether it is offered."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

USUAL = (
    ("care", "介護・お年より"),
    ("children", "子育て・子ども"),
    ("money", "お金・くらし"),
    ("disability", "障害"),
    ("loneliness", "さみしさ・こころ"),
    ("other", "そのほか"),
)
settings = sa.table(
    "council_setting", sa.column("name", sa.String), sa.column("value", sa.JSON), sa.column("changed_at", sa.DateTime)
)


def upgrade() -> None:
    bind = op.get_bind()
    hidden = bind.execute(sa.select(settings.c.value).where(settings.c.name == "topics.hidden")).scalar()
    if hidden is None:
        return
    told = [{"name": name, "words": words, "is_offered": name not in hidden} for name, words in USUAL]
    row = sa.update(settings).where(settings.c.name == "topics.hidden")
    bind.execute(row.values(name="topics", value=told))


def downgrade() -> None:
    bind = op.get_bind()
    told = bind.execute(sa.select(settings.c.value).where(settings.c.name == "topics")).scalar()
    if told is None:
        return
    known = dict(USUAL)
    hidden = [one["name"] for one in told if one["name"] in known and not one["is_offered"]]
    row = sa.update(settings).where(settings.c.name == "topics")
    bind.execute(row.values(name="topics.hidden", value=hidden))
