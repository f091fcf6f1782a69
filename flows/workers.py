"""Processes that do the heavy work, one item each at a time: a crashed or hung one costs only its item."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable
from concurrent.futures import CancelledError, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pipeline.errors import DossierError

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
C_co = TypeVar("C_co", covariant=True)
ITEMS_A_PROCESS = 2000
"""After so many items a worker makes room for a fresh one: what a foreign library leaks does not grow for ever."""
KEPT = 800_000_000
"""Bytes above which a worker gives back, after an item, what it has freed."""
_MMAP_MAX, _TRIM_THRESHOLD = -4, -1  # of mallopt(3)
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class Lost(Exception):
    """An item that gave no result through a fault of ours: `reason` is crashed, time_limit, stopped or error.

    `detail` is a place in the program or an exit status, never text of a paper.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class _Fault:
    """An exception of a worker, without its text: that could quote the paper."""

    kind: str
    place: str


class Job(Protocol[C_co]):
    """An item under way."""

    def result(self) -> C_co:
        """Waits; raises Lost, or the DossierError that the work raised."""
        ...


class Crew(Protocol):
    """Those who do the work: `Pool` in processes, `InProcess` at once and here."""

    size: int

    def submit(self, work: Callable[..., T], *args: Any, seconds: float) -> Job[T]:
        """Hands over one item with its time limit in seconds."""
        ...

    def stop(self) -> None:
        """Ends everything at once; what is under way is lost as `stopped`."""
        ...

    def close(self) -> None:
        """Waits for what is under way and lets the processes go."""
        ...


# ---------------------------------------------------------------- inside a worker


def die_with(parent: int) -> None:
    """Asks the kernel to end this process when its parent dies, however that happens (Linux; elsewhere nothing)."""
    try:
        ctypes.CDLL(None, use_errno=True).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    except (AttributeError, OSError):
        return
    if os.getppid() != parent:
        os._exit(1)


def _begin(parent: int, prepare: Callable[[], None] | None) -> None:
    """The first thing in each worker: one thread a process (a process per core is 15 % faster), Ctrl-C left to the parent;
    then what the crew's owner wants to be ready before the first item."""
    for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with(parent)
    os.umask(0o077)
    _keep_freed()
    if prepare is not None:
        with contextlib.suppress(Exception):  # the first item that needs it says what is broken
            prepare()
    gc.freeze()  # what is loaded now is there for good
    gc.set_threshold(50_000, 20, 20)  # a page makes many small things, and hardly a ring of them


def _guarded(work: Callable[..., T], args: tuple[Any, ...]) -> T | _Fault:
    try:
        return work(*args)
    except DossierError:
        raise
    except Exception as error:  # a bug of ours on this one item: told by its place, and the others go on
        return _fault(error)
    finally:
        _give_back()


def _keep_freed() -> None:
    """Lets glibc keep what is freed, all of it in one heap: a page asks for the same 200 MB again and again, and the kernel
    takes a twentieth of the time to hand them out anew (elsewhere than on Linux with glibc: nothing)."""
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_MAX, 0)
        mallopt(_TRIM_THRESHOLD, 1 << 30)


def _give_back() -> None:
    """Returns what is freed to the system where this process holds very much."""
    with contextlib.suppress(OSError, AttributeError):
        held = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        if held > KEPT:
            ctypes.CDLL(None).malloc_trim(0)


def _fault(error: Exception) -> _Fault:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if Path(f.filename).parent.name != "concurrent"]
    last = ours[-1] if ours else None
    place = f"{Path(last.filename).name}:{last.lineno}" if last else ""
    return _Fault(type(error).__name__, place)


def _settled(outcome: T | _Fault) -> T:
    if isinstance(outcome, _Fault):
        raise Lost("error", f"{outcome.kind} at {outcome.place}")
    return outcome


def _ready() -> bool:
    return True


# ---------------------------------------------------------------- the two crews


class _PoolJob(Generic[T]):
    def __init__(self, pool: Pool, future: Future[T | _Fault]) -> None:
        self._pool, self._future = pool, future

    def result(self) -> T:
        from pebble import ProcessExpired

        while not wait((self._future,), timeout=0.25).done:
            if self._pool.stopped:
                raise Lost("stopped")
        try:
            outcome = self._future.result()
        except ProcessExpired as error:
            raise Lost("crashed", f"exit status {error.exitcode}") from None
        except TimeoutError:
            raise Lost("time_limit") from None
        except CancelledError:
            raise Lost("stopped") from None
        return _settled(outcome)


class _NoJob(Generic[T]):
    """An item that came after the crew was stopped."""

    def result(self) -> T:
        raise Lost("stopped")


class Pool:
    """A crew of `size` spawned processes, each of which first calls `prepare` (picklable). Make it in the main thread:
    workers end when the thread that made them ends."""

    def __init__(
        self,
        size: int,
        items_a_process: int = ITEMS_A_PROCESS,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        from pebble import ProcessPool

        self.size = size
        self.stopped = False
        self._pool: Any = ProcessPool(
            max_workers=size,
            max_tasks=items_a_process,
            initializer=_begin,
            initargs=(os.getpid(), prepare),
            context=multiprocessing.get_context("spawn"),
        )
        self._pool.schedule(_ready)  # starts the processes now, while the rest gets ready

    def submit(self, work: Callable[..., T], *args: Any, seconds: float) -> Job[T]:
        try:
            return _PoolJob(self, self._pool.schedule(_guarded, args=(work, args), timeout=seconds))
        except RuntimeError:  # pebble's word for a pool that takes no more, or has no process left
            if self.stopped:
                return _NoJob()
            raise

    def stop(self) -> None:
        self.stopped = True
        self._pool.stop()
        with contextlib.suppress(TimeoutError):
            self._pool.join(timeout=3)

    def close(self) -> None:
        self._pool.close()
        self._pool.join()


class _Done(Generic[T]):
    def __init__(self, outcome: T | _Fault | DossierError) -> None:
        self._outcome = outcome

    def result(self) -> T:
        if isinstance(self._outcome, DossierError):
            raise self._outcome
        return _settled(self._outcome)


class InProcess:
    """Does each item at once, in this process and thread: for one small file, and for tests. It has no time limit."""

    size = 1

    def submit(self, work: Callable[..., T], *args: Any, seconds: float) -> Job[T]:
        try:
            return _Done(_guarded(work, args))
        except DossierError as error:
            return _Done(error)

    def stop(self) -> None:
        """Nothing is ever under way here."""

    def close(self) -> None:
        """Nothing is ever under way here."""
