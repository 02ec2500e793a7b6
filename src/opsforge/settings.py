"""Every setting: typed, described, in groups; from the environment and a TOML file.

The environment wins over the file, the file over the defaults. A variable's name is
``OPSFORGE_<GROUP>__<NAME>``, for example ``OPSFORGE_SERVER__PORT=8080``. The file is
``opsforge.toml`` in the data directory, or the one that ``OPSFORGE_CONFIG`` names.
"""

import sys
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import (
    BaseModel,
    ByteSize,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


class Group(BaseModel):
    """A group of settings: unknown names are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class ServerSettings(Group):
    """The one public port."""

    host: IPv4Address | IPv6Address = Field(
        default=IPv4Address("127.0.0.1"), description="Address to listen on; 0.0.0.0 for all."
    )
    port: int = Field(default=8000, ge=1, le=65535, description="The one public port.")
    public_url: str | None = Field(
        default=None,
        description="Address that browsers use, when a TLS proxy stands in front "
        "(https://opsforge.example.com). Cookies are then marked Secure.",
    )
    subdomains: bool = Field(
        default=False,
        description="Give each user's notebooks an origin of their own, NAME.HOST of public_url "
        "(alice.opsforge.example.com), so that code in one user's notebook pages can't act for "
        "another who opens them. Needs a wildcard DNS record and certificate for *.HOST.",
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=5,
        description="How many reverse proxies stand in front of the public port and append to "
        "X-Forwarded-For; decides which address a client is throttled by. Whoever reaches the "
        "public port beside those proxies can then pass for any address; notebooks on this "
        "machine do, unless spawner.network is none.",
    )

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        url = urlsplit(value)
        if url.scheme not in {"http", "https"} or not url.hostname or url.path not in {"", "/"}:
            raise ValueError("an address without a path is needed: https://opsforge.example.com")
        return f"{url.scheme}://{url.netloc.lower()}"

    @model_validator(mode="after")
    def _has_a_domain(self) -> "ServerSettings":
        if self.subdomains and (self.domain is None or _is_ip_address(self.domain)):
            raise ValueError("subdomains need a public_url whose host is a name")
        return self

    @property
    def domain(self) -> str | None:
        """The host of `public_url`."""
        return urlsplit(self.public_url).hostname if self.public_url else None

    def service_host(self, name: str) -> str | None:
        """The host, and port, of a user's own origin; None where all share one.

        Args:
            name: A username, which its rules make a label of a domain name.
        """
        if not self.subdomains or self.public_url is None:
            return None
        return f"{name}.{urlsplit(self.public_url).netloc}"

    def is_users_host(self, host: str) -> bool:
        """Whether a host is for a user's notebooks, and not the platform's own."""
        return self.subdomains and host.lower().endswith(f".{self.domain}")

    def service_origin(self, name: str) -> str:
        """What stands before the paths of a user's service; empty where all share one origin."""
        host = self.service_host(name)
        return f"{urlsplit(self.public_url or '').scheme}://{host}" if host else ""


class DatabaseSettings(Group):
    """Where accounts, projects and data sets are recorded."""

    url: SecretStr | None = Field(
        default=None,
        description="postgresql://user:password@host/name; without it an SQLite database (WAL) in "
        "the data directory.",
    )
    pool_size: int = Field(default=10, ge=1, le=200, description="Open connections at most.")


class CacheSettings(Group):
    """Where tokens are looked up first."""

    url: SecretStr = Field(
        default=SecretStr("mem://"),
        description="mem:// in the process, or redis://host:port/db, for which every value is "
        "stored as text under opsforge:*.",
    )


class AuthSettings(Group):
    """Passwords, tokens and the limits on guessing."""

    session_ttl: timedelta = Field(
        default=timedelta(hours=12), description="How long a sign-in lasts."
    )
    password_min_length: int = Field(
        default=8, ge=6, le=64, description="Characters that a new password has at least."
    )
    hash_concurrency: int = Field(
        default=2,
        ge=1,
        le=64,
        description="Passwords hashed at the same time; each takes hash_memory while it runs.",
    )
    hash_memory: ByteSize = Field(
        default=ByteSize(64 * 1024**2),
        ge=32 * 1024,
        description="Memory that hashing one password takes (argon2id).",
    )
    hash_passes: int = Field(
        default=3, ge=1, le=100, description="Passes over that memory (argon2id)."
    )
    failures_per_account: int = Field(
        default=10,
        ge=1,
        description="Wrong passwords for one account, from one address, before it has to wait.",
    )
    failures_per_account_in_all: int = Field(
        default=100,
        ge=1,
        description="Wrong passwords for one account, from wherever, before it has to wait; not "
        "at addresses from which it signed in during the last 90 days.",
    )
    failures_per_address: int = Field(
        default=50,
        ge=1,
        description="Wrong passwords from one address (IPv6: one /64) before it has to wait.",
    )
    failure_window: timedelta = Field(
        default=timedelta(minutes=15), description="The span over which failures are counted."
    )


class FlavourSettings(Group):
    """One size of notebook service that a user can choose."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$", description="Stable name.")
    label_en: str = Field(default="", description="What the page shows in English.")
    label_zh: str = Field(default="", description="What the page shows in Chinese.")
    cpu: float = Field(gt=0, description="Cores, fractions allowed.")
    memory: ByteSize = Field(gt=0, description="Memory limit, for example 2GiB.")
    gpu_count: int = Field(default=0, ge=0, description="GPUs that the service gets.")
    gpu_kind: str = Field(default="", description="Kind of GPU, as an administrator calls it.")
    network: Literal["full", "none"] | None = Field(
        default=None, description="What sandboxed services reach, if not as spawner.network says."
    )


DEFAULT_FLAVOURS = (
    FlavourSettings(
        name="small", label_en="Small", label_zh="小型", cpu=1, memory=ByteSize(2 * 1024**3)
    ),
    FlavourSettings(
        name="medium", label_en="Medium", label_zh="中型", cpu=2, memory=ByteSize(4 * 1024**3)
    ),
)


class CapacitySettings(Group):
    """What all services together may take; flavours are free as long as it lasts."""

    cpu: float | None = Field(
        default=None,
        gt=0,
        description="Sum of the cores of running services' flavours; without it sixteen times "
        "those of the machine, since notebooks idle most of the time.",
    )
    memory: ByteSize | None = Field(
        default=None,
        description="Sum of the memory of running services' flavours; without it four times that "
        "of the machine, since a flavour's memory is a limit that few services come near.",
    )
    gpus: dict[str, list[int]] = Field(
        default_factory=dict,
        description="GPUs by kind, as indices of nvidia-smi, for example {a100 = [0, 1]}.",
    )


class SpawnerSettings(Group):
    """How notebook services are started."""

    kind: Literal["sandbox", "local"] = Field(
        default="sandbox",
        description="sandbox: forked from a process that has imported everything, behind walls; "
        "local: a plain process as the platform's own user, for trusted users only.",
    )
    walls: Literal["auto", "none"] = Field(
        default="auto",
        description="For the sandbox: auto builds the strongest walls that the machine allows and "
        "refuses to start without any; none is for a single trusted user (`up --no-sandbox`).",
    )
    uid_range: tuple[int, int] = Field(
        default=(200_000, 299_999),
        description="Started by root: the host uids of the users' services, both ends included.",
    )
    network: Literal["full", "none"] = Field(
        default="full",
        description="What sandboxed services reach: the machine's network, or nothing but the hub "
        "and what OpsForge's API lets services do.",
    )
    process_limit: int = Field(
        default=512, ge=32, description="Processes and threads of a sandboxed service at most."
    )
    tmp: ByteSize = Field(
        default=ByteSize(1024**3),
        description="Size of a sandboxed service's /tmp, which is in memory.",
    )
    default_flavour: str = Field(
        default="small", description="Flavour for users who have not chosen one."
    )
    start_timeout: timedelta = Field(
        default=timedelta(seconds=60), description="How long a service may take to answer."
    )
    idle_timeout: timedelta | None = Field(
        default=None,
        ge=timedelta(seconds=20),
        description="Stop a service in which for so long no kernel has computed, no terminal was "
        "used and nobody has touched JupyterLab; its user is warned before. Without it none is.",
    )


class NotebookSettings(Group):
    """What runs inside a notebook service."""

    python: Path = Field(
        default=Path(sys.executable),
        description="Interpreter of the services: Python 3.11 or newer with jupyterlab, ipykernel "
        "and jupyterhub of the platform's own version, and with jupyterlab-language-pack-zh-CN for "
        "a Chinese JupyterLab. It needs no OpsForge; a start says what it lacks.",
    )
    preload: tuple[str, ...] = Field(
        default=(
            "numpy",
            "pandas",
            "sklearn",
            "sklearn.ensemble",
            "sklearn.linear_model",
            "sklearn.model_selection",
            "sklearn.preprocessing",
            "matplotlib.pyplot",
        ),
        description="Modules that the sandbox imports once for all kernels.",
    )


class SftpHostSettings(Group):
    """A host that holds volumes and is reached by SSH; it needs Python 3.11 and no more."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$", description="What the settings call it.")
    host: str = Field(description="Name or address of the machine.")
    port: int = Field(default=22, ge=1, le=65535, description="Where its SSH server listens.")
    username: str = Field(
        description="Account to sign in with. Only root can give files away, so that each user's "
        "are the user's own; with another account all are that account's."
    )
    path: PurePosixPath = Field(
        description="Absolute path there of the directory that has `users` and `public`."
    )
    key: Path = Field(description="File with the private key, without a passphrase.")
    known_hosts: Path = Field(
        description="File with the host's public key, as ssh-keyscan writes it; a host that shows "
        "another one is refused."
    )
    python: str = Field(
        default="python3", description="Interpreter on the host, Python 3.11 or newer."
    )

    @field_validator("path")
    @classmethod
    def _is_absolute(cls, value: PurePosixPath) -> PurePosixPath:
        if not value.is_absolute() or ".." in value.parts:
            raise ValueError("the path must be absolute, without “..”")
        return value


