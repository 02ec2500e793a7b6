"""What the overview gives."""

from pydantic import BaseModel, Field


class PartHealth(BaseModel):
    """Whether a part of the platform answers now."""

    name: str = Field(description="database, cache or engine.")
    is_healthy: bool


class Overview(BaseModel):
    """The platform at a glance."""

    user_count: int
    active_user_count: int = Field(description="Accounts that may sign in.")
    running_count: int | None = Field(description="Services; null while the engine is away.")
    project_count: int
    public_project_count: int
    dataset_count: int
    public_dataset_count: int
    free_bytes: int = Field(description="On the file system of the volumes.")
    parts: list[PartHealth]
    connected_pages: int = Field(description="Pages that listen to this worker's events.")
