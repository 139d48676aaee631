"""The launcher hands the file in streamlit_config/ to Streamlit, and nothing that Streamlit does not know."""

import re

import pytest
from streamlit import config as streamlit_config

from dashboard import server, widgets

LICENCE = "SIL OPEN FONT LICENSE Version 1.1"


def test_every_setting_is_one_that_streamlit_knows() -> None:
    known = streamlit_config._config_options_template  # the list behind `streamlit config show`
    assert set(server.settings("127.0.0.1", 8501)) <= set(known)


def test_it_counts_no_usage_and_shows_no_traceback() -> None:
    settings = server.settings("127.0.0.1", 8501)
    assert settings["browser.gatherUsageStats"] is False
    assert settings["client.showErrorDetails"] == "none"
    assert settings["client.toolbarMode"] == "viewer"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_this_machine_only_known_names_may_connect(host: str) -> None:
    settings = server.settings(host, 8501, "https://firetower.example")
    assert settings["server.address"] == host
    assert set(settings["server.allowedHosts"]) == {"127.0.0.1", "::1", "localhost", "firetower.example"}


def test_elsewhere_the_names_are_the_administrators() -> None:
    assert "server.allowedHosts" not in server.settings("0.0.0.0", 80)


def test_fonts_come_with_their_licences() -> None:
    static = widgets.HERE / "static"
    urls = re.findall(r'url = "app/static/(.+?)"', server.CONFIG.read_text("utf-8"))
    assert len(urls) == 2
    for name in urls:
        assert (static / name).read_bytes()[:4] == b"wOF2"
    licences = list(static.glob("*-LICENSE.txt"))
    assert len(licences) == 2
    assert all(LICENCE in licence.read_text("utf-8") for licence in licences)
