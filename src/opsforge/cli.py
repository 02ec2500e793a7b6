"""The command line."""

import json
import os
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from opsforge.settings import Settings
from opsforge.settings_text import SettingsError, describe, read_settings

app = typer.Typer(
    name="opsforge",
    help="OpsForge: a self-hosted development platform for AIOps engineers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Data = Annotated[
    Path | None,
    typer.Option("--data", help="The one data directory.", show_default="the user's own"),
]
Host = Annotated[str | None, typer.Option(help="Address to listen on, instead of server.host.")]
Port = Annotated[int | None, typer.Option(help="The public port, instead of server.port.")]


NoSandbox = Annotated[
    bool,
    typer.Option(
        "--no-sandbox", help="Build no walls around services: for a single trusted user only."
    ),
]


@app.command()
def up(
    data: Data = None, host: Host = None, port: Port = None, *, no_sandbox: NoSandbox = False
) -> None:
    """Start the platform: one command, one public port, one data directory."""
    # Loaded here, because the other commands don't need the whole platform.
    from opsforge.supervisor.installation import UserError  # noqa: PLC0415
    from opsforge.supervisor.process import PartFailed  # noqa: PLC0415
    from opsforge.supervisor.up import up as run  # noqa: PLC0415

    if no_sandbox:
        os.environ["OPSFORGE_SPAWNER__WALLS"] = "none"
    settings = _settings(data, host=host, port=port)
    try:
        run(settings, typer.echo)
    except (UserError, PartFailed) as error:
        _fail(str(error))


@app.command(name="settings")
def show_settings(data: Data = None) -> None:
    """Print the effective settings with what each means, without secrets."""
    typer.echo(describe(_settings(data)))


@app.command()
def starters(data: Data = None) -> None:
    """List the starters, and say what is wrong with those of your own that are skipped."""
    from opsforge.starters.folders import StarterRefused  # noqa: PLC0415 - see `up`.
    from opsforge.starters.service import OURS, look_at  # noqa: PLC0415 - see `up`.

    is_wrong = False
    for folder, found in look_at(OURS, _settings(data).starters.folder):
        if isinstance(found, StarterRefused):
            is_wrong = True
            typer.echo(f"{folder}: {found}", err=True)
        else:
            typer.echo(f"{found.name}: {found.description.label_en} / {found.description.label_zh}")
    if is_wrong:
        raise typer.Exit(1)


@app.command()
def import_nab(folder: Path, data: Data = None) -> None:
    """Bring in the Numenta Anomaly Benchmark, from a folder of it, as public data sets."""
    import asyncio  # noqa: PLC0415 - see `up`.

    from opsforge.starters.nab import NabRefused, find_nab  # noqa: PLC0415 - see `up`.
    from opsforge.supervisor.installation import UserError  # noqa: PLC0415 - see `up`.
    from opsforge.supervisor.tools import import_datasets  # noqa: PLC0415 - see `up`.

    settings = _settings(data)
    try:
        asyncio.run(import_datasets(settings, find_nab(folder), typer.echo))
    except (NabRefused, UserError) as error:
        _fail(str(error))


@app.command()
def migration(message: str) -> None:
    """Write a database migration for what changed in the models (for developers)."""
    from opsforge.db.migrate import write_migration  # noqa: PLC0415 - see `up`.

    typer.echo(write_migration(message))


@app.command()
def openapi() -> None:
    """Print the OpenAPI description of the interface; needs no running platform."""
    from opsforge.supervisor.web import build_description  # noqa: PLC0415 - see `up`.

    typer.echo(json.dumps(build_description(), ensure_ascii=False, indent=2))


def _settings(data: Path | None, *, host: str | None = None, port: int | None = None) -> Settings:
    try:
        return read_settings(data, host=host, port=port)
    except SettingsError as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
