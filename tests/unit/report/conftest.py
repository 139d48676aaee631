"""Weeks to write about: a whole one built by hand, and random ones."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.records import (
    Alarms,
    BrandWeek,
    Change,
    Component,
    Coverage,
    DataState,
    Estimate,
    Goal,
    GoalName,
    LinePoint,
    Part,
    Response,
    Risk,
    RiskKind,
    Stage,
    Theme,
    VoiceShare,
    Week,
    WeekEvent,
)

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def line() -> tuple[LinePoint, ...]:
    values = (66, 67, 65, 68, 66, 64, 67, 66, 63, 65, 64, 61, 54)
    return tuple(
        LinePoint(f"2026-W{35 + i}", DataState.OK, Estimate(value, value - 4, value + 4))
        for i, value in enumerate(values)
    )


def whole_brand(name: str) -> BrandWeek:
    return BrandWeek(
        brand=name,
        state=DataState.OK,
        coverage=Coverage(93, 168, 9, MONDAY + timedelta(days=5, hours=2), 9),
        mentions=3_240,
        mentions_before=2_010,
        negative_share=41,
        compared_with=12,
        worst=Stage.FIRESTORM,
        index=Estimate(54, 49, 58),
        change=Change(61, -7, True),
        last_year=Change(65, -11, True),
        sentiment=Estimate(-18, -24, -11),
        components=(
            Component(Part.SENTIMENT, -18, 3, 2, 56, 3),
            Component(Part.VOICE, 41, 27, 28, 22, 2),
            Component(Part.CALM, 74, 100, 100, 22, -1),
        ),
        line=line(),
        lowest_in=13,
        events=(
            WeekEvent("2026-W39", MONDAY - timedelta(weeks=8), "new fare rules", Stage.SPREADING),
            WeekEvent("2026-W47", MONDAY + timedelta(days=4), "refund refused", Stage.FIRESTORM),
        ),
        voices=(
            VoiceShare(name, 41, 27),
            VoiceShare("Meridian Jet", 32, 33),
            VoiceShare("SkyLark", 27, None),
        ),
        themes=(
            Theme("a", "Refunds", -61, 1_840),
            Theme("b", "Punctuality", -22, 610),
            Theme("c", "Cabin crew", 38, 290),
        ),
        alarms=Alarms(3, 1, 2, 0, 0, 0.5),
        response=Response(3, 0, 4, 12),
        goals=(
            Goal(GoalName.INDEX, 60.0, 54, False),
            Goal(GoalName.NEGATIVE_SHARE, 45.0, 41, True),
            Goal(GoalName.ACKNOWLEDGE, 10.0, None, None),
        ),
    )


@pytest.fixture
def brand() -> BrandWeek:
    return whole_brand("Northwind Air")


@pytest.fixture
def week_of() -> Callable[..., Week]:
    """Build a week of brands; one called with names only has whole ones."""

    def build(*brands: BrandWeek | str) -> Week:
        told = [whole_brand(each) if isinstance(each, str) else each for each in brands]
        risk = Risk(
            RiskKind.INCIDENT, told[0].brand, "refund refused", Stage.FIRESTORM, MONDAY, seen=369, expected=13
        )
        return Week(
            week="2026-W47",
            since=MONDAY,
            until=MONDAY + timedelta(weeks=1),
            zone="UTC",
            made_at=MONDAY + timedelta(weeks=1, hours=7),
            complete=True,
            brands=tuple(told),
            risks=(risk, replace(risk, kind=RiskKind.BLIND, brand="", label="reddit", stage=Stage.UNKNOWN)),
            alarms=told[0].alarms,
            response=told[0].response,
        )

    return build
