"""What the projects room refuses."""

from http import HTTPStatus

from opsforge.kit.problems import Problem


class ProjectNameTaken(Problem):
    """The user has a project, or something else in ``work``, of this name."""

    status = HTTPStatus.CONFLICT
    code = "projects.name_taken"
    at = "name"
    en = "There is something named “{name}” in your “work” already. “{proposal}” is free."
    zh = "您的 work 目录中已有“{name}”，可以改用“{proposal}”。"
    name: str
    proposal: str


class ProjectFileExists(Problem):
    """A file of this name is in the project already, or twice in the upload."""

    status = HTTPStatus.CONFLICT
    code = "projects.file_exists"
    at = "files"
    en = "“{path}” is there already or twice in the upload; nothing was stored. Rename the file."
    zh = "“{path}”已存在，或在本次上传中重复出现；未保存任何内容，请重命名该文件。"
    path: str


class ProjectFilesGone(Problem):
    """The project's directory was renamed or removed from inside the service."""

    status = HTTPStatus.CONFLICT
    code = "projects.files_gone"
    en = (
        "The project's folder “work/{name}” is no longer there. Give it this name again in "
        "JupyterLab, or delete the project."
    )
    zh = "项目文件夹“work/{name}”已不存在。请在 JupyterLab 中恢复该名称，或删除该项目。"
    name: str


class PublicProjectNameTaken(Problem):
    """There is a public project of this name."""

    status = HTTPStatus.CONFLICT
    code = "projects.public_name_taken"
    at = "name"
    en = "There is a public project named “{name}” already. “{proposal}” is free."
    zh = "已有名为“{name}”的公开项目，可以改用“{proposal}”。"
    name: str
    proposal: str


class ProjectShared(Problem):
    """The project is public already."""

    status = HTTPStatus.CONFLICT
    code = "projects.shared"
    en = (
        "“{name}” is shared already. To publish its present state, publish it again "
        "(in the API: update it with share_flag 1)."
    )
    zh = "“{name}”已分享。如需发布当前内容，请重新发布（在 API 中：以 share_flag=1 更新项目）。"
    name: str
    public_id: int


class ProjectMoved(Problem):
    """The project was moved to the public area."""

    status = HTTPStatus.CONFLICT
    code = "projects.moved"
    en = "“{name}” was moved to the public area, where files can't be changed. Fork it to go on."
    zh = "“{name}”已移动到公开目录，其文件不可修改。请派生一份后继续。"
    name: str
