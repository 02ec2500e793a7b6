"""What the usage room gives."""

from pydantic import BaseModel, Field


class UsageView(BaseModel):
    """What a user's own data takes, and what it may take."""

    size_bytes: int = Field(description="All of it; links to other people's data count nothing.")
    file_count: int
    quota_bytes: int | None = Field(description="Null: only the disk is a limit.")
    quota_files: int | None = Field(description="Null: no limit.")
    free_bytes: int | None = Field(description="Of the quota; null without one.")
    free_files: int | None = Field(description="Of the quota; null without one.")
    datasets_bytes: int = Field(description="Of it: data sets.")
    projects_bytes: int = Field(
        description="Of it: the user's volume, written from inside the service as well, and the "
        "user's public projects."
    )
    uploads_bytes: int = Field(description="Of it: what unfinished uploads have announced.")
    is_complete: bool = Field(description="False when there are too many files to be counted.")
