"""Incidents: the list, or one of them: what are people angry about, how bad, is it real, what do I press?"""

from collections.abc import Mapping

import streamlit as st
from streamlit.navigation.page import Page

from core.records import Action
from dashboard import widgets
from dashboard.queries import incident as queries
from dashboard.queries import narratives as narrative_queries
from dashboard.queries.shared import REFRESH
from dashboard.viewmodels import Calm, IncidentPage, Story
from dashboard.views import narratives
from dashboard.views.address import shown_id

_LABELS = {
    Action.ACKNOWLEDGE: "Acknowledge",
    Action.FALSE_ALARM: "False alarm",
    Action.SNOOZE: "Snooze 30 min",
    Action.NOT_US: "Not us",
}
_SAID = "said"


def route() -> Page:
    """Return the page as the router and links know it."""
    return st.Page(page, title="Incidents", url_path="incidents")


def page() -> None:
    """Show the incident that the address names, or all."""
    incident_id = shown_id()
    if incident_id:
        _one(incident_id)
    else:
        _list()


def link(incident_id: str, label: str) -> None:
    """Put a link to an incident onto the page."""
    st.page_link(route(), label=widgets.plain(label), query_params={"id": incident_id})


def answer_button(incident_id: str, action: Action, answered: Mapping[Action, str]) -> None:
    """Put a button that records an answer; it is spent once the answer is there."""
    st.button(
        _LABELS[action],
        key=f"{action}_{incident_id}",
        type="primary" if action is Action.ACKNOWLEDGE else "secondary",
        disabled=action in answered,
        help=answered.get(action),
        on_click=_answer,
        args=(incident_id, action),
    )


def _answer(incident_id: str, action: Action) -> None:
    st.session_state[_SAID] = queries.answer(incident_id, action)


def say_what_was_answered() -> None:
    """Tell what became of the last press; a callback may not show anything itself inside a fragment."""
    if _SAID in st.session_state:
        st.toast(st.session_state.pop(_SAID))


@st.fragment(run_every=REFRESH)
def _list() -> None:
    widgets.show("section", title="Incidents", note="newest first")
    lines = queries.incident_lines()
    for line in lines:
        with st.container(key=f"card_line_{line.id}"):
            widgets.show("line", line=line)
            link(line.id, f"Open {line.label}")
    if not lines:
        with st.container(key="card_calm"):
            widgets.show("calm", calm=Calm("No incident yet. Live shows what each brand would need for one."))


@st.fragment(run_every=REFRESH)
def _one(incident_id: str) -> None:
    say_what_was_answered()
    found = queries.incident_page(incident_id)
    if found is None:
        with st.container(key="card_calm"):
            widgets.show("calm", calm=Calm("There is no such incident here. The list is under Incidents."))
        return
    _head(found)
    left, right = st.columns([68, 32], gap="small")
    with left:
        _plot(found)
        _parts(incident_id)
        _proof(found)
    with right:
        _log(found)


def _head(found: IncidentPage) -> None:
    story = found.story
    widgets.show("story", story=story)
    with st.container(key="answers", horizontal=True, vertical_alignment="center"):
        if story.answerable:
            _buttons(story)
        widgets.show("owner", story=story)
    with st.container(key="card_figures"):
        widgets.show("figures", figures=found.figures)


def _buttons(story: Story) -> None:
    with st.container(key="answers_first", horizontal=True, width="content"):
        answer_button(story.id, Action.ACKNOWLEDGE, story.answered)
        answer_button(story.id, Action.FALSE_ALARM, story.answered)
    with st.container(key="answers_more", horizontal=True, width="content"):
        answer_button(story.id, Action.SNOOZE, story.answered)
        answer_button(story.id, Action.NOT_US, story.answered)


def _plot(found: IncidentPage) -> None:
    with st.container(key="card_plot"):
        widgets.show("plot_head", stage=found.story.stage, missing=found.no_plot, ahead=found.ahead)
        if found.plot is not None:
            st.vega_lite_chart(dict(found.plot.spec), theme=None, alt=found.plot.alt, key="plot")


def _parts(incident_id: str) -> None:
    """Say what the rise consists of; nothing while no narrative is known."""
    found = narrative_queries.in_incident(incident_id)
    if found is None:
        return
    with st.container(key="card_parts"):
        widgets.show("narratives_title", title="What it consists of", note=found.note)
        widgets.show("rise_head")
        for row in found.rows:
            with st.container(key=f"nrow_rise_{row.id or 'other'}"):
                widgets.show("rise_row", row=row, strong=False)
                if row.id:
                    narratives.link(row.id, f"Open {row.label}")
        with st.container(key="nrow_rise_total"):
            widgets.show("rise_row", row=found.total, strong=True)


def _proof(found: IncidentPage) -> None:
    """Show why it fired and, beside it, how it spread, if that is known."""
    why, *beside = st.columns(1 if found.heat is None else 2, gap="small")
    with why, st.container(key="card_evidence"):
        widgets.show("evidence", evidence=found.evidence)
    for where in beside:
        with where, st.container(key="card_heat"):
            widgets.show("heat", heat=found.heat, stage=found.story.stage)


def _log(found: IncidentPage) -> None:
    if found.changed:
        widgets.show("changed", text=found.changed)
    with st.container(key="card_happened"):
        widgets.show("happened", rows=found.happened, zone=found.zone)
    with st.container(key="card_first"):
        widgets.show("quotes", quotes=found.first, anger=found.anger)
    with st.container(key="card_playbook"):
        widgets.show("playbook", paragraphs=found.playbook)
