"""What a Convex project is: facts read from its files, no opinions."""
