"""JupyterLab finds our catalogue beside those of its language packs."""

import pytest
from jupyterlab_server import translation_utils

from opsforge.lab.words import DOMAIN, provide_catalogues


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo at the end what a service does to its own process."""
    look = translation_utils._get_installed_package_locales
    monkeypatch.setattr(translation_utils, "_get_installed_package_locales", look)


def test_chinese_is_served_with_the_language_pack() -> None:
    before, _ = translation_utils.get_language_pack("zh_CN")
    assert DOMAIN not in before
    provide_catalogues()
    provide_catalogues()
    served, message = translation_utils.get_language_pack("zh_CN")
    assert not message
    assert served[DOMAIN]["Snippets"] == ["代码片段"]
    assert served.keys() == before.keys() | {DOMAIN}


def test_another_jupyterlab_still_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(translation_utils, "_get_installed_package_locales")
    provide_catalogues()
