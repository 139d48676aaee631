"""What verdicts teach: a bounded shift of the bar, of the judged brand more than of the others."""

import pytest

from models.verdicts import FARTHEST, Verdicts

BAR = 4.0


def judged(*verdicts: bool, brand: str = "Acme") -> Verdicts:
    learned = Verdicts()
    for true in verdicts:
        learned.learn_one(brand, true)
    return learned


def test_without_verdicts_the_bar_stays_exactly() -> None:
    assert judged().moved("Acme", BAR) == BAR
    assert judged().words(BAR) == ""


def test_a_false_alarm_raises_the_bar_a_little_and_a_true_one_lowers_it() -> None:
    assert BAR < judged(False).moved("Acme", BAR) < 1.05 * BAR
    assert 0.95 * BAR < judged(True).moved("Acme", BAR) < BAR


def test_other_brands_follow_by_half() -> None:
    learned = judged(False)
    assert learned.moved("Zenith", BAR) - BAR == pytest.approx((learned.moved("Acme", BAR) - BAR) / 2)


def test_one_of_each_kind_cancel_nearly() -> None:
    assert judged(False, True).moved("Acme", BAR) == pytest.approx(BAR, abs=0.02)


@pytest.mark.parametrize(("true", "edge"), [(False, 1 + FARTHEST), (True, 1 - FARTHEST)])
def test_no_number_of_verdicts_moves_it_further_than_a_fifth(true: bool, edge: float) -> None:
    bars = [judged(*[true] * count).moved("Acme", BAR) for count in (0, 1, 3, 8, 30, 300)]
    assert bars == sorted(bars, reverse=true)
    assert bars[-1] == pytest.approx(edge * BAR)


def test_restored_bit_for_bit() -> None:
    learned = judged(False, False, True)
    again = Verdicts.load(learned.dump())
    for each in (learned, again):
        each.learn_one("Zenith", True)
    assert again.dump() == learned.dump()
    assert again.moved("Acme", BAR) == learned.moved("Acme", BAR)


def test_says_what_it_learned() -> None:
    learned = judged(*[False] * 5)
    learned.learn_one("Zenith", True)
    learned.learn_one("Zenith", True)
    learned.learn_one("Zenith", True)
    assert learned.words(BAR) == (
        "Verdicts put the bar of Acme 7 % higher. Verdicts put the bar of Zenith 5 % lower."
    )
