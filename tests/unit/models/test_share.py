"""A larger part of the mentions is negative: told when it lasts, not when it comes all at once."""

from models.priors import load_priors
from models.seen import Seen
from models.share import Share


def taught(mentions: float = 10.0, share: float = 0.2, days: int = 3) -> Share:
    estimator = Share(load_priors())
    for _ in range(288 * days):
        estimator.learn_one(Seen(mentions=mentions, negative=share * mentions))
    return estimator


def after(estimator: Share, bins: int, mentions: float, share: float) -> float:
    for _ in range(bins):
        estimator.learn_one(Seen(mentions=mentions, negative=share * mentions))
    return estimator.value


def test_more_of_the_same_mix_is_no_shift() -> None:
    assert after(taught(), 36, mentions=80.0, share=0.2) < 0.05


def test_a_burst_of_forty_minutes_says_nothing() -> None:
    assert after(taught(), 8, mentions=60.0, share=0.7) < 1e-9


def test_what_lasts_longer_is_told_and_grows_with_its_share() -> None:
    mild, strong = (after(taught(), 16, mentions=15.0, share=share) for share in (0.35, 0.6))
    assert 0.3 < mild < strong


def test_it_is_over_three_hours_after_it_ended() -> None:
    estimator = taught()
    assert after(estimator, 16, mentions=20.0, share=0.6) > 1.0
    assert after(estimator, 36, mentions=10.0, share=0.2) < 0.05


def test_one_angry_mention_of_a_silent_brand_is_no_shift() -> None:
    estimator = Share(load_priors())
    assert after(estimator, 1, mentions=1.0, share=1.0) == 0.0
    assert after(estimator, 12, mentions=0.0, share=0.0) < 0.05


def test_what_is_usual_stays_below_what_a_storm_brings() -> None:
    estimator = taught()
    usual = estimator.usual
    after(estimator, 12, mentions=30.0, share=0.9)
    assert usual <= estimator.usual < 0.31
