"""Every query of the journal."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.storage.journal.models import OperationLock, OperationRow, OperationShare


async def are_free(
    session: AsyncSession, *, alone: Collection[str], shared: Collection[str]
) -> bool:
    """Whether no operation has any of these keys in a way that excludes ours."""
    for model, keys in ((OperationLock, {*alone, *shared}), (OperationShare, alone)):
        if keys and await session.scalar(select(model.key).where(model.key.in_(keys)).limit(1)):
            return False
    return True


async def insert_operation(
    session: AsyncSession, row: OperationRow, *, alone: Collection[str], shared: Collection[str]
) -> None:
    """Write an operation down, and what it has for itself and with others."""
    session.add(row)
    await session.flush()
    for model, keys in ((OperationLock, alone), (OperationShare, shared)):
        if keys:
            locks = [{"key": key, "operation_id": row.id} for key in keys]
            await session.execute(insert(model).values(locks))


async def set_moves(
    session: AsyncSession, operation_id: str, *, worker: str, moves: list[Any]
) -> bool:
    """Write down what is going to be done; False when the operation is no longer the worker's."""
    rows = update(OperationRow).where(
        OperationRow.id == operation_id, OperationRow.worker == worker
    )
    return bool((await session.execute(rows.values(moves=moves))).rowcount)  # type: ignore[attr-defined]


async def take_over(
    session: AsyncSession, operation_id: str, *, owner: str, worker: str
) -> list[Any] | None:
    """Make an operation of ``owner`` the worker's own and return its moves; None if it is gone.

    A transaction under way that deletes the row is waited for: what it commits is final.
    """
    rows = update(OperationRow).where(OperationRow.id == operation_id, OperationRow.worker == owner)
    if not (await session.execute(rows.values(worker=worker))).rowcount:  # type: ignore[attr-defined]
        return None
    row = await session.scalars(select(OperationRow).where(OperationRow.id == operation_id))
    return row.one().moves


async def delete_operation(session: AsyncSession, operation_id: str, *, worker: str) -> bool:
    """End an operation, with its locks; False when it is no longer the worker's."""
    rows = delete(OperationRow).where(
        OperationRow.id == operation_id, OperationRow.worker == worker
    )
    return bool((await session.execute(rows)).rowcount)  # type: ignore[attr-defined]


async def list_operations(session: AsyncSession) -> Sequence[OperationRow]:
    """All operations under way, the oldest first."""
    rows = select(OperationRow).order_by(OperationRow.started_at, OperationRow.id)
    return (await session.scalars(rows)).all()
