"""Every query of the starters room."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.starters.models import ExampleDataset


async def list_examples(session: AsyncSession) -> dict[str, ExampleDataset]:
    """All that were ever installed, by name."""
    return {row.name: row for row in await session.scalars(select(ExampleDataset))}


async def record_example(
    session: AsyncSession, *, name: str, version: int, dataset_id: int
) -> None:
    """Note that an example is there in a version."""
    await session.merge(ExampleDataset(name=name, version=version, dataset_id=dataset_id))
