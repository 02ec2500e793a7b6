"""One answer for many things that were asked for at once: what happened to each."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field

from opsforge.kit.paging import MAX_ID
from opsforge.kit.problems import Language, Problem

MAX_BATCH = 200


class IdBatch(BaseModel):
    """Which things."""

    ids: list[Annotated[int, Field(ge=1, le=MAX_ID)]] = Field(min_length=1, max_length=MAX_BATCH)


class BatchItem(BaseModel):
    """What happened to one of them."""

    id: int
    is_deleted: bool
    code: str | None = Field(default=None, description="Why not: the problem's code.")
    detail: str | None = Field(default=None, description="Why not, in the caller's language.")


Item = TypeVar("Item", bound=BatchItem)


async def delete_each(
    ids: Sequence[int],
    delete: Callable[[int], Awaitable[Item]],
    *,
    refused: type[Item],
    language: Language,
) -> list[Item]:
    """Delete things one by one; what is refused for one does not stop the others.

    Args:
        ids: Of the things; one that comes twice is deleted once.
        delete: Deletes one, or raises a problem.
        refused: The class of the items.
        language: Of the details.
    """
    items: list[Item] = []
    for one in dict.fromkeys(ids):
        try:
            items.append(await delete(one))
        except Problem as problem:
            detail = problem.sentence(language)
            items.append(refused(id=one, is_deleted=False, code=problem.code, detail=detail))
    return items
