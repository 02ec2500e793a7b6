"""How the hub sees the proxy: as what knows the routes, not who is active."""

from typing import Any

from jupyterhub.proxy import ConfigurableHTTPProxy


class RoutesOnly(ConfigurableHTTPProxy):  # type: ignore[misc]
    """Takes every request for activity out, so that the hub knows what the services tell it.

    An open JupyterLab asks something every few seconds, and is idle all the same.
    """

    async def get_all_routes(self) -> dict[str, Any]:
        """The routes, without when something last went through each."""
        routes: dict[str, Any] = await super().get_all_routes()
        for route in routes.values():
            route["data"].pop("last_activity", None)
        return routes
