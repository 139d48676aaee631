"""The whole alert chain on one screen.

Each stage is one file with one function: it takes the pages of a round and returns those that go on; every
page that does not carries its outcome and the reason in words. To add a stage, write the file and put it
into the list.
"""

from alerts.deduplicate import deduplicate
from alerts.deliver import deliver
from alerts.group import group
from alerts.pages import ChainStage
from alerts.record import record
from alerts.silence import silence

CHAIN: tuple[ChainStage, ...] = (
    group,  # several waiting pages of one incident: the worst one speaks for all
    silence,  # what people said: not now, or not at all
    deduplicate,  # nobody is told the same thing twice
    deliver,  # reserve, send, complete; each channel for itself
    record,  # what became of it
)
