"""What a user sees of a service: our row and the engine's status in one."""

from opsforge.engine.port import EngineState, EngineStatus
from opsforge.notebooks.failures import told
from opsforge.notebooks.models import Service
from opsforge.notebooks.schemas import ServiceState, ServiceView

_UNDER_WAY = {
    EngineState.STARTING: ServiceState.STARTING,
    EngineState.RUNNING: ServiceState.RUNNING,
    EngineState.STOPPING: ServiceState.STOPPING,
}


def view_service(
    service: Service, status: EngineStatus, *, flavour: str, queue_position: int | None, origin: str
) -> ServiceView:
    """The service as its user sees it.

    Args:
        service: Its row.
        status: What the engine says now.
        flavour: What the next start uses; a running service shows its own.
        queue_position: Of a service that waits for a place.
        origin: Of the service, where it has one of its own.
    """
    return ServiceView(
        id=service.id,
        name=service.name,
        user_id=service.user_id,
        state=_UNDER_WAY.get(status.state) or _resting_state(service),
        flavour=status.flavour or flavour,
        failure=service.failure and told(service.failure, "en"),
        failure_zh=service.failure and told(service.failure, "zh-CN"),
        started_at=status.started_at,
        last_activity_at=status.last_activity_at,
        url=f"{origin}/user/{service.name}/lab",
        stop_when_idle=bool(service.stop_when_idle),
        queue_position=queue_position,
    )


def _resting_state(service: Service) -> ServiceState:
    if service.failure:
        return ServiceState.FAILED
    return ServiceState.STOPPED if service.was_started else ServiceState.CREATED
