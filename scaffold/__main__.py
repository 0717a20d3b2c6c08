"""The command `convex-scaffold`, and `python -m scaffold`: what stands before the first slow import."""

_INTERRUPTED = 130  # as `ExitCode` has it, which is not there yet


def main() -> int:
    """Run the command line and return its exit code, that of Ctrl-C too while it is still being imported."""
    try:
        from scaffold.cli import app  # noqa: PLC0415
    except KeyboardInterrupt:
        return _INTERRUPTED
    return app.main()


if __name__ == "__main__":
    raise SystemExit(main())
