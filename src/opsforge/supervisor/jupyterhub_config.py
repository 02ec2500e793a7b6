"""What JupyterHub loads: its configuration, made from OpsForge's settings."""

from traitlets.config import get_config

from opsforge.engine.hub_config import configure_hub
from opsforge.settings import load_settings
from opsforge.supervisor.installation import load_runtime

_settings = load_settings()
configure_hub(get_config(), settings=_settings, runtime=load_runtime(_settings))
