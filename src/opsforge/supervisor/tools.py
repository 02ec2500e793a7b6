"""What the command line does to an installation besides running it, whether it runs or not."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from opsforge.auth.actor import Actor
from opsforge.bootstrap import Platform, build_platform
from opsforge.engine.runtime import HubRuntime
from opsforge.kit.problems import Problem
from opsforge.settings import Settings
from opsforge.starters.examples import Example
from opsforge.storage.create import create_storage
from opsforge.supervisor.installation import UserError, load_runtime
from opsforge.supervisor.process import Say
from opsforge.supervisor.web import build_engine


async def install_examples(
    settings: Settings, runtime: HubRuntime, examples: Sequence[Example], say: Say
) -> None:
    """Bring in the example data sets that are not there yet.

    What fails is told and tried again at the next start: a platform is of use without them.

    Args:
        settings: The effective settings.
        runtime: Of the installation.
        examples: What there shall be.
        say: Tells the person at the terminal one thing.
    """
    installed: list[str] = []
    async with _platform(settings, runtime) as (platform, actor):
        missing = await platform.starters.examples.find_missing(examples)
        if not missing:
            return
        try:
            async with _storage_of(platform):
                for example in missing:
                    await platform.starters.examples.install(actor, example)
                    installed.append(example.name)
        except (Problem, OSError) as error:
            say(f"The next start tries again to install example data sets: {error}")
    if installed:
        say(f"Public data sets were installed: {', '.join(installed)}.")


async def import_datasets(settings: Settings, examples: Sequence[Example], say: Say) -> None:
    """Install data sets by hand, those as well that were deleted since.

    Raises:
        UserError: There is no installation, nobody whose they could be, or one can't be stored.
    """
    if not (settings.data / "run").is_dir():
        raise UserError(f"{settings.data} is no data directory of OpsForge; name it with --data.")
    async with _platform(settings, load_runtime(settings)) as (platform, actor):
        there = await platform.starters.examples.list_ids()
        try:
            async with _storage_of(platform):
                for example in examples:
                    if example.name in there:
                        say(f"The public data set {example.name} is there already.")
                        continue
                    await platform.starters.examples.install(actor, example)
                    say(f"The public data set {example.name} is installed.")
        except (Problem, OSError) as error:
            raise UserError(str(error)) from None


@asynccontextmanager
async def _platform(
    settings: Settings, runtime: HubRuntime
) -> AsyncIterator[tuple[Platform, Actor]]:
    """The platform for one errand, and the administrator in whose name it is done.

    Raises:
        UserError: There is no administrator yet.
    """
    platform = build_platform(
        settings, engine=build_engine(settings, runtime), storage=create_storage(settings)
    )
    try:
        actor = await platform.users.find_first_administrator()
        if actor is None:
            raise UserError(f"{settings.data} has no administrator; run `opsforge up` first.")
        yield platform, actor
    finally:
        await platform.engine.close()
        await platform.db.close()


@asynccontextmanager
async def _storage_of(platform: Platform) -> AsyncIterator[None]:
    """The volumes, as another worker beside the web service."""
    await platform.storage.open()
    await platform.operations.open()
    try:
        yield
    finally:
        platform.operations.close()
        await platform.storage.close()
