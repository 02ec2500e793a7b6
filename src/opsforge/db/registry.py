"""Imports every room's models, so that migrations and tests know all tables."""

from opsforge.audit.models import AuditEntry
from opsforge.auth.models import Token
from opsforge.datasets.models import Dataset, DatasetCopy, DatasetFile
from opsforge.db.base import Base
from opsforge.notebooks.models import Service
from opsforge.projects.models import (
    Project,
    ProjectDataset,
    PublicProject,
    PublicProjectDataset,
)
from opsforge.snippets.models import SnippetNode, SnippetTree
from opsforge.starters.models import ExampleDataset
from opsforge.storage.journal.models import OperationLock, OperationRow
from opsforge.uploads.models import Upload
from opsforge.users.models import User

__all__ = [
    "AuditEntry",
    "Base",
    "Dataset",
    "DatasetCopy",
    "DatasetFile",
    "ExampleDataset",
    "OperationLock",
    "OperationRow",
    "Project",
    "ProjectDataset",
    "PublicProject",
    "PublicProjectDataset",
    "Service",
    "SnippetNode",
    "SnippetTree",
    "Token",
    "Upload",
    "User",
]
