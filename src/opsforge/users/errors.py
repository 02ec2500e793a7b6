"""What the users room refuses."""

from http import HTTPStatus

from opsforge.kit.problems import Problem


class UsernameTaken(Problem):
    """Somebody has this username already."""

    status = HTTPStatus.CONFLICT
    code = "users.username_taken"
    at = "username"
    en = "The username “{username}” is taken. “{proposal}” is free."
    zh = "用户名“{username}”已被使用，可以改用“{proposal}”。"
    username: str
    proposal: str


class PasswordTooShort(Problem):
    """A new password is shorter than the settings ask."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "users.password_too_short"
    at = "new_password"
    en = "A password has at least {min_length} characters. Choose a longer one."
    zh = "密码至少需要 {min_length} 个字符，请换一个更长的密码。"
    min_length: int


class LastAdministrator(Problem):
    """The platform would be left without an administrator."""

    status = HTTPStatus.CONFLICT
    code = "users.last_administrator"
    en = "This is the last active administrator. Make somebody else an administrator first."
    zh = "这是最后一位可用的管理员，请先将其他人设为管理员。"
