"""The Protocols between packages: what each layer promises to the others.

Everything here is synchronous except what waits for the network or the clock;
the pipeline calls stores and models from worker threads.
"""

from core.ports.clock import Clock
from core.ports.detection import Detector
from core.ports.log import Log
from core.ports.monitors import Closeable, Monitor, StreamMonitor
from core.ports.scoring import Encoder, Scorer, Skimmer
from core.ports.store import Store

__all__ = [
    "Clock",
    "Closeable",
    "Detector",
    "Encoder",
    "Log",
    "Monitor",
    "Scorer",
    "Skimmer",
    "Store",
    "StreamMonitor",
]
