"""Result classes, made from the library's own tables of fields. Their fields stand in ``_models.pyi``."""

from ._native import (
    Engine,
    ExtractedFile,
    HashResult,
    KeyInfo,
    Limits,
    ProcessInfo,
    Report,
    Result,
    Sanitized,
    Submission,
)

__all__ = [
    "Engine",
    "ExtractedFile",
    "HashResult",
    "KeyInfo",
    "Limits",
    "ProcessInfo",
    "Report",
    "Result",
    "Sanitized",
    "Submission",
]
