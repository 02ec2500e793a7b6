"""What the auth room refuses."""

from http import HTTPStatus

from opsforge.kit.problems import Problem


class WrongCredentials(Problem):
    """A wrong name or a wrong password; the two are not told apart."""

    status = HTTPStatus.UNAUTHORIZED
    code = "auth.wrong_credentials"
    en = "The username or the password is wrong. Try again, or ask an administrator."
    zh = "用户名或密码错误，请重试，或联系管理员。"


class WrongPassword(Problem):
    """The old password, asked for a change, is wrong."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "auth.wrong_password"
    at = "current_password"
    en = "The current password is wrong. Enter it again."
    zh = "当前密码错误，请重新输入。"


class Throttled(Problem):
    """Too many wrong passwords."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "auth.throttled"
    en = "Too many wrong passwords. Try again in {retry_after_seconds} seconds."
    zh = "密码错误次数过多，请在 {retry_after_seconds} 秒后重试。"
    retry_after_seconds: int


class NotForServices(Problem):
    """A notebook service asked for what only its user may do."""

    status = HTTPStatus.FORBIDDEN
    code = "auth.not_for_services"
    en = "A notebook service may not do this. Do it on OpsForge's page, or with a token of yours."
    zh = "笔记本服务无权执行此操作，请在 OpsForge 页面上操作，或使用您自己的令牌。"


class RequestHeaderMissing(Problem):
    """A changing request came with a cookie but without the header that only our page sends."""

    status = HTTPStatus.FORBIDDEN
    code = "auth.request_header_missing"
    en = "A request with a cookie that changes something carries the header X-OpsForge-Request: 1."
    zh = "使用 Cookie 的修改请求必须带有请求头 X-OpsForge-Request: 1。"
