"""Sentences of account: how complete, what the alarms were worth, how soon somebody answered, which goals."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from alerts.render.clean import one_line
from core import words
from core.records import Alarms, BrandWeek, Coverage, Goal, GoalName, Response

_GOALS = {
    GoalName.INDEX: ("Brand health at least {target}", "{value}"),
    GoalName.NEGATIVE_SHARE: ("Negative share under {target} %", "{value} %"),
    GoalName.ACKNOWLEDGE: ("Pages answered in under {target} min (median)", "{value} min"),
}
_WEEK = 167
"""Hours of the shortest whole week, in which clocks go forward; with fewer a week is still running."""


def coverage(seen: Coverage, zone: ZoneInfo) -> str:
    """Write how much of the usual stream was seen, and where the longest gap was."""
    if not seen.hours:
        return "Nothing of the week was watched yet."
    told = f"{seen.share} % of the usual stream was seen"
    if not seen.blind or seen.longest_from is None:
        return f"{told}."
    began = seen.longest_from.astimezone(zone)
    gap = f"the longest gap began on {began:%A} at {began:%H:%M} and lasted {seen.longest} h"
    return f"{told}; blind for {seen.blind} of {seen.hours} hours, {gap}."


def unseen(seen: Coverage) -> str:
    """Write why nothing can be said of a week of which too little was seen."""
    passed = f"{seen.hours} hours" if seen.hours >= _WEEK else f"the {seen.hours} whole hours so far"
    if not seen.share:
        blind = f"Nothing was seen in {seen.blind} of {passed}"
    elif seen.blind:
        blind = f"Blind in {seen.blind} of {passed}, {seen.share} % of the usual stream was seen"
    else:
        blind = f"Only {seen.share} % of the usual stream was seen"
    return f"{blind}: what happened meanwhile is not known."


def all_coverage(brands: tuple[BrandWeek, ...], zone: ZoneInfo) -> str:
    """Write how much was seen of all brands, and of which least."""
    if not brands:
        return "No brand is watched."
    least = min(brands, key=lambda brand: brand.coverage.share)
    most = max(brand.coverage.share for brand in brands)
    if len(brands) == 1 or most == least.coverage.share:
        return coverage(least.coverage, zone)
    low = least.coverage.share
    return f"{low} to {most} % of the usual stream was seen, of {one_line(least.brand)} the least."


def alarms(account: Alarms) -> str:
    """Write the account of the pages, and what was promised."""
    promise = f"Promised: at most {_plain(account.promised)} needless a week."
    drills = f" {counted(account.drills, 'drill')} apart." if account.drills else ""
    missed = f" {counted(account.missed, 'incident')} spread without a page." if account.missed else ""
    if not account.pages:
        return f"No page. {promise}{missed}{drills}"
    verdicts = f"{account.real} real, {account.needless} needless, {account.unreviewed} without a verdict"
    return f"{counted(account.pages, 'page')}: {verdicts}. {promise}{missed}{drills}"


def response(found: Response) -> str:
    """Write how soon pages were answered."""
    if not found.answered and not found.unanswered:
        return "Nobody was paged."
    if found.median_minutes is None or found.longest_minutes is None:
        return f"{counted(found.unanswered, 'page')} without an answer."
    told = f"Answered in {found.median_minutes} min (median), {found.longest_minutes} min at most."
    return f"{told} {counted(found.unanswered, 'page')} without an answer." if found.unanswered else told


def goal(each: Goal) -> str:
    """Write a goal, and whether it was reached."""
    aim, value = _GOALS[each.name]
    told = aim.format(target=_plain(each.target))
    if each.reached is None:
        return f"{told}: not known this week."
    return f"{told}: {'reached' if each.reached else 'not reached'}, {value.format(value=each.value)}."


def all_goals(brands: Iterable[BrandWeek]) -> str:
    """Write how many goals were reached."""
    goals = [each for brand in brands for each in brand.goals]
    if not goals:
        return "No goals are set."
    reached = sum(each.reached is True for each in goals)
    unknown = sum(each.reached is None for each in goals)
    rest = f", {unknown} not known" if unknown else ""
    return f"{reached} of {counted(len(goals), 'goal')} reached{rest}."


def counted(count: int, noun: str) -> str:
    """Write `1 page`, `3 pages`."""
    return f"{words.number(count)} {noun}{'' if count == 1 else 's'}"


def _plain(value: float) -> str:
    return f"{value:g}"
