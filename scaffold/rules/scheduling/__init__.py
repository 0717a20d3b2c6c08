"""Scheduling, retries and idempotency: whether a flow can resume without doing its work twice."""
