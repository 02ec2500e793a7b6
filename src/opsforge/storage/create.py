"""From the settings to the storage that they name."""

from opsforge.settings import Settings
from opsforge.storage.local import LocalStorage
from opsforge.storage.port import Storage
from opsforge.storage.routed import RoutedStorage

LOCAL = "local"


def create_storage(settings: Settings) -> Storage:
    """The volumes, wherever they are; nothing is connected yet."""
    wanted = settings.storage
    used = {wanted.default, *wanted.volumes.values()}
    storages: dict[str, Storage] = {LOCAL: LocalStorage(settings.data)}
    for host in wanted.hosts:
        if host.name in used:
            # Loaded where it is used: most installations have no such host.
            from opsforge.storage.sftp.host import SftpStorage  # noqa: PLC0415

            storages[host.name] = SftpStorage(host)
    default = storages[wanted.default]
    elsewhere = {user: storages[name] for user, name in wanted.volumes.items()}
    return RoutedStorage(default, elsewhere=elsewhere) if elsewhere else default
