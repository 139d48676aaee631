"""Pages opened by their own address, and what is said when one fails."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import server
from dashboard.addresses import PAGES, page_routes
from dashboard.views import incident, mentions, narratives, oncall, sources, weekly


def test_every_page_of_the_router_has_its_route() -> None:
    views = (incident, mentions, narratives, sources, oncall, weekly)
    code = "".join(Path(str(view.__file__)).read_text("utf-8") for view in views)
    assert all(f'url_path="{page}"' in code for page in PAGES)
    assert code.count("url_path=") == len(PAGES)


def test_a_page_says_where_its_server_is_before_any_other_script() -> None:
    client = TestClient(Starlette(routes=page_routes()))
    for page in PAGES:
        answer = client.get(f"/{page}?id=1")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"
        assert 0 < answer.text.index("BACKEND_BASE_URL") < answer.text.index('type="module"')


def test_only_whole_addresses_are_pages() -> None:
    client = TestClient(Starlette(routes=page_routes()))
    assert client.get("/incidents/_stcore/health").status_code == 404


def test_a_failed_page_says_so_in_our_words() -> None:
    assert server._failed(ValueError("<b>what a stranger wrote</b>")) is True
