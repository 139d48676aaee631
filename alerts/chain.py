"""The whole alert chain on one screen.

Each stage is one file with one function: it takes the pages of a round and returns those that go on; every
page that does not carries its outcome and the reason in words. To add a stage, write the file and put it
into the list. The timers make pages that only the passing of time asks for; those go the same way.
"""

from alerts.answered import answered
from alerts.cap import cap
from alerts.deduplicate import deduplicate
from alerts.deliver import deliver
from alerts.digest import digest
from alerts.escalate import escalate
from alerts.group import group
from alerts.pages import ChainStage, Timer
from alerts.quiet import quiet
from alerts.record import record
from alerts.route import route
from alerts.silence import silence

CHAIN: tuple[ChainStage, ...] = (
    group,  # several waiting pages of one incident: the worst one speaks for all
    silence,  # what people said: not now, or not at all
    answered,  # nobody is told that nobody answered once somebody has
    deduplicate,  # nobody is told the same thing twice
    route,  # a replay stays here; a page for nobody says so
    quiet,  # held in a channel's quiet hours, a firestorm never
    cap,  # so many pages per person and week, a firestorm always
    deliver,  # reserve, send, complete; each channel for itself
    record,  # what became of it
)

TIMERS: tuple[Timer, ...] = (
    digest,  # quiet hours are over: what they held, in one message
    escalate,  # nobody acknowledged, or nobody can be reached: the next level
)
