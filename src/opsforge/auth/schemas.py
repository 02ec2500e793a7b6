"""What the auth room takes and gives."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from opsforge.auth.models import TokenKind
from opsforge.kit.names import PlainText
from opsforge.notebooks.schemas import BusyKernel, ServiceView, WhenBusy
from opsforge.users.schemas import Password, UserView


class Login(BaseModel):
    """What a person types to sign in."""

    username: Annotated[PlainText, StringConstraints(max_length=64, strip_whitespace=True)]
    password: Password


class LoginView(BaseModel):
    """A successful log-in (A1)."""

    token: str = Field(description="Give it as `Authorization: Bearer …`; it is shown only here.")
    expires_at: datetime
    user: UserView
    service: ServiceView


class SessionView(BaseModel):
    """Who the request's token belongs to, if it has a good one."""

    user: UserView | None = Field(description="Null for nobody.")
    expires_at: datetime | None


class Logout(BaseModel):
    """How to sign out (B5)."""

    when_busy: WhenBusy = Field(
        default="stop",
        description="What to do while kernels compute, or the service does not say: `stop` them, "
        "`keep` the service until they are idle, or `refuse` to sign out. When the engine itself "
        "is away, `refuse` keeps too.",
    )


class LogoutView(BaseModel):
    """What became of the service at the log-out."""

    service: ServiceView | None = Field(
        description="Null: there is none, or the engine is away and stops it when it is back."
    )
    busy_kernels: list[BusyKernel] = Field(description="Kernels that were computing.")


class PasswordChange(BaseModel):
    """A new password of one's own (B3)."""

    current_password: Password
    new_password: Password


class PasswordReset(BaseModel):
    """A new password that an administrator sets."""

    new_password: Password


class TokenView(BaseModel):
    """A token, without its value."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: TokenKind
    name: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    created_from: str = Field(description="Network address that it was made from.")
    is_current: bool = Field(default=False, description="Whether this request came with it.")


class TokenCreate(BaseModel):
    """A token for scripts."""

    name: Annotated[
        PlainText, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)
    ]
    expires_in_days: int = Field(default=90, ge=1, le=365)


class NewTokenView(TokenView):
    """A token that was just made, with its value."""

    token: str = Field(description="Shown only here; only a digest is kept.")
