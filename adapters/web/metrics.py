"""The bot's figures in Prometheus' text format."""

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from bot.domain.delivery import DeliveryState, Queue
from bot.ports.measures import Answering, FeedReading, Matching, Measured, Sending, SlowedDown
from bot.ports.progress import Progress

_MOMENTS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_WAITS = (0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
_INSTANTS = (0.0001, 0.0003, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25)


class Metrics:
    """Implements ``Measure`` with a registry of its own. Labels are few: platforms, kinds and outcomes."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._sends = self._counter("sends", "Deliveries tried, by outcome", "platform", "kind", "outcome")
        self._send_s = self._histogram("send_seconds", "How long one try took", "platform")
        self._wait_s = self._histogram(
            "send_wait_seconds", "From when a delivery was wanted to its first try", "platform", buckets=_WAITS
        )
        self._answer_s = self._histogram("answer_seconds", "How long the desk's answers took", "platform", "request")
        self._reading_s = self._histogram("feed_reading_seconds", "Readings of feeds, by result", "result")
        self._matching_s = self._histogram("matching_seconds", "Finding an article's topics", buckets=_INSTANTS)
        self._slowed = self._counter("rate_limited", "Answers that told us to slow down (429)", "platform")
        self._queue = self._gauge("queue_deliveries", "Deliveries that are not done", "platform", "state")
        self._oldest_s = self._gauge("queue_oldest_seconds", "How long the oldest that waits has waited", "platform")
        self._idle_s = self._gauge("loop_idle_seconds", "Since each loop last got on", "loop")
        self._connected = self._gauge("platform_connected", "1 for one that was connected", "platform")

    def __call__(self, measured: Measured) -> None:
        """Count it."""
        match measured:
            case Sending():
                self._sends.labels(measured.platform, measured.kind, measured.outcome).inc()
                self._send_s.labels(measured.platform).observe(measured.took_s)
                if measured.waited_s is not None:
                    self._wait_s.labels(measured.platform).observe(measured.waited_s)
            case Answering():
                self._answer_s.labels(measured.platform, measured.request).observe(measured.took_s)
            case FeedReading():
                self._reading_s.labels(measured.result).observe(measured.took_s)
            case Matching():
                self._matching_s.observe(measured.took_s)
            case SlowedDown():
                self._slowed.labels(measured.platform).inc()

    def page(self, queues: Iterable[Queue], progress: Progress, now: datetime) -> bytes:
        """All figures as they are now."""
        for gauge in (self._queue, self._oldest_s, self._idle_s, self._connected):
            gauge.clear()
        for queue in queues:
            self._queue.labels(queue.platform, queue.state).set(queue.count)
            if queue.state is DeliveryState.PENDING:
                self._oldest_s.labels(queue.platform).set((now - queue.oldest).total_seconds())
        for loop, at in progress.loops.items():
            self._idle_s.labels(loop).set((now - at).total_seconds())
        for platform in (*progress.connected, *progress.refused):
            self._connected.labels(platform).set(platform in progress.connected)
        return generate_latest(self._registry)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"newsbot_{name}", about, labels, registry=self._registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"newsbot_{name}", about, labels, registry=self._registry)

    def _histogram(self, name: str, about: str, *labels: str, buckets: tuple[float, ...] = _MOMENTS) -> Histogram:
        return Histogram(f"newsbot_{name}", about, labels, buckets=buckets, registry=self._registry)
