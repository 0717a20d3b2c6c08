"""What log streams tell of the deployment as a whole: how late the scheduler is, how much is queued."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.report.wire import Event, Load


class Platform:
    """The highest values seen; None where no event told."""

    def __init__(self) -> None:
        self.scheduler_lag: float | None = None  # seconds
        self.running_jobs: int | None = None
        self.running: dict[str, int] = {}
        self.queued: dict[str, int] = {}

    def add(self, event: Event) -> bool:
        """Take what an event tells; False if it is none of these."""
        if event.topic in {"scheduler_stats", "scheduled_job_lag"}:
            self.scheduler_lag = _higher(self.scheduler_lag, event.lag_seconds)
            if event.num_running_jobs is not None:
                self.running_jobs = max(self.running_jobs or 0, event.num_running_jobs)
            return True
        if event.topic != "concurrency_stats":
            return False
        for name, load in _loads(event).items():
            if load is not None:
                self.running[name] = max(self.running.get(name, 0), load.num_running)
                self.queued[name] = max(self.queued.get(name, 0), load.num_queued)
        return True


def _higher(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def _loads(event: Event) -> dict[str, Load | None]:
    return {
        "query": event.query,
        "mutation": event.mutation,
        "action": event.action,
        "nodeAction": event.node_action,
        "httpAction": event.http_action,
    }