class StorageSettings(Group):
    """Where volumes are. Notebook services see what is mounted in the data directory."""

    default: str = Field(
        default="local",
        description="Where the public tree is, and every volume that `volumes` does not name: "
        "local (the data directory) or the name of one of `hosts`.",
    )
    volumes: dict[str, str] = Field(
        default_factory=dict,
        description="Volumes that are elsewhere, by username, for example "
        '{alice = "archive", bob = "local"}. A volume does not move when this is changed.',
    )
    hosts: tuple[SftpHostSettings, ...] = Field(
        default=(), description="Hosts with volumes ([[storage.hosts]] tables)."
    )

    @model_validator(mode="after")
    def _knows_the_hosts(self) -> "StorageSettings":
        names = ["local", *(host.name for host in self.hosts)]
        if len(set(names)) < len(names):
            raise ValueError("two hosts have the same name, or one is called local")
        for name in (self.default, *self.volumes.values()):
            if name not in names:
                raise ValueError(f"“{name}” is none of the hosts: {', '.join(names)}")
        return self


class UploadSettings(Group):
    """Limits of uploads."""

    max_file: ByteSize = Field(
        default=ByteSize(10 * 1024**3), description="Size of one uploaded file at most."
    )
    max_files: int = Field(default=10_000, ge=1, description="Files in one upload at most.")
    keep_free: ByteSize = Field(
        default=ByteSize(512 * 1024**2),
        description="Disk that an upload must leave free.",
    )
    expiry: timedelta = Field(
        default=timedelta(days=3),
        gt=timedelta(),
        description="How long a resumable upload waits for its next bytes before it is deleted.",
    )
    stall: timedelta = Field(
        default=timedelta(seconds=60),
        gt=timedelta(),
        description="How long a resumable upload may send nothing before its request is ended; it "
        "can be resumed.",
    )
    max_waiting: int = Field(
        default=20_000, ge=1, description="Unfinished resumable uploads of one user at most."
    )
    unpacked_max: ByteSize = Field(
        default=ByteSize(50 * 1024**3),
        description="What all files of one archive may take when they are unpacked.",
    )
    unpacked_ratio: int = Field(
        default=200,
        ge=2,
        description="How many times its own size an archive may unpack to, beyond 64 MiB.",
    )


