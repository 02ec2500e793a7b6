"""Create the search indexes of projects and data sets.

Revision: 3c0f6b1d7a52
Follows: a5b1c3f0d742
"""

import unicodedata
import zlib

import sqlalchemy as sa
from alembic import op

revision = "3c0f6b1d7a52"
down_revision = "a5b1c3f0d742"
branch_labels = None
depends_on = None

TABLES = ("projects", "public_projects", "datasets")
INDEXES = {
    "ix_projects_flagged": ("projects", ["user_id", "share_flag", "updated_at", "id"]),
    "ix_projects_shared_name": ("projects", ["share_flag", "name_key", "id"]),
    "ix_public_projects_name": ("public_projects", ["name_key", "id"]),
    "ix_public_projects_owner": ("public_projects", ["owner_name", "updated_at", "id"]),
    "ix_datasets_forks": ("datasets", ["is_public", "fork_count", "id"]),
    "ix_datasets_name": ("datasets", ["is_public", "name_key", "id"]),
}
GRAMS = """
CREATE FUNCTION opsforge_grams(folded text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
DECLARE
  letters text[] := string_to_array(folded, NULL);
  found text[] := '{}';
  place integer;
BEGIN
  FOR place IN 1 .. coalesce(array_length(letters, 1), 0) LOOP
    found := found || letters[place]
      || (letters[place] || coalesce(letters[place + 1], ''))
      || (letters[place] || coalesce(letters[place + 1] || coalesce(letters[place + 2], ''), ''));
  END LOOP;
  RETURN ARRAY(SELECT DISTINCT unnest(found));
END $$
"""


def upgrade() -> None:
    for table in ("projects", "datasets"):
        op.add_column(table, sa.Column("search_text", sa.Text(), server_default="", nullable=False))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        for table in TABLES:
            # The order of lists is that of code points on every database.
            op.execute(f'ALTER TABLE {table} ALTER name_key TYPE VARCHAR(200) COLLATE "C"')
        op.execute(GRAMS)
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    for table in TABLES:
        if is_sqlite:
            op.execute(
                f"CREATE VIRTUAL TABLE search_{table} USING fts5"
                "(grams, content='', detail=none, columnsize=0, tokenize='ascii')"
            )
        _fill(table, is_sqlite=is_sqlite)
        if not is_sqlite:
            op.execute(
                f"CREATE INDEX ix_search_{table} ON {table} "
                "USING gin (opsforge_grams(search_text)) WITH (fastupdate = off)"
            )


def _fill(table: str, *, is_sqlite: bool) -> None:
    """Give the rows that are there what they are found by."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(f"SELECT id, name, description, owner_name FROM {table}")  # noqa: S608 - a constant.
    ).all()
    for row_id, name, description, owner in rows:
        raw = unicodedata.normalize("NFC", f"{name}\n{description}\n{owner}")
        folded = unicodedata.normalize("NFC", raw.casefold())
        connection.execute(
            sa.text(f"UPDATE {table} SET search_text = :folded WHERE id = :row_id"),  # noqa: S608
            {"folded": folded, "row_id": row_id},
        )
        if is_sqlite:
            connection.execute(
                sa.text(f"INSERT INTO search_{table} (rowid, grams) VALUES (:row_id, :grams)"),  # noqa: S608
                {"row_id": row_id, "grams": _tokens(folded)},
            )


def _tokens(folded: str) -> str:
    grams = {
        word[start : start + length]
        for word in folded.split()
        for length in (1, 2, 3)
        for start in range(len(word) - length + 1)
    }
    return " ".join(f"x{zlib.crc32(gram.encode('utf-8', 'surrogatepass')):08x}" for gram in grams)


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        op.execute(f"DROP {'TABLE ' if is_sqlite else 'INDEX ix_'}search_{table}")
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
    if not is_sqlite:
        op.execute("DROP FUNCTION opsforge_grams")
        for table in TABLES:
            op.execute(f'ALTER TABLE {table} ALTER name_key TYPE VARCHAR(200) COLLATE "default"')
    for table in ("datasets", "projects"):
        op.drop_column(table, "search_text")
