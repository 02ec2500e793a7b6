"""What the data sets room gives of the versions of files."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from opsforge.datasets.models import Content, DatasetFile, FileVersion


class ContentView(BaseModel):
    """One state of a file."""

    number: int = Field(description="What was at the path first has 1.")
    size_bytes: int
    sha256: str = Field(description="Of the content, in hexadecimal.")
    added_by: str | None = Field(description="Username; null where nobody wrote it down.")
    created_at: datetime


class VersionView(ContentView):
    """A version of a file."""

    id: int | None = Field(
        description="Of an earlier one; null for the current one, which is read as the file."
    )

    @classmethod
    def of(cls, content: Content) -> "VersionView":
        """Show a row."""
        return cls(
            id=content.id if isinstance(content, FileVersion) else None,
            **_facts_of(content),
        )


class FileVersions(BaseModel):
    """All versions of a file that there are."""

    path: str
    file_id: int | None = Field(description="Of the current one; null for a deleted file.")
    kept_at_most: int = Field(description="Earlier versions that are kept of each file.")
    items: list[VersionView] = Field(description="Latest first, the current one included.")

    @classmethod
    def of(
        cls, file: DatasetFile | None, earlier: Sequence[FileVersion], *, kept_at_most: int
    ) -> "FileVersions":
        """Show rows, of which there is one at least."""
        rows: list[Content] = [*([file] if file else []), *earlier]
        return cls(
            path=rows[0].path,
            file_id=file.id if file else None,
            kept_at_most=kept_at_most,
            items=[VersionView.of(row) for row in rows],
        )


class DeletedFile(ContentView):
    """A file that was deleted, as it was at last."""

    version_id: int
    path: str
    deleted_at: datetime

    @classmethod
    def of(cls, version: FileVersion) -> "DeletedFile":
        """Show a row."""
        return cls(
            version_id=version.id,
            path=version.path,
            deleted_at=version.ended_at,
            **_facts_of(version),
        )


def _facts_of(content: Content) -> dict[str, object]:
    return {
        "number": content.number,
        "size_bytes": content.size_bytes,
        "sha256": content.sha256.hex(),
        "added_by": content.added_by,
        "created_at": content.created_at,
    }
