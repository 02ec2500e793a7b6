"""Each starter through the platform: a project is made from it and run in a real service."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation, running_installation
from tests.support.kernels import Jupyter, run_cell
from tests.support.nab import NAB, PUBLISHED, needs_nab
from tests.support.notebooks import Ran, User, signed_in

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

A_MINUTE = 60
LANGUAGES = ("zh-CN", "en")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A fresh platform, as `opsforge up` makes it."""
    data = tmp_path_factory.mktemp("starters") / "data"
    with running_installation(data) as installation:
        yield installation


@pytest.fixture(scope="module")
def user(installation: Installation) -> Iterator[User]:
    """Somebody who tries the starters."""
    with signed_in(installation) as user:
        yield user


def run(user: User, starter: str, language: str, *, pictures: int) -> Ran:
    """Make a project of a starter and run it; what every one of them must keep."""
    project = user.create(f"{starter} {language}", language=language, starter=starter)
    ran = user.run_all(project)
    assert ran.cpu_seconds < A_MINUTE, f"{starter} computed for {ran.cpu_seconds:.0f} s"
    assert "Warning" not in ran.text, ran.text  # Such as of a character that no font has.
    assert "Glyph" not in ran.text, ran.text
    assert len(ran.pictures) == pictures
    for picture in ran.pictures:
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 10_000
    return ran


def between(figure: float, low: float, high: float) -> None:
    assert low <= figure <= high, f"{figure} is not in {low}–{high}"


def check_first_steps(figures: dict[str, Any]) -> None:
    assert figures == {"rows": 8064, "anomalous": 222}


def check_kpi(figures: dict[str, Any]) -> None:
    between(figures["event_f1"], 0.7, 0.95)
    between(figures["point_adjusted_f1"], 0.85, 1)
    between(figures["point_f1"], 0.2, 0.5)
    between(figures["random_point_adjusted_f1"], 0.3, 0.75)
    between(figures["random_event_f1"], 0, 0.35)


def check_logs(figures: dict[str, Any]) -> None:
    assert figures["found"] == figures["faults"] == 4
    between(figures["grouping_accuracy"], 0.88, 0.97)
    between(figures["auc_pca"], 0.95, 1)
    between(figures["auc_iforest"], 0.5, 0.9)
    between(figures["false_alarms"], 0, 15)
    between(figures["templates"], 14, 30)


def check_capacity(figures: dict[str, Any]) -> None:
    naive, holt_winters, boosting = figures["mase"].values()
    assert naive == 1
    between(holt_winters, 0.8, 1.05)
    between(boosting, 0.8, 1.15)
    for coverage in figures["coverage"].values():
        between(coverage, 0.75, 0.97)
    early, middle, late = figures["days_to_full"]
    assert early < middle < late
    between(middle, 22, 31)
    between(figures["disk_coverage"], 0.7, 1)


def check_alerts(figures: dict[str, Any]) -> None:
    between(figures["ari"], 0.8, 0.95)
    between(figures["ari_baseline"], 0.4, 0.65)
    assert figures["after_fingerprints"] < figures["alerts"] / 3
    assert figures["true_incidents"] == 30
    between(figures["incidents"], 30, 60)


def check_root_cause(figures: dict[str, Any]) -> None:
    between(figures["top-1"], 0.75, 0.95)
    between(figures["top-3"], 0.9, 1)
    between(figures["baro_top1"], 0.5, 0.8)
    between(figures["random_top1"], 0, 0.3)


