"""What is counted of a set of calls."""

from __future__ import annotations

from scaffold.report.sketch import Sketch


class Tally:
    """Counts of calls. A run that Convex repeats is no call of its own: its last run is the call.

    Convex tells of a repeated mutation twice: in the event of each run that was lost, and as a number in that
    of the last. Either may be missing, so both are counted apart, and the larger counts.
    """

    __slots__ = (
        "cached",
        "calls",
        "errors",
        "first_losses",
        "latency",
        "lost_runs",
        "refusals",
        "repeated",
        "retries",
        "told_losses",
    )

    def __init__(self) -> None:
        self.calls = 0
        self.errors = 0
        self.refusals = 0
        self.cached = 0
        self.lost_runs = 0  # to a write conflict
        self.told_losses = 0  # the same, as the last runs tell it
        self.first_losses = 0  # first runs that Convex was to repeat
        self.repeated = 0  # calls whose last run says that it was not the first
        self.retries = 0  # runs of actions that were to follow a failed one
        self.latency = Sketch()

    def merge(self, other: Tally) -> None:
        """Count all that another has counted."""
        self.calls += other.calls
        self.errors += other.errors
        self.refusals += other.refusals
        self.cached += other.cached
        self.lost_runs += other.lost_runs
        self.told_losses += other.told_losses
        self.first_losses += other.first_losses
        self.repeated += other.repeated
        self.retries += other.retries
        self.latency.merge(other.latency)

    @property
    def conflicts(self) -> int:
        """Runs that were lost because somebody else had written what they read."""
        return max(self.lost_runs, self.told_losses)

    @property
    def retried(self) -> int:
        """Calls that Convex ran more than once, and runs that followed a failed one of the same work."""
        return min(self.calls, max(self.first_losses, self.repeated) + self.retries)

    def rate(self, part: int) -> float:
        """A count as a part of all calls."""
        return part / self.calls if self.calls else 0.0