class QuotaSettings(Group):
    """What each user may store, unless an administrator gives somebody a quota of their own."""

    size: ByteSize | None = Field(
        default=None, description="For example 50GiB; without it only the disk is a limit."
    )
    files: int | None = Field(default=None, ge=0, description="How many files.")
    max_entries: int = Field(
        default=500_000,
        ge=1000,
        description="Files and folders of one user that are looked at when their volume is "
        "measured; the usage then says that it is not complete.",
    )


class DatasetSettings(Group):
    """Data sets."""

    file_versions_kept: int = Field(
        default=10,
        ge=0,
        le=1000,
        description="Earlier versions that are kept of each file of a data set which is replaced "
        "or deleted; the oldest go. They count as their owner's. 0 keeps none.",
    )


class StarterSettings(Group):
    """What new projects begin with."""

    folder: Path | None = Field(
        default=None,
        description="Directory of further starters: in it a folder for each, with starter.toml "
        "and a notebook; one of the name of a provided starter stands for that. "
        "`opsforge starters` says what is wrong with one.",
    )


class ReaderSettings(Group):
    """What shows notebooks and tables without a service, in processes of its own."""

    processes: int = Field(default=2, ge=1, le=64, description="Files looked into at once.")
    timeout: timedelta = Field(
        default=timedelta(seconds=20), description="How long looking into one file may take."
    )
    memory: ByteSize = Field(
        default=ByteSize(768 * 1024**2),
        ge=64 * 1024**2,
        description="Memory that looking into one file may take.",
    )
    cache: ByteSize = Field(
        default=ByteSize(512 * 1024**2),
        description="Disk for what was found, so that no file is looked into twice.",
    )


