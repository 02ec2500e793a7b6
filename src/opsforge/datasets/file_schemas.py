"""What the data sets room gives of files and trees."""

from pydantic import BaseModel, Field

from opsforge.datasets.schemas import DatasetFileView, LinkedDataset


class FilePreview(DatasetFileView):
    """A file of a data set and how it begins (E6)."""

    disk_bytes: int = Field(description="What `du` says that it takes on the disk.")
    encoding: str | None = Field(description="utf-8 or gb18030; null for a binary file.")
    first_lines: list[str] = Field(
        description="What `head -n 10` says; of a binary file ten rows in hexadecimal."
    )
    is_cut: bool = Field(description="Whether these lines are too long to be shown whole.")


class TreeNode(BaseModel):
    """A folder or a file of a data set."""

    name: str
    size_bytes: int = 0
    children: list["TreeNode"] | None = Field(default=None, description="Of a folder.")
    file: DatasetFileView | None = Field(
        default=None,
        description="What the file table knows; null for folders, and for files of a copy whose "
        "public data set has changed or is gone.",
    )

    def add(self, child: "TreeNode") -> None:
        """Put something into a folder."""
        self.children = [] if self.children is None else self.children
        self.children.append(child)

    def sort(self) -> None:
        """Folders first, then by name."""
        (self.children or []).sort(key=lambda node: (node.children is None, node.name))


class DatasetTree(BaseModel):
    """A data set that a project uses, with its files (D14, D15)."""

    dataset: LinkedDataset
    path: str = Field(description="Where a service sees it, relative to its home.")
    file_count: int
    is_cut: bool = Field(description="Whether there are more files than are shown.")
    children: list[TreeNode]
