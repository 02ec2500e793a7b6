"""The configuration of the hub that tests and benchmark start."""

import json
import os
import sys
from urllib.parse import quote

settings = json.loads(os.environ["TEST_HUB"])
directory = settings["directory"]
c = get_config()  # type: ignore[name-defined] # noqa: F821 - JupyterHub puts it there.
c.JupyterHub.ip = "127.0.0.1"
c.JupyterHub.port = settings["port"]
c.JupyterHub.hub_port = settings["hub_port"]
c.JupyterHub.cleanup_proxy = False
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.auth_token = settings["proxy_token"]
c.ConfigurableHTTPProxy.api_url = "http+unix://" + quote(settings["proxy_api"], safe="")
c.Proxy.check_running_interval = 1
c.JupyterHub.last_activity_interval = 5
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.db_url = f"sqlite:///{directory}/hub.db"
c.JupyterHub.cookie_secret_file = f"{directory}/cookie-secret"
c.JupyterHub.cleanup_servers = False
c.JupyterHub.concurrent_spawn_limit = 0
c.JupyterHub.services = [{"name": "tests", "api_token": settings["token"]}]
c.JupyterHub.load_roles = [
    {
        "name": "tests",
        "services": ["tests"],
        "scopes": ["admin:users", "admin:servers", "access:servers"],
    }
]
if settings.get("spawner") == "stock":
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = f"{directory}/homes/{{username}}"
    c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
    c.SimpleLocalProcessSpawner.args = ["--allow-root"]
    c.SimpleLocalProcessSpawner.default_url = "/lab"
else:
    volumes = f"{directory}/data"
    c.JupyterHub.spawner_class = "opsforge.forkserver.spawner.SandboxSpawner"
    c.SandboxSpawner.control_socket = settings["control"]
    c.SandboxSpawner.volume = volumes + "/users/{username}"
    c.SandboxSpawner.create_volume = True
    c.SandboxSpawner.public = {name: f"{volumes}/public/{name}" for name in ("work", "input")}

    def apply(spawner: object, options: dict[str, object]) -> None:
        """Let a test choose limits and network."""
        for name, value in options.items():
            setattr(spawner, name, value)

    c.Spawner.apply_user_options = apply
