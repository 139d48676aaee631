"""When a failed delivery is tried again."""

from datetime import timedelta

from alerts.backoff import ATTEMPTS, DELAYS, retry_in


def test_the_waits_grow_and_end() -> None:
    waits = [retry_in("a delivery", attempt) for attempt in range(1, ATTEMPTS)]
    assert all(wait is not None for wait in waits)
    assert retry_in("a delivery", ATTEMPTS) is None
    assert list(DELAYS) == sorted(DELAYS)


def test_the_last_try_is_some_six_hours_after_the_first() -> None:
    assert timedelta(hours=5) < timedelta(seconds=sum(DELAYS)) < timedelta(hours=6, minutes=30)


def test_jitter_stays_within_a_fifth_and_differs_between_channels() -> None:
    waits = {retry_in(f"delivery {number}", 3) for number in range(50)}
    assert len(waits) > 40
    assert all(wait and 0.8 * 120 <= wait.total_seconds() <= 1.2 * 120 for wait in waits)


def test_the_same_delivery_always_waits_the_same_time() -> None:
    assert retry_in("a delivery", 2) == retry_in("a delivery", 2)
