"""The exceptions that end a command or a file.

DossierError                 a broken machine; exit status 1
├── UsageError               wrong words from the user; exit status 2
├── StoreError               the store could not be reached; exit status 3
│   ├── Vanished             an object is gone since it was listed
│   └── Torn                 bytes that came are not the object that was listed
│       └── UnsafeKey        a key that can be no file's name below a case; never fetched
├── EngineError              an OCR engine that cannot be loaded or has died
└── NightRunning             another night holds the lock

A bad document is data, never one of these.
"""

from __future__ import annotations


class DossierError(Exception):
    """A fault that a person must hear of: `advice` says what to do now."""

    status = 1

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


class UsageError(DossierError):
    """Wrong words on the command line or in a configuration file."""

    status = 2


class StoreError(DossierError):
    """The store could not be reached, or refused."""

    status = 3


class Vanished(StoreError):
    """The object is gone since it was listed."""


class Torn(StoreError):
    """The bytes that came are not those that were listed: too few, too many, or another ETag."""


class UnsafeKey(Torn):
    """A key with `..`, NUL, an empty part, a drive: it would leave its folder. The object costs only itself."""


class EngineError(DossierError):
    """An OCR engine cannot be loaded, or it died."""


class NightRunning(DossierError):
    """Another night holds the lock."""
