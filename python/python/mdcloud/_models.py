"""Result classes, made from the library's own tables of fields. Their fields stand in ``_models.pyi``."""

from . import _native
from ._native import Result

__all__ = ["Result", *_native.MODELS]

_FULL = 1000  # entries of a full page of a feed; one with fewer is the last


def _length(self):
    return len(self.entries)


def _iterate(self):
    return iter(self.entries)


def _item(self, index):
    return self.entries[index]


def _all_pages(self, **options):
    """This page and all behind it, each asked for when it is taken; options override those of the first call.

    >>> import mdcloud
    >>> with mdcloud.Emulator(paid=True) as emulator, emulator.client() as client:
    ...     [len(page) for page in client.feed_infected().all_pages()]
    [1000, 1000, 500]
    """
    from ._errors import NotFoundError

    page, following = self, _native._get_next(self)
    while True:
        yield page
        if following is None or len(page) < _FULL:
            return
        ask, number = following
        try:
            page = ask(number, options)
        except NotFoundError:
            return
        following = (ask, number + 1)


for _name in _native.MODELS:
    _kind = getattr(_native, _name)
    globals()[_name] = _kind
    if hasattr(_kind, "entries"):
        _kind.__len__, _kind.__iter__, _kind.__getitem__ = _length, _iterate, _item
    if _name == "FeedPage":
        _kind.all_pages = _all_pages
del _name, _kind
