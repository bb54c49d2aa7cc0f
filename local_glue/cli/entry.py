"""Where the command `local-glue` begins: free of what the user's shell sets for other Python programs."""

from local_glue.environment import start_afresh


def main() -> None:
    """Runs the command line."""
    start_afresh()
    from local_glue.cli.main import app  # only now: PYTHONPATH could have led to other modules

    app()


if __name__ == "__main__":
    main()
