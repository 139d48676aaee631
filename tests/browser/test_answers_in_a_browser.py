"""Answering with a browser: the button on the board, and the link on a phone."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from core.config import load_config
from core.records import Action, Step
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

    acknowledge = page.get_by_role("button", name="Acknowledge")
    with page.expect_navigation():
        acknowledge.click()
    said = SENTENCE.findall(page.inner_text("main"))
    answer = board.store.answers(board.incident_id)[Action.ACKNOWLEDGE]
    assert (len(said), answer.who) == (1, "mail")

    with page.expect_navigation():
        acknowledge.click()
    assert SENTENCE.findall(page.inner_text("main")) == said
    assert board.store.answers(board.incident_id) == {Action.ACKNOWLEDGE: answer}


def test_the_button_on_the_board_records_an_answer(open_page: Any, board: Any) -> None:
    another = replace(board.store.incident(board.incident_id), id="another")
    board.store.commit(Step(incidents=(another,)))
    page = open_page(f"incidents?id={another.id}", ".figures")
    page.get_by_role("button", name="Not us").click()
    answered = page.locator(".owner-line", has_text="on the board")
    expect(answered).to_be_visible()
    answer = board.store.answers(another.id)[Action.NOT_US]
    assert answer.via == "board"
    page.reload()
    expect(answered).to_be_visible()
    expect(page.get_by_role("button", name="Not us")).to_have_count(0)
    assert board.store.answers(another.id)[Action.NOT_US] == answer
