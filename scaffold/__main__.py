"""The command `convex-scaffold`, and `python -m scaffold`: what stands before the first slow import."""

_INTERRUPTED = 130  # as `ExitCode` has it, which is not there yet


def main() -> int:
    """Run the command line and return its exit code, that of Ctrl-C too in its first and last moments."""
    try:
        from scaffold.cli import app  # noqa: PLC0415

        return app.main()
    except KeyboardInterrupt:  # while it is still being imported, or says how it ended
        return _INTERRUPTED


if __name__ == "__main__":
    raise SystemExit(main())
