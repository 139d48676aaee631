"""Answering with a browser: the button on the board, and the link on a phone."""

import re
from pathlib import Path
from typing import Any

import pytest

from core.config import load_config
from core.records import Action
from core.signing import Grant, Signer

pytestmark = pytest.mark.browser
PHONE = (390, 844)
SENTENCE = re.compile(r"Acknowledged by mail at \d\d:\d\d")


def test_the_link_acknowledges_once(open_page: Any, board: Any) -> None:
    folder = Path(board.folder)
    secret = load_config(folder, {}).secret.get_secret_value()
    token = Signer(secret).sign(Grant(board.incident_id, "mail"), board.now)
    page = open_page(f"ack/{token}", "form", size=PHONE)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE[0]
    assert page.evaluate("window.__pwned") is None
    heights = [button.bounding_box()["height"] for button in page.get_by_role("button").all()]
    assert min(heights) >= 44
    assert board.store.answers(board.incident_id) == {}

    page.get_by_role("button", name="Acknowledge").click()
    page.wait_for_selector(".answered")
    said = SENTENCE.findall(page.inner_text("main"))
    answer = board.store.answers(board.incident_id)[Action.ACKNOWLEDGE]
    assert (len(said), answer.who) == (1, "mail")

    page.get_by_role("button", name="Acknowledge").click()
    page.wait_for_load_state()
    assert SENTENCE.findall(page.inner_text("main")) == said
    assert board.store.answers(board.incident_id) == {Action.ACKNOWLEDGE: answer}


def test_the_button_on_the_board_records_an_answer(open_page: Any, board: Any) -> None:
    page = open_page(f"incidents?id={board.incident_id}", ".figures")
    page.get_by_role("button", name="Not us").click()
    page.wait_for_function("document.querySelector('.owner-line').innerText.includes('on the board')")
    answer = board.store.answers(board.incident_id)[Action.NOT_US]
    assert answer.via == "board"
    page.reload()
    page.wait_for_selector(".figures")
    assert page.get_by_role("button", name="Not us").count() == 0
    assert board.store.answers(board.incident_id)[Action.NOT_US] == answer
