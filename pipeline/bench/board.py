"""What a refresh of Live costs the board: a client that asks like a browser, and waits for the last message.

The protocol is Streamlit's own (`streamlit.proto`): a rerun of a fragment is asked for, its messages
end with `script_finished`. The client is a process of its own, as a browser is: in the product's it would
wait for the product's threads, and count that as the board's time.
"""

import asyncio
import socket
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

ZONES_EVERY = 2.0
"""Seconds between two refreshes of one zone, as on the page."""


async def refreshes(port: int, seconds: float) -> list[float]:
    """Return the milliseconds of every refresh of one open Live page within `seconds`."""
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return await loop.run_in_executor(pool, _browse, port, seconds)


def _browse(port: int, seconds: float) -> list[float]:
    return asyncio.run(_refreshes(port, seconds))


async def _refreshes(port: int, seconds: float) -> list[float]:
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    origin = Origin(f"http://127.0.0.1:{port}")
    async with connect(
        address, subprotocols=[Subprotocol("streamlit")], origin=origin, max_size=None
    ) as page:
        zones = await _open(page)
        took: list[float] = []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            for zone in zones:
                took.append(await _refresh(page, zone))
                await asyncio.sleep(ZONES_EVERY / len(zones))
        return took


async def _open(page: ClientConnection) -> list[str]:
    """Run the whole page once; return its zones, the fragments that refresh by themselves."""
    from streamlit.proto.BackMsg_pb2 import BackMsg

    ask = BackMsg()
    ask.rerun_script.query_string = ""
    await page.send(ask.SerializeToString())
    messages = await _until_finished(page)
    return [each.auto_rerun.fragment_id for each in messages if each.WhichOneof("type") == "auto_rerun"]


async def _refresh(page: ClientConnection, zone: str) -> float:
    from streamlit.proto.BackMsg_pb2 import BackMsg

    ask = BackMsg()
    ask.rerun_script.fragment_id = zone
    ask.rerun_script.is_auto_rerun = True
    began = time.perf_counter()
    await page.send(ask.SerializeToString())
    await _until_finished(page)
    return (time.perf_counter() - began) * 1_000.0


async def _until_finished(page: ClientConnection) -> list[Any]:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    messages: list[Any] = []
    while not messages or messages[-1].WhichOneof("type") != "script_finished":
        _acknowledge_at_once(page)
        message = ForwardMsg()
        message.ParseFromString(await page.recv(decode=False))
        messages.append(message)
    return messages


def _acknowledge_at_once(page: ClientConnection) -> None:
    """Keep the kernel from delaying acknowledgements by 40 ms, which would count as the board's time."""
    if hasattr(socket, "TCP_QUICKACK"):
        page.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
