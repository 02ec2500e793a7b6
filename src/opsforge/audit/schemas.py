"""What the audit room takes and gives."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from opsforge.kit.names import PlainText

Outcome = Literal["ok", "refused"]
Action = Literal[
    "auth.sign_in",
    "auth.sign_out",
    "token.create",
    "token.revoke",
    "password.change",
    "password.reset",
    "user.create",
    "user.update",
    "quota.update",
    "service.create",
    "service.start",
    "service.stop",
    "service.delete",
    "project.share",
    "project.publish",
    "project.fork",
    "project.delete",
    "public_project.update",
    "public_project.delete",
    "dataset.share",
    "dataset.fork",
    "dataset.delete",
]
ObjectKind = Literal["user", "token", "service", "project", "public_project", "dataset"]


class AuditView(BaseModel):
    """One thing that somebody did."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    actor: str = Field(description="A username, or what was given for one to sign in.")
    action: str
    object_kind: str
    object_id: int | None
    object_name: str
    outcome: Outcome
    address: str = Field(description="Network address of the request.")


class AuditFilter(BaseModel):
    """Which entries."""

    actor: PlainText | None = Field(default=None, max_length=64)
    action: Action | None = None
    object: PlainText | None = Field(
        default=None,
        max_length=200,
        description="The kind of an object (`project`), or kind and name (`project:disk alerts`).",
    )
    outcome: Outcome | None = None
    since: datetime | None = Field(default=None, description="The first moment.")
    until: datetime | None = Field(default=None, description="The moment before which.")
