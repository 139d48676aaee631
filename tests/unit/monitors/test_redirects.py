import httpx
import pytest

from monitors.redirects import Refused, check, follow

PUBLIC = httpx.URL("http://93.184.215.14/feed")
LOOPBACK = httpx.URL("http://127.0.0.1:8000/feed")


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/admin",
        "http://localhost/admin",
        "http://10.0.0.8/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[fe80::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://2130706433/",  # 127.0.0.1 as one number
    ],
)
async def test_the_public_net_does_not_send_us_home(target: str) -> None:
    with pytest.raises(Refused, match="private address"):
        await check(PUBLIC, httpx.URL(target))


@pytest.mark.parametrize("source", [PUBLIC, LOOPBACK])
async def test_public_targets_are_fine(source: httpx.URL) -> None:
    await check(source, httpx.URL("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/feed"))


async def test_what_the_operator_runs_at_home_may_redirect_at_home() -> None:
    assert str(await follow(LOOPBACK, "http://localhost:8001/feed")) == "http://localhost:8001/feed"


@pytest.mark.parametrize(
    "location", ["file:///etc/hostname", "gopher://x/", "javascript:alert(1)", "data:,x"]
)
async def test_other_schemes_are_refused(location: str) -> None:
    with pytest.raises(Refused, match="not to http"):
        await follow(LOOPBACK, location)


@pytest.mark.parametrize("location", ["http://x:99999999/", "//\0"])
async def test_an_address_that_cannot_be_read_is_refused(location: str) -> None:
    with pytest.raises(Refused):
        await follow(LOOPBACK, location)


async def test_relative_locations_are_joined() -> None:
    assert str(await follow(LOOPBACK, "../new?a=1")) == "http://127.0.0.1:8000/new?a=1"
