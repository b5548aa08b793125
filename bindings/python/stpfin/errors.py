"""What can go wrong, by kind: every exception of the library is an `Error` and what Python has for such a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

    from stpfin._simulation import Seek


class Error(Exception):
    """Whatever the library refuses or fails to do; its message says what was wrong, where, and what would be right."""


class ArgumentError(Error, ValueError):
    """An argument is out of range, or names nothing that exists."""


class UnknownNameError(Error, KeyError):
    """There is no table, result or column of that name."""

    def __str__(self) -> str:
        # A KeyError would show the message as it is written in code.
        return Exception.__str__(self)


class PlanError(Error, ValueError):
    """
    A plan's tables break a rule.

    Attributes
    ----------
    problems : pandas.DataFrame
        Everything that is wrong with the plan, as `stpfin.check` gives it.
    """

    def __init__(self, message: str = "", problems: pandas.DataFrame | None = None) -> None:
        super().__init__(message)
        self.problems = problems

    def __reduce__(self) -> tuple[type, tuple[str, pandas.DataFrame | None]]:
        return type(self), (str(self), self.problems)


class FileError(Error, OSError):
    """A file or folder cannot be read or written."""


class MissingFileError(FileError, FileNotFoundError):
    """A file or folder does not exist."""


class FormatError(Error, ValueError):
    """A text is not comma-separated values in UTF-8."""


class OutOfMemoryError(Error, MemoryError):
    """There is not enough memory."""


class TooLargeError(Error, OverflowError):
    """A result is beyond what a double can hold."""


class InfeasibleError(Error, ValueError):
    """
    What is asked for cannot be had: bounds or limits cannot hold together, or a target is out of reach.

    Attributes
    ----------
    conflict : pandas.DataFrame or None
        Of a portfolio, the limits that cannot all be kept, as `stpfin.describe("portfolio_conflict")` says.
    nearest : Seek or None
        Of a target that is sought, the value that comes nearest.
    """

    def __init__(self, message: str = "", conflict: pandas.DataFrame | None = None,
                 nearest: Seek | None = None) -> None:
        super().__init__(message)
        self.conflict = conflict
        self.nearest = nearest

    def __reduce__(self) -> tuple[type, tuple[str, pandas.DataFrame | None, Seek | None]]:
        return type(self), (str(self), self.conflict, self.nearest)


class CancelledError(Error):
    """Long work was told to stop."""


# stpfin_status, in common.h.
_KINDS: dict[int, type[Error]] = {
    -1: OutOfMemoryError,
    -2: ArgumentError,
    -3: CancelledError,
    -4: FileError,
    -100: FormatError,
    -101: UnknownNameError,
    -200: PlanError,
    -300: ArgumentError,
    -301: TooLargeError,
    -400: ArgumentError,
    -500: InfeasibleError,
}


def of_status(status: int, message: str) -> Error:
    """The exception for a status of the C library, which calls this."""
    return _KINDS.get(status, Error)(message)
