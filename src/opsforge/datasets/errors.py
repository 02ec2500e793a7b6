"""What the data sets room refuses."""

from http import HTTPStatus

from opsforge.kit.problems import Problem


class DatasetNameTaken(Problem):
    """A data set of this name is there already."""

    status = HTTPStatus.CONFLICT
    code = "datasets.name_taken"
    at = "name"
    en = "There is a data set named “{name}” already. “{proposal}” is free."
    zh = "已有名为“{name}”的数据集，可以改用“{proposal}”。"
    name: str
    proposal: str


class DatasetFileExists(Problem):
    """A file of this name is there already, or twice in the upload."""

    status = HTTPStatus.CONFLICT
    code = "datasets.file_exists"
    at = "files"
    en = "“{path}” is there already or twice in the upload; nothing was stored. Rename the file."
    zh = "“{path}”已存在，或在本次上传中重复出现；未保存任何内容，请重命名该文件。"
    path: str


class VersionBlocked(Problem):
    """Where a file shall be restored, something is that is no file."""

    status = HTTPStatus.CONFLICT
    code = "datasets.version_blocked"
    en = (
        "“{path}” can't be restored: a folder has its name, or a file the name of its folder. "
        "Delete that first, or download the version and add it under another name."
    )
    zh = (
        "无法恢复“{path}”：已有同名文件夹，或其所在文件夹的名称已被某个文件占用。"
        "请先删除它，或下载该版本后换个名称重新上传。"
    )
    path: str


class DatasetAbsent(Problem):
    """A data set that shall be linked is absent or another user's."""

    status = HTTPStatus.NOT_FOUND
    code = "datasets.absent"
    at = "dataset_ids"
    en = "There is no data set {dataset_id}, or it is not yours. Choose another one."
    zh = "数据集 {dataset_id} 不存在或不属于您，请选择其他数据集。"
    dataset_id: int


class InputNameTaken(Problem):
    """Another data set in the user's input directory has the name of the one to be copied."""

    status = HTTPStatus.CONFLICT
    code = "datasets.input_name_taken"
    at = "dataset_ids"
    en = (
        "Your “input” already has another data set named “{name}”, so the public one can't be "
        "copied there. Delete yours, or use it instead."
    )
    zh = (
        "您的 input 目录中已有另一个名为“{name}”的数据集，无法复制同名的公开数据集。"
        "请删除您自己的数据集，或直接使用它。"
    )
    name: str


class PublicNameTaken(Problem):
    """Another public data set has the name of the one to be shared."""

    status = HTTPStatus.CONFLICT
    code = "datasets.public_name_taken"
    at = "name"
    en = (
        "There is another public data set named “{name}”. Rename yours (“{proposal}” is free), "
        "also in the notebooks that read it, and share again."
    )
    zh = (
        "已有另一个名为“{name}”的公开数据集。请重命名您的数据集（“{proposal}”可用），"
        "并修改读取它的笔记本后再分享。"
    )
    name: str
    proposal: str


class DatasetIsPublic(Problem):
    """What is asked for is for private data sets."""

    status = HTTPStatus.CONFLICT
    code = "datasets.is_public"
    en = "“{name}” is public: it can't be shared again or renamed. Fork it to have one of your own."
    zh = "“{name}”是公开数据集，不能再次分享或重命名。如需自己的副本，请派生一份。"
    name: str


class DatasetIsPrivate(Problem):
    """What is asked for is for public data sets."""

    status = HTTPStatus.CONFLICT
    code = "datasets.is_private"
    en = "“{name}” is private already: use it as it is. Only public data sets are forked."
    zh = "“{name}”本来就是私有数据集，无需派生，可直接使用。"
    name: str
