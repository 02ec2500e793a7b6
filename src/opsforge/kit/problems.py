"""Domain errors and the one problem document that each becomes (RFC 9457).

A domain error is a class with a ``status``, a stable ``code`` and a sentence in every language that
the platform speaks; its typed fields fill the sentence and travel in the document. Services raise
them and never see a request; `install_problem_handlers` turns them into
``application/problem+json``.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, Literal, cast, dataclass_transform

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from opsforge.kit.field_faults import sentence_of

Language = Literal["en", "zh-CN"]
MEDIA_TYPE = "application/problem+json"
CHECKSUM_MISMATCH = 460
"""Of tus, for a piece of an upload that does not fit its checksum."""


class FieldProblem(BaseModel):
    """One field that was refused."""

    field: str = Field(description="Dotted path of the field, as in the request body.")
    message: str = Field(description="What to enter instead, in the caller's language.")


class ProblemDocument(BaseModel):
    """What every refusal looks like (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Where the documentation explains this code.")
    title: str = Field(description="The status in words.")
    status: int
    code: str = Field(description="Stable name of the error; programs branch on this.")
    detail: str = Field(description="One sentence in the caller's language.")
    field: str | None = Field(default=None, description="The field at fault, where there is one.")
    errors: list[FieldProblem] | None = None


def phrase_of(status: int) -> str:
    """A status in words; tus has one that HTTP itself does not know."""
    if status == CHECKSUM_MISMATCH:
        return "Checksum Mismatch"
    return HTTPStatus(status).phrase


@dataclass_transform(kw_only_default=True)
class Problem(Exception):  # noqa: N818 - "problem" is the field's term for these (RFC 9457).
    """Base of every domain error. Subclasses are keyword-only dataclasses of their typed fields."""

    status: ClassVar[int]
    code: ClassVar[str]
    en: ClassVar[str]
    zh: ClassVar[str]
    at: ClassVar[str | None] = None
    """Name of the request's field at fault."""

    registry: ClassVar[dict[str, type["Problem"]]] = {}

    def __init_subclass__(cls) -> None:
        """Make the subclass a dataclass and enter its code in the registry."""
        super().__init_subclass__()
        dataclasses.dataclass(kw_only=True, eq=False)(cls)
        clash = {field.name for field in dataclasses.fields(cast("Any", cls))} & set(
            ProblemDocument.model_fields
        )
        if clash:
            raise TypeError(f"{cls.code}: the document itself has the fields {clash}")
        if Problem.registry.setdefault(cls.code, cls).__qualname__ != cls.__qualname__:
            raise TypeError(f"two problems share the code {cls.code}")

    def fields(self) -> dict[str, Any]:
        """The typed fields of this problem, by name."""
        return {
            field.name: getattr(self, field.name) for field in dataclasses.fields(cast("Any", self))
        }

    def sentence(self, language: Language) -> str:
        """What happened and what to do about it."""
        return (self.zh if language == "zh-CN" else self.en).format_map(self.fields())

    def __str__(self) -> str:
        return self.sentence("en")


class Unauthenticated(Problem):
    """No valid token came with the request."""

    status = HTTPStatus.UNAUTHORIZED
    code = "auth.unauthenticated"
    en = "Sign in first: the request carries no valid token."
    zh = "请先登录：请求中没有有效的令牌。"


class Forbidden(Problem):
    """The caller is known but may not do this."""

    status = HTTPStatus.FORBIDDEN
    code = "auth.forbidden"
    en = "Your account may not do this. Ask an administrator."
    zh = "您的账号没有此权限，请联系管理员。"


class NotFound(Problem):
    """The thing is absent, or another user's private thing; the two are not told apart."""

    status = HTTPStatus.NOT_FOUND
    code = "request.not_found"
    en = "There is no such thing here, or it is not yours. Look for it in the lists again."
    zh = "此处没有该内容，或者它不属于您，请在列表中重新查找。"


class Invalid(Problem):
    """The request does not fit the description of the interface."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "request.invalid"
    en = "The request has {count} field(s) that can't be accepted. Correct what “errors” lists."
    zh = "请求中有 {count} 个字段不符合要求，请按 errors 中的说明修改。"
    count: int


class Unsupported(Problem):
    """The route or the method does not exist, or the framework refused the request."""

    status = HTTPStatus.BAD_REQUEST
    code = "request.refused"
    en = "The request was refused: {reason}. See /api/v1/openapi.json for what this address takes."
    zh = "请求被拒绝：{reason}。此地址支持的请求见 /api/v1/openapi.json。"
    reason: str


class TooLarge(Problem):
    """The body is larger than the route takes."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "request.too_large"
    en = "The request's body is too large for this address. Files go to an upload address."
    zh = "请求内容超出此地址的大小限制，文件请使用上传接口。"


class Internal(Problem):
    """A fault of ours."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "server.fault"
    en = (
        "Something broke on our side. Try again; if it lasts, tell an administrator, who finds it "
        "in the log under {request_id}."
    )
    zh = "平台内部出错，请重试。如果持续出现请联系管理员，其可在日志中按 {request_id} 查找原因。"
    request_id: str


def problems(*classes: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The ``responses=`` of a route that may raise these.

    Args:
        classes: The domain errors that the route's service raises.
    """
    by_status: dict[int, list[type[Problem]]] = {}
    for cls in classes:
        by_status.setdefault(int(cls.status), []).append(cls)
    return {
        status: {
            "model": ProblemDocument,
            "description": "; ".join(sorted(f"`{cls.code}`" for cls in group)),
            "content": {MEDIA_TYPE: {}},
        }
        for status, group in sorted(by_status.items())
    }


def language_of(request: Request) -> Language:
    """The first of our languages that ``Accept-Language`` names; English without one."""
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh-CN"
        if tag.startswith("en"):
            return "en"
    return "en"


def problem_response(
    problem: Problem,
    *,
    language: Language,
    status: int | None = None,
    errors: Sequence[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The one place where a domain error becomes an answer.

    Args:
        problem: What was raised.
        language: Of its sentence.
        status: Instead of the problem's own.
        errors: Fields that were refused.
        headers: More headers of the answer.
    """
    status = int(status or problem.status)
    document = ProblemDocument(
        type=f"/docs/errors#{problem.code}",
        title=phrase_of(status),
        status=status,
        code=problem.code,
        detail=problem.sentence(language),
        field=problem.at,
        errors=list(errors) if errors else None,
        **{name: value for name, value in problem.fields().items() if name != "count"},
    )
    all_headers = dict(headers or {})
    retry_after = getattr(problem, "retry_after_seconds", None)
    if retry_after is not None:
        all_headers["Retry-After"] = str(retry_after)
    if status == HTTPStatus.UNAUTHORIZED:
        all_headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(
        document.model_dump(mode="json", exclude_none=True),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=all_headers,
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Let every refusal of ``app`` be a problem document."""

    async def domain(request: Request, error: Exception) -> JSONResponse:
        return problem_response(cast("Problem", error), language=language_of(request))

    async def validation(request: Request, error: Exception) -> JSONResponse:
        language = language_of(request)
        errors = [
            FieldProblem(
                field=".".join(map(str, item["loc"][1:])),
                message=sentence_of(item, language=language),
            )
            for item in cast("RequestValidationError", error).errors()
        ]
        return problem_response(Invalid(count=len(errors)), language=language, errors=errors)

    async def framework(request: Request, error: Exception) -> JSONResponse:
        refused = cast("HTTPException", error)
        language = language_of(request)
        if refused.status_code == HTTPStatus.NOT_FOUND:
            return problem_response(NotFound(), language=language)
        if refused.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return problem_response(TooLarge(), language=language)
        return problem_response(
            Unsupported(reason=HTTPStatus(refused.status_code).phrase.lower()),
            language=language,
            status=refused.status_code,
            headers=refused.headers,
        )

    app.add_exception_handler(Problem, domain)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, framework)
