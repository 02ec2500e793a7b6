"""What the notebooks room refuses."""

from http import HTTPStatus
from typing import Any

from opsforge.kit.problems import Problem


class ServiceExists(Problem):
    """The user has a service already."""

    status = HTTPStatus.CONFLICT
    code = "services.exists"
    en = "The user has the notebook service “{name}” already; start it instead."
    zh = "该用户已有笔记本服务“{name}”，请直接启动它。"
    name: str


class VolumeExists(Problem):
    """A new user's volume is there already, with files that are not theirs."""

    status = HTTPStatus.CONFLICT
    code = "services.volume_exists"
    en = "There is a volume named “{name}” from before. Choose another username or remove it."
    zh = "已存在名为“{name}”的旧存储卷，请更换用户名或先移除该卷。"
    name: str


class UidsExhausted(Problem):
    """Every host uid for sandboxes is given away."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "services.uids_exhausted"
    en = "All host uids from {first} to {last} are in use. Enlarge the setting spawner.uid_range."
    zh = "主机 uid {first} 至 {last} 已全部分配，请扩大设置 spawner.uid_range。"
    first: int
    last: int


class UnknownFlavour(Problem):
    """There is no such flavour."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "services.unknown_flavour"
    at = "flavour"
    en = "There is no flavour “{flavour}”. Choose one of: {known}."
    zh = "没有名为“{flavour}”的规格，可选：{known}。"
    flavour: str
    known: str


class FlavourTaken(Problem):
    """Nothing of the flavour is free now."""

    status = HTTPStatus.CONFLICT
    code = "services.flavour_taken"
    at = "flavour"
    en = "Nothing of the flavour “{flavour}” is free now. Choose a smaller one, or wait for it."
    zh = "规格“{flavour}”目前没有空闲资源，请选择较小的规格，或排队等待。"
    flavour: str


class ServiceBusy(Problem):
    """Kernels are computing, and the caller asked not to interrupt them."""

    status = HTTPStatus.LOCKED
    code = "service.busy"
    en = "Kernels are still computing. Stop them, wait, or ask to keep the service until idle."
    zh = "仍有内核处于忙碌状态。请停止它们、等待其完成，或选择空闲后再停止服务。"
    busy_kernels: list[dict[str, Any]]


class ServiceSilent(Problem):
    """The service runs and does not say what computes, and the caller asked not to interrupt."""

    status = HTTPStatus.LOCKED
    code = "service.silent"
    en = (
        "The notebook service does not answer; kernels may still be computing. Stop it, wait, or "
        "ask to keep it until idle."
    )
    zh = (
        "笔记本服务没有响应，可能仍有内核处于忙碌状态。"
        "请停止服务、稍后再试，或选择空闲后再停止服务。"
    )
