"""What the main process tells about itself, in Prometheus' words."""

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from core.ports import Log, Store
from core.records import Pulse, SourceStatus, Storm


class Metrics:
    """Gauges that are refreshed from the store and left there as text for the board's `/metrics`."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._mentions = self._gauge("firetower_mentions", "Mentions stored")
        self._backlog = self._gauge("firetower_log_depth", "Entries that wait to be scored")
        self._incidents = self._gauge("firetower_incidents_open", "Open incidents")
        self._outbox = self._gauge("firetower_outbox_pending", "Notifications not finished yet")
        self._storm = self._gauge("firetower_storm", "1 in storm mode: only a sample is read in full at once")
        self._share = self._gauge("firetower_read_share", "Share of new texts that is read in full at once")
        self._unread = self._gauge("firetower_unread", "Mentions that wait to be read in full")
        labels = ("source",)
        self._up = Gauge("firetower_source_up", "1 when the source answers", labels, registry=self._registry)
        self._lag = Gauge(
            "firetower_source_lag_seconds", "Median delay of items", labels, registry=self._registry
        )

    def _gauge(self, name: str, words: str) -> Gauge:
        return Gauge(name, words, registry=self._registry)

    def text(self, store: Store, log: Log) -> str:
        """Return the exposition of the present state."""
        self._mentions.set(store.count_mentions())
        self._backlog.set(log.depth())
        self._incidents.set(len(store.incidents(open_only=True)))
        self._outbox.set(len(store.outbox()))
        self._tell_storm(store.pulse())
        for source in store.sources():
            self._up.labels(source.name).set(source.status is SourceStatus.OK)
            self._lag.labels(source.name).set(source.lag_seconds or 0.0)
        return generate_latest(self._registry).decode()

    def _tell_storm(self, pulse: Pulse | None) -> None:
        storm = (pulse.storm if pulse else None) or Storm(0)
        self._storm.set(storm.since is not None)
        self._share.set(storm.share)
        self._unread.set(storm.unread)
