"""Create the audit entries.

Revision: 5d21c7e9b604
Follows: 3c0f6b1d7a52
"""

import sqlalchemy as sa
from alembic import op

revision = "5d21c7e9b604"
down_revision = "3c0f6b1d7a52"
branch_labels = None
depends_on = None

FINAL = {
    "sqlite": [
        (
            "CREATE TRIGGER audit_entries_are_final BEFORE UPDATE ON audit_entries "
            "BEGIN SELECT RAISE(ABORT, 'an audit entry is final'); END"
        ),
    ],
    "postgresql": [
        (
            "CREATE FUNCTION opsforge_refuse_update() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'an audit entry is final'; END $$"
        ),
        (
            "CREATE TRIGGER audit_entries_are_final BEFORE UPDATE ON audit_entries "
            "FOR EACH STATEMENT EXECUTE FUNCTION opsforge_refuse_update()"
        ),
    ],
}


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit_entries",
        sa.Column("id", big, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("object_kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", big, nullable=True),
        sa.Column("object_name", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    for name, columns in {
        "ix_audit_entries_at": ["at", "id"],
        "ix_audit_entries_actor": ["actor", "at", "id"],
        "ix_audit_entries_action": ["action", "at", "id"],
        "ix_audit_entries_object": ["object_kind", "object_name", "at", "id"],
    }.items():
        op.create_index(name, "audit_entries", columns)
    for statement in FINAL[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION opsforge_refuse_update")
