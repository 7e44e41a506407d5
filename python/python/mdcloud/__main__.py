"""``python -m mdcloud``: the same as the command ``mdcloud``."""

from .cli import main

if __name__ == "__main__":
    raise SystemExit(main())
