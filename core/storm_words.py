"""What storm mode means for who reads the numbers, the same on the board and on the command line."""

from core import words
from core.records import Storm


def storm_sentence(storm: Storm, since: str) -> str:
    """Say how much is read in full and what that does to the numbers; `since` is the time in words."""
    if storm.since is None:
        many = "mention waits" if storm.unread == 1 else "mentions wait"
        return (
            f"After the storm: {words.number(storm.unread)} {many} to be read by the full model; until then "
            "a quick look at the words stands in its place, and a search does not find them."
        )
    return (
        f"Storm mode since {since}: {_of_all(storm.share)} read by the full model, the rest by a quick look "
        f"at the words until it has time, and not found by a search till then; {_negatives(storm)}."
    )


def _of_all(share: float) -> str:
    return f"1 in {words.number(1 / share)} mentions is" if share < 0.75 else "nearly all mentions are"


def _negatives(storm: Storm) -> str:
    if storm.negatives <= storm.band:
        return "negatives are not known well yet"
    return f"negatives ±\u00a0{words.percent(storm.band / storm.negatives)}"
