"""From one person's shared project to another one's own: read, forked, run and changed."""

import json
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from tests.support.installation import Installation
from tests.support.servers import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

PASSWORD = "correct-horse"
SLOW_MS = 60_000
READER = "night-reader"
WORDS = {
    "en": {
        "name": "User name",
        "password": "Password",
        "sign in": "Sign in",
        "service": "My service",
        "read only": "A public project is for reading.",
        "open": "Open in JupyterLab: {}",
        "panel": "Project",
        "in the panel": "A public project can only be read here.",
        "its page": "Open its page in OpsForge",
        "fork": "Fork",
        "idle": "Idle",
    },
    "zh-CN": {
        "name": "用户名",
        "password": "密码",
        "sign in": "登录",
        "service": "我的服务",
        "read only": "公开项目仅供阅读。",
        "open": "在 JupyterLab 中打开 {}",
        "panel": "项目",
        "in the panel": "公开项目在此处只读",
        "its page": "在 OpsForge 中打开其页面",
        "fork": "派生",
        "idle": "空闲",
    },
}


def sign_in_to_api(installation: Installation, username: str, password: str) -> httpx.Client:
    """A script's client."""
    api = httpx.Client(base_url=f"{installation.origin}/api/v1", timeout=60)
    body = {"username": username, "password": password}
    token = api.post("/auth/login", json=body).raise_for_status().json()["token"]
    api.cookies.clear()
    api.headers["Authorization"] = f"Bearer {token}"
    return api


@pytest.fixture
def shared_name(installation: Installation, language: str) -> str:
    """A project that the administrator shares with everybody; another user to read it."""
    name = f"night-shift-{language.lower()}"
    admin = sign_in_to_api(installation, "admin", installation.admin_password)
    project = admin.post("/projects", json={"name": name}).raise_for_status().json()
    admin.post(f"/projects/{project['id']}/share", json={}).raise_for_status()
    account = {"username": f"{READER}-{language.lower()}", "password": PASSWORD}
    admin.post("/users", json=account).raise_for_status()
    admin.close()
    return name


class Reader:
    """Somebody who finds the project."""

    def __init__(
        self, context: BrowserContext, installation: Installation, language: str, artefacts: Path
    ) -> None:
        self.page = context.new_page()
        self.username = f"{READER}-{language.lower()}"
        self.words = WORDS[language]
        self._context = context
        self._origin = installation.origin
        self._language = language
        self._artefacts = artefacts

    def picture(self, name: str) -> None:
        """Keep what is on the page."""
        self.page.screenshot(path=self._artefacts / f"shared-{name}-{self._language}.png")

    def sign_in(self) -> None:
        self.page.goto(self._origin)
        self.page.get_by_label(self.words["name"]).fill(self.username)
        self.page.get_by_label(self.words["password"]).fill(PASSWORD)
        self.page.get_by_role("button", name=self.words["sign in"]).click()
        expect(self.page.get_by_role("heading", name=self.words["service"])).to_be_visible()

    def find(self, name: str) -> None:
        """Look at the public project's page."""
        self.page.goto(f"{self._origin}/projects/public")
        self.page.get_by_role("link", name=name, exact=True).click()
        expect(self.page.get_by_text(self.words["read only"])).to_be_visible()
        self.picture("page")

    def open_in_lab(self, name: str, *, area: str) -> None:
        """Go to the notebook; JupyterLab shows what was open last time first."""
        self.page.get_by_role("button", name=self.words["open"].format(name)).click()
        self.page.wait_for_url("**/user/**/lab/**", timeout=SLOW_MS)
        is_path = f"[title*='{area}/{name}/{name}.ipynb']"
        if area == "work":
            is_path += ":not([title*='public/work'])"
        tab = self.page.locator(f"[role=tab][aria-selected=true]{is_path}")
        expect(tab).to_be_visible(timeout=SLOW_MS)
        idle = self.page.get_by_text(f"(ipykernel) | {self.words['idle']}")
        expect(idle).to_be_visible(timeout=SLOW_MS)

    def run_in_a_new_cell(self, code: str, output: str) -> None:
        """Write a cell at the end and run it."""
        notebook = self.page.locator(".jp-NotebookPanel:visible")
        editors = notebook.locator(".jp-CodeCell .cm-content")
        expect(editors).to_have_count(1)
        notebook.locator(".jp-Notebook-footer").click()
        expect(editors).to_have_count(2)
        editors.last.click()
        self.page.keyboard.type(code)
        expect(editors.last).to_have_text(code)
        self.page.keyboard.press("Shift+Enter")
        outputs = notebook.locator(".jp-OutputArea-output").filter(has_text=output)
        expect(outputs.first).to_be_visible(timeout=SLOW_MS)

    def save(self) -> None:
        """Press the button; of a notebook that can only be read it does nothing."""
        toolbar = self.page.locator(".jp-NotebookPanel:visible .jp-NotebookPanel-toolbar")
        toolbar.locator("[data-jp-item-name=save]").click()

    def go_to_its_page_from_the_panel(self) -> None:
        """What JupyterLab's panel says of a project that can't be changed, and its way out."""
        self.page.locator(".jp-SideBar [data-id='opsforge-project']").click()
        panel = self.page.get_by_role("region", name=self.words["panel"], exact=True)
        expect(panel.get_by_text(self.words["in the panel"])).to_be_visible()
        self.picture("lab")
        with self._context.expect_page() as opened:
            panel.get_by_role("link", name=self.words["its page"]).click()
        self.page.close()
        self.page = opened.value

    def fork(self, name: str) -> None:
        expect(self.page.get_by_text(self.words["read only"])).to_be_visible()
        self.page.get_by_role("button", name=self.words["fork"], exact=True).click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name=self.words["fork"], exact=True).click()
        expect(self.page.get_by_role("link", name=f"admin / {name}")).to_be_visible()
        self.picture("fork")


# Plain processes may write wherever the platform may.
@pytest.mark.parametrize("installation", ["sandbox"], indirect=True)
def test_d11_d13_d16_d18_a_shared_project_is_read_forked_run_and_changed(
    context: BrowserContext,
    language: str,
    installation: Installation,
    shared_name: str,
    artefacts: Path,
) -> None:
    reader = Reader(context, installation, language, artefacts)
    reader.sign_in()
    reader.find(shared_name)
    reader.open_in_lab(shared_name, area="public/work")
    reader.run_in_a_new_cell("print('read', 6 * 7)", "read 42")
    public = installation.data / "public" / "work" / shared_name / f"{shared_name}.ipynb"
    before = public.read_bytes()
    reader.save()
    reader.go_to_its_page_from_the_panel()
    assert public.read_bytes() == before

    reader.fork(shared_name)
    reader.open_in_lab(shared_name, area="work")
    reader.run_in_a_new_cell("print('mine', 6 * 8)", "mine 48")
    mine = installation.data / "users" / reader.username / "work" / shared_name
    notebook = mine / f"{shared_name}.ipynb"
    reader.save()
    wait_until(lambda: "mine 48" in _outputs(notebook), "the notebook to be saved", seconds=30)
    reader.picture("changed")
    assert public.read_bytes() == before


def _outputs(notebook: Path) -> str:
    """All that its cells have printed."""
    try:
        cells = json.loads(notebook.read_text())["cells"]
    except json.JSONDecodeError:
        return ""  # It is being written.
    printed = [output.get("text", []) for cell in cells for output in cell.get("outputs", [])]
    return "".join(line for lines in printed for line in lines)