class SnippetSettings(Group):
    """Limits of each user's tree of code snippets."""

    max_depth: int = Field(
        default=6,
        ge=1,
        le=6,
        description="Levels of folders at most; a notebook's headings, to which folders are "
        "exported, have six.",
    )
    max_count: int = Field(
        default=2000, ge=1, le=20_000, description="Folders and snippets of one user at most."
    )
    max_code: ByteSize = Field(
        default=ByteSize(64 * 1024),
        gt=0,
        le=512 * 1024,
        description="Size of one snippet's code at most.",
    )
    max_import: ByteSize = Field(
        default=ByteSize(8 * 1024**2),
        gt=0,
        le=32 * 1024**2,
        description="Size of the files of one import at most, outputs of notebooks included.",
    )


class AuditSettings(Group):
    """What is kept of who did what."""

    keep: timedelta | None = Field(
        default=timedelta(days=365),
        description="How long entries are kept; `null` for ever.",
    )


class LogSettings(Group):
    """What the platform writes about itself."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least severe message that is written."
    )
    format: Literal["auto", "console", "json"] = Field(
        default="auto", description="auto: console on a terminal, JSON lines elsewhere."
    )


class Settings(BaseSettings):
    """All settings of the platform."""

    model_config = SettingsConfigDict(
        env_prefix="OPSFORGE_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    data: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("opsforge"),
        description="The one data directory: users' files, database, secrets, logs.",
    )
    config: Path | None = Field(
        default=None, description="TOML file; without it opsforge.toml in the data directory."
    )
    server: ServerSettings = Field(default_factory=ServerSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    cache: CacheSettings = Field(default_factory=CacheSettings)
    auth: AuthSettings = Field(default_factory=AuthSettings)
    spawner: SpawnerSettings = Field(default_factory=SpawnerSettings)
    notebook: NotebookSettings = Field(default_factory=NotebookSettings)
    capacity: CapacitySettings = Field(default_factory=CapacitySettings)
    storage: StorageSettings = Field(default_factory=StorageSettings)
    uploads: UploadSettings = Field(default_factory=UploadSettings)
    quota: QuotaSettings = Field(default_factory=QuotaSettings)
    datasets: DatasetSettings = Field(default_factory=DatasetSettings)
    starters: StarterSettings = Field(default_factory=StarterSettings)
    reader: ReaderSettings = Field(default_factory=ReaderSettings)
    snippets: SnippetSettings = Field(default_factory=SnippetSettings)
    audit: AuditSettings = Field(default_factory=AuditSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    flavours: tuple[FlavourSettings, ...] = Field(
        default=DEFAULT_FLAVOURS,
        min_length=1,
        description="Sizes of notebook service to choose from ([[flavours]] tables).",
    )

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def database_url(self) -> str:
        """SQLAlchemy's URL, with its asynchronous driver."""
        if self.database.url is None:
            return f"sqlite+aiosqlite:///{self.data / 'opsforge.db'}"
        url = self.database.url.get_secret_value()
        return url.replace("postgresql://", "postgresql+asyncpg://", 1).replace(
            "sqlite://", "sqlite+aiosqlite://", 1
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the file that either of them names."""
        del dotenv_settings, file_secret_settings
        given = {**env_settings(), **init_settings()}
        data = Path(given.get("data") or platformdirs.user_data_path("opsforge"))
        file = Path(given.get("config") or data.expanduser() / "opsforge.toml")
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file)


def load_settings(data: Path | None = None) -> Settings:
    """Read the settings.

    Args:
        data: The data directory, when the command line names one.

    Raises:
        pydantic.ValidationError: A setting is unknown or does not fit its type.
    """
    return Settings() if data is None else Settings(data=data)
