"""What the stream says."""

from typing import Literal

from pydantic import BaseModel, Field

from opsforge.notebooks.schemas import FlavourView, ServiceLoad, ServiceView, StartProgress

Kind = Literal[
    "all",
    "projects",
    "public_projects",
    "datasets",
    "public_datasets",
    "snippets",
    "uploads",
    "usage",
    "users",
    "services",
    "audit",
]


class Change(BaseModel):
    """A list that is no longer what it was."""

    kind: Kind = Field(description="all: some hints may have been missed; everything is in doubt.")
    id: int | None = Field(default=None, description="Of what changed, if it is one thing.")


class FreePlaces(BaseModel):
    """What is free of each flavour."""

    flavours: list[FlavourView]


class LiveEvent(BaseModel):
    """One event: the one field that says something is its data, and names it."""

    service: ServiceView | None = Field(default=None, description="The caller's, as it is now.")
    progress: StartProgress | None = Field(default=None, description="Of its start.")
    metrics: ServiceLoad | None = Field(default=None, description="While it runs.")
    free: FreePlaces | None = Field(default=None, description="Whenever that changes.")
    changed: Change | None = None

    @property
    def name(self) -> str:
        """The event's name on the wire."""
        return next(iter(self.model_fields_set))

    @property
    def said(self) -> BaseModel:
        """The field that says something."""
        found: BaseModel = getattr(self, self.name)
        return found
