"""Transactions and determinism: what queries and mutations must not do, and what a race can break."""
