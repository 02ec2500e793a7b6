"""What the reader refuses."""

from http import HTTPStatus

from opsforge.kit.problems import Problem


class FileBroken(Problem):
    """The file is not what its name says."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "reader.broken"
    en = "The file can't be read as {format}: {reason}. Download it to look into it."
    zh = "无法按 {format} 格式读取该文件：{reason}。请下载后查看。"
    format: str
    reason: str


class NoTable(Problem):
    """Only some kinds of file have columns."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "reader.no_table"
    en = (
        "“{name}” is no table that is known here: .csv, .tsv, .jsonl, .ndjson or .parquet. "
        "Download it to look into it."
    )
    zh = "“{name}”不是可识别的表格文件（.csv、.tsv、.jsonl、.ndjson 或 .parquet），请下载后查看。"
    name: str


class FileTooLarge(Problem):
    """It is too large to be shown."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "reader.too_large"
    en = "The file is too large to be shown here. Download it, or open it in JupyterLab."
    zh = "文件过大，无法在此显示。请下载，或在 JupyterLab 中打开。"


class ReaderGaveUp(Problem):
    """Looking into it took more time or memory than it may."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "reader.gave_up"
    en = (
        "Looking into the file takes too much time or memory, so it is not shown. Download it, or "
        "open it in JupyterLab."
    )
    zh = "读取该文件耗时或占用内存过多，因此未显示。请下载，或在 JupyterLab 中打开。"


class ReaderBusy(Problem):
    """Too many files are waiting to be looked into."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "reader.busy"
    en = "Too many files are being looked into. Try again in {retry_after_seconds} seconds."
    zh = "正在读取的文件过多，请在 {retry_after_seconds} 秒后重试。"
    retry_after_seconds: int


READER_PROBLEMS = (FileBroken, FileTooLarge, ReaderGaveUp, ReaderBusy)
"""What a route that shows a file may answer."""
