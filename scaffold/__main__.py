"""`python -m scaffold` is `convex-scaffold`."""

from scaffold.cli.app import main

if __name__ == "__main__":
    raise SystemExit(main())
