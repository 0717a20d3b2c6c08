"""The HTTP surface: routes that anyone on the internet can call."""
