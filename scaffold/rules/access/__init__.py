"""Authentication and authorization: who is asking, and what they may touch."""
