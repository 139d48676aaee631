"""Channels: what Apprise can use, what it says when it cannot, and what must never be printed."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from typing import Literal

import pytest
from pytest_httpserver import HTTPServer

from alerts.channels import Channel, Layout, Message, SendResult, open_channel, send, validate
from core.config import ChannelConfig
from core.records import Notification, Reason, Stage


def write(layout: Layout) -> Message:
    return Message("A subject", "A body")


def test_apprise_is_imported_only_when_somebody_sends() -> None:
    code = "import sys, alerts.runner, alerts.incidents; sys.exit('apprise' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "url",
    ["mailto://user:password@example.com", "json://localhost", "ntfy://topic", "tgram://123456789:abc-def/1"],
)
def test_a_url_that_works_has_no_fault(url: str) -> None:
    assert validate(url) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("nosuch://somewhere", "nosuch:// is no service that Apprise knows"),
        ("mailto://", "mailto:// URL is wrong: Invalid ~From~ email"),
        ("mailto://me:pw@mail?to=a@b.example", "add from=you@example.com behind the ?"),
        ("mailtos://me:pw@192.0.2.7?to=a@b.example", "write the mail server's name in the place of the num"),
        (
            "tgram://123",
            "tgram:// URL is incomplete or wrong; https://appriseit.com/services/telegram/ shows",
        ),
        ("twilio://sid:token@number", "twilio:// URL is wrong"),
        ("", "is no service that Apprise knows"),
    ],
)
def test_a_url_that_cannot_work_is_named_with_its_reason(url: str, reason: str) -> None:
    assert reason in (validate(url) or "")


def test_a_reason_never_repeats_a_secret() -> None:
    said = validate("twilio://account-sid-123:auth%20token%20456@15551234567")
    assert said is not None
    assert "account-sid-123" not in said
    assert "auth" not in said.replace("Auth", "")


def test_a_channel_never_prints_its_url() -> None:
    assert "secret" not in repr(Channel("mail", "mailto://me:secret@example.com", "email"))


def test_a_channel_takes_its_stage_and_above_and_every_test(page: Notification) -> None:
    config = ChannelConfig.model_validate(
        {"name": "phone", "url": "json://localhost", "form": "phone", "stage": "firestorm"},
        context={"environ": {}},
    )
    channel = open_channel(config)
    assert channel.form == "phone"
    assert channel.takes(page)
    spreading = replace(page, stage=Stage.SPREADING)
    assert not channel.takes(spreading)
    assert channel.takes(replace(spreading, reason=Reason.TEST))


async def test_what_is_sent_arrives(httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request("/", method="POST").respond_with_data("ok")
    result = await send(Channel("hook", f"json://localhost:{httpserver.port}", "chat"), write)
    assert result.ok
    assert result.service == f"JSON json://localhost:{httpserver.port}/"
    request, _ = httpserver.log[0]
    assert request.get_json()["title"] == "A subject"
    assert request.get_json()["message"] == "A body"


async def test_a_service_that_refuses_is_quoted_without_secrets(httpserver: HTTPServer) -> None:
    url = f"json://localhost:{httpserver.port}/path-token-123"
    httpserver.expect_request("/path-token-123").respond_with_data("quota of path-token-123 used up", 403)
    result = await send(Channel("hook", url, "chat"), write)
    assert not result.ok
    assert not result.permanent
    assert "error=403" in result.error
    assert "quota of *** used up" in result.error
    assert len(httpserver.log) == 1


async def test_apprise_does_not_retry_beside_the_outbox(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("", 500)
    await send(Channel("hook", f"json://localhost:{httpserver.port}?retry=5&wait=0", "chat"), write)
    assert len(httpserver.log) == 1


async def test_an_optional_service_that_fails_has_failed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("", 500)
    result = await send(Channel("hook", f"json://localhost:{httpserver.port}?optional=yes", "chat"), write)
    assert not result.ok


async def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("", 307, {"Location": httpserver.url_for("/inner")})
    httpserver.expect_request("/inner").respond_with_data("secret")
    result = await send(Channel("hook", f"json://localhost:{httpserver.port}", "chat"), write)
    assert not result.ok
    assert [request.path for request, _ in httpserver.log] == ["/"]


async def test_nobody_listening_is_a_reason_to_try_again(unused_tcp_port: int) -> None:
    result = await send(Channel("hook", f"json://127.0.0.1:{unused_tcp_port}", "chat"), write)
    assert not result.ok
    assert not result.permanent
    assert result.error == f"127.0.0.1:{unused_tcp_port} cannot be reached: it refused the connection"


@pytest.mark.parametrize("scheme", ["mailto", "json"])
async def test_a_name_that_nobody_knows_is_told_without_the_secrets(scheme: str) -> None:
    url = (
        f"{scheme}://me:not-to-be-told@mail.invalid:2525/token-not-to-be-told?from=a@b.example&to=c@d.example"
    )
    result = await send(Channel("hook", url, "email"), write)
    assert result.error == "mail.invalid:2525 cannot be reached: nobody knows its name (DNS)"


async def test_an_unknown_scheme_is_for_good() -> None:
    result = await send(Channel("hook", "nosuch://a-long-secret", "chat"), write)
    assert result == SendResult(
        ok=False,
        service="nosuch",
        error="nosuch:// is no service that Apprise knows; https://appriseit.com/services/ lists them",
        permanent=True,
    )


async def test_channels_are_sent_to_side_by_side(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("ok")
    channels = [Channel(f"hook {n}", f"json://localhost:{httpserver.port}", "chat") for n in range(8)]
    results = await asyncio.gather(*(send(channel, write) for channel in channels))
    assert all(result.ok for result in results)


@pytest.mark.parametrize(
    ("url", "form", "expected"),
    [
        ("mailto://a:b@example.com", "email", Layout("email", True, 250, 32768, files=True)),
        ("mailto://a:b@example.com?format=text", "email", Layout("email", False, 250, 32768, files=True)),
        ("json://localhost", "email", Layout("email", True, 250, 32768, files=True)),
        (
            "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
            "chat",
            Layout("chat", False, 250, 1600, markdown=True, files=True),
        ),
        ("workflows://host/workflow/signature", "chat", Layout("chat", False, 250, 800, markdown=True)),
        ("bulksms://user:password@15551112222", "phone", Layout("phone", False, 0, 160)),
    ],
)
async def test_the_writer_is_told_what_the_service_can_show(
    url: str, form: Literal["email", "chat", "phone"], expected: Layout
) -> None:
    asked: list[Layout] = []

    class Enough(Exception):
        pass

    def look(layout: Layout) -> Message:
        asked.append(layout)
        raise Enough

    with pytest.raises(Enough):
        await send(Channel("it", url, form), look)
    assert asked == [expected]
