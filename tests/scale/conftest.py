"""The tests of the package have a Redis to borrow."""

import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).parent.parent / "python"))
