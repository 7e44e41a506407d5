"""Which files are meant: names, folders, patterns, lists."""

from __future__ import annotations

import fnmatch
import glob
import os
import stat

from ._session import lines_of
from ._terminal import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Files:
    """The files that the arguments name, found while they are taken.

    Of a folder: all regular files below it. Links in it are left alone, as they may lead out of it, and so
    are empty files, which the service refuses and in which nothing can be.
    """

    def __init__(self, names: list[str], lists: list[str], exclude: list[str]) -> None:
        self._names = names
        self._lists = lists
        self._exclude = exclude
        self.empty = 0
        """How many empty files were left out."""

    def __iter__(self) -> Iterator[str]:
        for name in self._all_names():
            if os.path.isdir(name):
                yield from self._below(name)
            elif glob.has_magic(name) and not os.path.lexists(name):
                found = False
                for match in sorted(glob.iglob(name, recursive=True)):
                    found = True
                    if os.path.isdir(match):
                        if "**" not in name:  # there the pattern itself goes into folders
                            yield from self._below(match)
                    elif not self._excluded(match):
                        yield match
                if not found:
                    yield name  # which does not exist, and will be said so
            else:
                yield name

    def _all_names(self) -> Iterator[str]:
        yield from self._names
        for name in self._lists:
            yield from lines_of(name)

    def _below(self, folder: str) -> Iterator[str]:
        def told(error: OSError) -> None:
            say(f"{error.filename}: {error.strerror}; left out")

        for here, folders, files in os.walk(folder, onerror=told):
            folders[:] = sorted(name for name in folders if not self._excluded(os.path.join(here, name)))
            for name in sorted(files):
                path = os.path.join(here, name)
                try:
                    facts = os.lstat(path)
                except OSError:
                    continue  # gone since
                if not stat.S_ISREG(facts.st_mode) or self._excluded(path):
                    continue
                if facts.st_size == 0:
                    self.empty += 1
                    continue
                yield path

    def _excluded(self, path: str) -> bool:
        name = os.path.basename(path)
        return any(fnmatch.fnmatch(name, each) or fnmatch.fnmatch(path, each) for each in self._exclude)
