"""What the starters refuse."""

from http import HTTPStatus

from opsforge.kit.problems import Problem


class UnknownStarter(Problem):
    """There is no starter of this name."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "starters.unknown"
    at = "starter"
    en = "There is no starter named “{starter}”. Choose one from the list of starters."
    zh = "没有名为“{starter}”的项目模板，请从模板列表中选择。"
    starter: str
