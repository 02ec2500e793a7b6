"""The commands that need no running platform."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from opsforge.cli import app
from opsforge.settings import Settings

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPSFORGE_DATA", str(tmp_path))


def field_names(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from field_names(field.annotation, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


class TestSettings:
    def test_every_setting_is_there_with_its_description(self) -> None:
        result = RUNNER.invoke(app, ["settings"])
        assert result.exit_code == 0
        for name in field_names(Settings):
            assert re.search(rf"^# \S.*\n{re.escape(name)} = ", result.output, re.MULTILINE), name

    def test_secrets_are_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPSFORGE_DATABASE__URL", "postgresql://user:hunter2@db/opsforge")
        monkeypatch.setenv("OPSFORGE_CACHE__URL", "redis://:hunter2@cache/0")
        result = RUNNER.invoke(app, ["settings"])
        assert "hunter2" not in result.output
        assert "database.url = (set, not shown)" in result.output
        assert "cache.url = (set, not shown)" in result.output

    def test_defaults_that_are_no_secrets_are_there(self) -> None:
        assert 'cache.url = "mem://"' in RUNNER.invoke(app, ["settings"]).output

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            (
                "[server]\nport = 'x'",
                r"^server\.port: .* \(set by OPSFORGE_SERVER__PORT or in .*\)\.$",
            ),
            (
                "[sever]\nport = 1",
                r"^sever: there is no such setting; `opsforge settings` lists all\.$",
            ),
            ("port = ", r"^The settings file is not valid TOML: .*\.$"),
            ("[[flavours]]\nname = 'a'\ncpu = 0\nmemory = 1", r"^flavours\.0\.cpu: .*\.$"),
        ],
    )
    def test_what_is_wrong_is_one_sentence(self, tmp_path: Path, text: str, sentence: str) -> None:
        (tmp_path / "opsforge.toml").write_text(text)
        result = RUNNER.invoke(app, ["settings"])
        assert result.exit_code == 1
        assert re.match(sentence, result.stderr.strip()), result.stderr
        assert result.stderr.count("\n") == 1

    def test_an_unreadable_variable_is_one_sentence(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPSFORGE_FLAVOURS", "{")
        result = RUNNER.invoke(app, ["settings"])
        assert result.exit_code == 1
        assert "flavours" in result.stderr
        assert result.stderr.count("\n") == 1


def test_openapi_is_printed_without_a_platform(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["openapi"])
    document = json.loads(result.stdout)
    assert "/api/v1/auth/login" in document["paths"]
    assert not [path for path in document["paths"] if path.startswith("/internal")]
    assert list(tmp_path.iterdir()) == []


class TestStarters:
    def test_the_provided_ones_are_listed(self) -> None:
        result = RUNNER.invoke(app, ["starters"])
        assert result.exit_code == 0
        assert "kpi-anomalies: KPI anomaly detection / KPI 异常检测\n" in result.output

    def test_what_is_wrong_with_an_own_one_is_said(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "own" / "mine").mkdir(parents=True)
        (tmp_path / "own" / "mine" / "starter.toml").write_text('label_en = "Mine"\n')
        monkeypatch.setenv("OPSFORGE_STARTERS__FOLDER", str(tmp_path / "own"))
        result = RUNNER.invoke(app, ["starters"])
        assert result.exit_code == 1
        assert f"{tmp_path}/own/mine: starter.toml: label_zh: Field required" in result.stderr
        assert "blank: " in result.stdout


def test_nab_goes_to_an_installation_only(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "data" / "mine").mkdir(parents=True)
    (tmp_path / "data" / "mine" / "a.csv").write_text("timestamp,value\n")
    for name in ("windows", "labels"):
        (tmp_path / "labels" / f"combined_{name}.json").write_text('{"mine/a.csv": []}')
    result = RUNNER.invoke(app, ["import-nab", str(tmp_path), "--data", str(tmp_path / "none")])
    assert result.exit_code == 1
    assert "no data directory of OpsForge" in result.stderr
    assert not (tmp_path / "none").exists()
