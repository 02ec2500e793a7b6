"""What the users room takes and gives."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from opsforge.kit.names import PlainText
from opsforge.kit.paging import MAX_ID
from opsforge.users.passwords import PASSWORD_MAX_LENGTH

USERNAME_PATTERN = r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$"
"""Names a directory, a JupyterHub user, a Unix account and a part of a URL, the same in each."""

Username = Annotated[
    str,
    StringConstraints(min_length=2, max_length=32, pattern=USERNAME_PATTERN),
    Field(description="Lower-case letters, digits and single hyphens; begins with a letter."),
]
Password = Annotated[PlainText, StringConstraints(min_length=1, max_length=PASSWORD_MAX_LENGTH)]
DisplayName = Annotated[PlainText, StringConstraints(strip_whitespace=True, max_length=100)]
Quota = Annotated[int, Field(ge=0, le=MAX_ID)] | None
Email = Annotated[EmailStr, StringConstraints(max_length=254)]


class UserView(BaseModel):
    """An account, as its owner and administrators see it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    username: str
    display_name: str
    email: str
    is_admin: bool
    is_active: bool
    quota_bytes: int | None = Field(description="Its own quota; null: the settings' default.")
    quota_files: int | None = Field(description="Its own quota; null: the settings' default.")
    created_at: datetime
    last_login_at: datetime | None


class UserCreate(BaseModel):
    """A new account (B1)."""

    username: Username
    password: Password
    display_name: DisplayName = ""
    email: Email | None = None
    is_admin: bool = False


class UserUpdate(BaseModel):
    """Changes to an account (B2); what is absent stays."""

    model_config = ConfigDict(extra="forbid")

    display_name: DisplayName | None = None
    email: Email | Literal[""] | None = Field(default=None, description="Empty: none any more.")
    is_admin: bool | None = Field(default=None, description="Administrators only.")
    is_active: bool | None = Field(
        default=None,
        description="Administrators only. False ends the user's tokens and service at once.",
    )
    quota_bytes: Quota = Field(
        default=None, description="Administrators only. Null: what the settings give everybody."
    )
    quota_files: Quota = Field(
        default=None, description="Administrators only. Null: what the settings give everybody."
    )