CHECKS: dict[str, tuple[Callable[[dict[str, Any]], None], int]] = {
    "first-steps": (check_first_steps, 2),
    "kpi-anomalies": (check_kpi, 2),
    "log-anomalies": (check_logs, 1),
    "capacity-forecast": (check_capacity, 2),
    "alert-correlation": (check_alerts, 1),
    "root-cause": (check_root_cause, 1),
}
"""What each finds, and how many plots it draws."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("starter", CHECKS)
def test_d1_a_starter_runs_in_a_service_and_finds_what_it_should(
    user: User, starter: str, language: str, artefacts: Path
) -> None:
    check, pictures = CHECKS[starter]
    ran = run(user, starter, language, pictures=pictures)
    check(ran.figures)
    for number, picture in enumerate(ran.pictures, 1):
        (artefacts / f"starter-{starter}-{language}-{number}.png").write_bytes(picture)


def import_nab(installation: Installation, folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("opsforge")
    return subprocess.run(
        [program, "import-nab", folder, "--data", installation.data],
        capture_output=True,
        text=True,
        check=False,
    )


@needs_nab
def test_nab_is_imported_linked_and_scored_as_it_was_published(
    installation: Installation, user: User, artefacts: Path
) -> None:
    """The command, while the platform runs; a project from the starter; the score in its notebook.

    The raw scores of the windowed Gaussian are the published ones, file by file. The benchmark's
    own 39.6 is over all of its 58 files, of which 24 are here: over these the score is another.
    """
    imported = import_nab(installation, NAB)
    assert imported.returncode == 0, imported.stderr
    assert imported.stdout.count("is installed.") == 2
    assert import_nab(installation, NAB).stdout.count("is there already.") == 2
    known = user.api.get("/datasets", params={"is_public": 1}).json()["items"]
    ids = [one["id"] for one in known if one["name"].startswith("nab-")]
    project = user.create("nab", starter="nab-score", dataset_ids=ids)
    ran = user.run_all(project)
    assert "Warning" not in ran.text, ran.text
    [picture] = ran.pictures
    (artefacts / "starter-nab-score.png").write_bytes(picture)
    figures = ran.figures
    assert (figures["files"], figures["windows"]) == (24, 49)
    assert figures["threshold"]["windowed Gaussian"] == 1
    assert figures["raw"]["windowed Gaussian"] == pytest.approx(PUBLISHED, abs=0.02)
    published = 100 * (sum(PUBLISHED.values()) + 49) / (2 * 49)
    assert figures["score"]["windowed Gaussian"] == pytest.approx(published, abs=0.1)
    between(published, 24, 25)
    between(figures["score"]["jump"], 10, 30)


def test_nab_of_a_folder_that_is_none_is_refused(installation: Installation) -> None:
    refused = import_nab(installation, installation.data)
    assert refused.returncode == 1
    assert "name the folder that has data/ and labels/ of NAB" in refused.stderr


def test_f2_every_snippet_of_the_library_runs_in_a_service(user: User) -> None:
    """As they are inserted: one after the other, as cells of one notebook."""
    project = user.create("snippets", starter="first-steps")
    path = f"{project['path']}/{project['notebook']}"
    groups = user.api.get("/snippets/library").json()
    snippets = [snippet for group in groups for snippet in group["snippets"]]
    assert len(snippets) >= 12
    with Jupyter(user.origin, user.service, user.token) as jupyter:
        kernel_id = jupyter.open_session(path)
        with jupyter.connect(kernel_id) as kernel:
            for snippet in snippets:
                outputs = run_cell(kernel, snippet["code"])
                said = "".join(output.get("text", "") for output in outputs)
                assert "Warning" not in said, snippet["name"]


def test_the_examples_are_there_when_the_platform_says_that_it_is_ready(
    installation: Installation, user: User
) -> None:
    said = installation.output.read_text()
    names = (f"example-{name}" for name in ("kpi", "logs", "capacity", "alerts", "services"))
    line = f"Public data sets were installed: {', '.join(names)}."
    assert said.index(line) < said.index("OpsForge is ready")
    starters = user.api.get("/starters").json()
    assert [one["dataset"]["name"] for one in starters if one["dataset"]]
    log = installation.data / "users/admin/.local/state/notebook/server.log"
    assert "starts cold" not in log.read_text(), "the helper's folder keeps kernels warm"


def test_the_second_start_brings_no_example_again(installation: Installation) -> None:
    installation.stop()
    again = Installation(installation.data)
    again.output = installation.output.with_suffix(".second")
    try:
        again.start()
    finally:
        again.stop()
    assert "installed" not in again.output.read_text()
