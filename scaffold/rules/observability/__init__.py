"""CX7xx: errors, logs and measurements."""
