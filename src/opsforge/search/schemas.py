"""What the search room gives."""

from datetime import datetime
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field


class Listed(Protocol):
    """What a room's list shows."""

    id: int
    name: str
    description: str
    owner: str
    updated_at: datetime


class SearchHit(BaseModel):
    """A project or a data set that was found."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    description: str
    owner: str = Field(description="Username.")
    updated_at: datetime


class SnippetHit(BaseModel):
    """A folder or a snippet that was found."""

    id: int
    kind: str
    title: str
    description: str
    folders: list[str] = Field(description="Titles of the folders above, the uppermost first.")


class SearchResults(BaseModel):
    """The first few of each kind."""

    projects: list[SearchHit] = Field(description="The caller's, latest first.")
    public_projects: list[SearchHit]
    datasets: list[SearchHit] = Field(description="The caller's private ones.")
    public_datasets: list[SearchHit]
    snippets: list[SnippetHit]
