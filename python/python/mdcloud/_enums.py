"""Enumerations, made from the library's own tables. Their members are listed in ``_enums.pyi``."""

from enum import IntEnum

from . import _native

Status = IntEnum(
    "Status",
    [("OK", 0), *((name, number) for number, name, _ in _native.KINDS)],
    module="mdcloud",
)
Status.__doc__ = "How a call ended, the same number in every language. See ``MdcloudError.status``."

Verdict = IntEnum("Verdict", [(name, number) for number, name in _native.VERDICTS], module="mdcloud")
Verdict.__doc__ = "What a scan found. The service's result code says more; see ``Report.result_code``."

Operation = IntEnum("Operation", [(name, number) for number, name in _native.OPERATIONS], module="mdcloud")
Operation.__doc__ = "An operation of the service. The number is its row in the table and never changes."
