"""The table of the example data sets that the platform brought."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from opsforge.db.base import Base


class ExampleDataset(Base):
    """An example data set that was installed once, and which public data set it is."""

    __tablename__ = "example_datasets"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    version: Mapped[int]
    """Of what it was made by; a higher one replaces its files."""
    dataset_id: Mapped[int | None] = mapped_column(
        ForeignKey("datasets.id", ondelete="SET NULL"), index=True
    )
    """None once an administrator has deleted it; it is not brought again."""
