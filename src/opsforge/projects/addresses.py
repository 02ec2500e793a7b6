"""Where users' projects open."""

from opsforge.auth.actor import Actor
from opsforge.projects.common import ProjectPart
from opsforge.projects.schemas import AddressView


class ProjectAddresses(ProjectPart):
    """Addresses of notebooks in services."""

    async def get_runtime_address(
        self, actor: Actor, project_id: int, *, service_name: str
    ) -> AddressView:
        """Where the project's notebook opens in a service of the caller's (D10).

        Raises:
            NotFound: The project or the service is absent, or another user's.
            EngineAway: The service's state can't be told now.
        """
        place = await self._find_place(actor, project_id)
        return await self._address(actor, service_name, view="lab/tree", place=place)

    async def get_content_address(
        self, actor: Actor, project_id: int, *, service_name: str
    ) -> AddressView:
        """Where the running service gives the content of the project's notebook (D12).

        Raises:
            NotFound: The project or the service is absent, or another user's.
            EngineAway: The service's state can't be told now.
        """
        place = await self._find_place(actor, project_id)
        return await self._address(actor, service_name, view="files", place=place)
