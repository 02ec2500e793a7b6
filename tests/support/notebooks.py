"""Whole notebooks run in a user's service, as JupyterLab's “Run all cells” does."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.installation import Installation
from tests.support.kernels import Jupyter, run_cell

FIGURES = "import json, time; print(json.dumps([figures, time.process_time()], default=str))"


@dataclass
class Ran:
    """What a notebook said."""

    text: str = ""
    pictures: list[bytes] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    """The dictionary of that name which it has in the end."""
    cpu_seconds: float = 0
    """What its kernel computed, whatever else the machine did meanwhile."""


@dataclass
class User:
    """Somebody signed in, whose service runs."""

    origin: str
    api: httpx.Client
    service: str
    token: str

    def create(self, name: str, *, language: str = "en", **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON.
        """Create a project in a language."""
        headers = {"Accept-Language": language}
        answer = self.api.post("/projects", json={"name": name, **fields}, headers=headers)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        project: dict[str, Any] = answer.json()
        return project

    def run_all(self, project: dict[str, Any]) -> Ran:
        """Run every cell of the project's notebook in a fresh kernel."""
        ran = Ran()
        path = f"{project['path']}/{project['notebook']}"
        with Jupyter(self.origin, self.service, self.token) as jupyter:
            kernel_id = jupyter.open_session(path)
            with jupyter.connect(kernel_id) as kernel:
                for cell in jupyter.read_notebook(path)["cells"]:
                    if cell["cell_type"] == "code":
                        for output in run_cell(kernel, "".join(cell["source"])):
                            _keep(ran, output)
                [said] = run_cell(kernel, FIGURES)
                ran.figures, ran.cpu_seconds = json.loads(said["text"])
            jupyter.http.delete(f"/kernels/{kernel_id}").raise_for_status()
        return ran


def _keep(ran: Ran, output: dict[str, Any]) -> None:
    data = output.get("data", {})
    ran.text += output.get("text", "") or f"{data.get('text/plain', '')}\n"
    if "image/png" in data:
        ran.pictures.append(base64.b64decode(data["image/png"]))


@contextmanager
def signed_in(installation: Installation) -> Iterator[User]:
    """The first administrator, with a running service of two cores."""
    with httpx.Client(base_url=f"{installation.origin}/api/v1", timeout=60) as api:
        body = {"username": "admin", "password": installation.admin_password}
        session = api.post("/auth/login", json=body).raise_for_status().json()
        api.headers["Authorization"] = f"Bearer {session['token']}"
        service = session["service"]["name"]
        with api.stream("GET", f"/services/{service}/events") as events:
            list(events.iter_lines())
        assert api.get(f"/services/{service}").json()["state"] == "running"
        token = api.get("/services/token").json()["token"]
        yield User(installation.origin, api, service, token)
