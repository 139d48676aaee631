"""The demo's rivals: of one's own trade, watched like everybody else."""

from datetime import UTC, datetime

from monitors.simulation.brands import BRANDS, RIVALS, brand, rivals
from monitors.simulation.history import READ_AS
from monitors.simulation.scenario import demo_scenario


def test_rivals_name_each_other_and_share_a_trade() -> None:
    for each in RIVALS:
        assert rivals(each.name)
        for other in rivals(each.name):
            assert brand(other).trade is each.trade
            assert each.name in rivals(other)


def test_a_brand_that_is_alone_in_its_trade_has_none() -> None:
    assert rivals("Kestrel Sports") == ()
    assert rivals("Nobody") == ()


def test_the_demo_watches_all_of_them_and_knows_how_they_read() -> None:
    watched = [each.name for each in demo_scenario(datetime(2026, 7, 1, 12, tzinfo=UTC)).brands]
    assert watched == [each.name for each in (*BRANDS, *RIVALS)]
    assert set(READ_AS) == set(watched)
