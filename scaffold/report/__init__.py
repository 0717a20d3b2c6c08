"""What a deployment's logs say of its calls: latency, errors, retries, by class and function, over time."""
