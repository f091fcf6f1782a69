"""What the benches share: a measured figure with its level, the machine's name, times and memory of processes."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
MB = 1e6
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value as it is shown, the level it is held against (empty: none), and whether that is reached."""

    what: str
    value: str
    level: str = ""
    reached: bool | None = None

    @property
    def mark(self) -> str:
        """A word for the table."""
        return "" if self.reached is None else "yes" if self.reached else "NO"


def at_most(what: str, value: float, level: float, unit: str, digits: int = 2) -> Figure:
    """A value that must not be above its level."""
    return Figure(what, f"{value:.{digits}f} {unit}".strip(), f"≤ {level:g} {unit}".strip(), value <= level)


def at_least(what: str, value: float, level: float, unit: str, digits: int = 2) -> Figure:
    """A value that must not be below its level."""
    return Figure(what, f"{value:.{digits}f} {unit}".strip(), f"≥ {level:g} {unit}".strip(), value >= level)


def plain(what: str, value: float, unit: str, digits: int = 2) -> Figure:
    """A value without a level."""
    return Figure(what, f"{value:.{digits}f} {unit}".strip())


# ---------------------------------------------------------------- the machine


def processor() -> str:
    """The processor's name as the kernel gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0))


def load() -> float:
    """How many processes wanted a processor over the last minute, on average."""
    return os.getloadavg()[0]


def versions() -> str:
    """The versions that decide about speed."""
    named = ("rapidocr", "onnxruntime", "openvino", "prefect", "pypdfium2", "pdfplumber", "numpy")
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in named)])


# ---------------------------------------------------------------- times


@dataclass(slots=True)
class Spent:
    """Seconds of the clock, and of processors (this process alone)."""

    wall: float = 0.0
    cpu: float = 0.0


def spent(work: Callable[[], object], times: int = 1) -> Spent:
    """The least wall time and the least processor time of `times` tries."""
    walls, cpus = [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Spent(min(walls), min(cpus))


def environment(**more: str) -> dict[str, str]:
    """What a child is told by its environment: nothing of an outside Prefect, store or work folder; and it may keep its
    compiled modules, as every installed program does."""
    foreign = ("PREFECT", "DOSSIER", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def child(
    *words: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None, status: int = 0
) -> tuple[str, Spent]:
    """Runs a Python program to its end: its stdout, its wall time, and the processor time of it and all its children.

    RuntimeError with its stderr where it does not end with `status`.
    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, *words],
        cwd=cwd, env=dict(env or environment()), capture_output=True, text=True, check=False,
    )  # fmt: skip
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != status:
        raise RuntimeError(f"{' '.join(words)[:200]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout, Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


# ---------------------------------------------------------------- processes


def memory(process: int | str = "self") -> tuple[float, float]:
    """MB that a process holds now (VmRSS), and the most it ever held (VmHWM)."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    held = {name: int(rest.split()[0]) * 1024 / MB for name, _, rest in (n.partition(":") for n in lines)
            if name in ("VmRSS", "VmHWM")}  # fmt: skip
    return held["VmRSS"], held["VmHWM"]


def descendants() -> Iterator[tuple[int, str]]:
    """The processes below this one, with their command lines."""
    parents: dict[int, int] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    below = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    for pid in sorted(below - {os.getpid()}):
        try:
            yield pid, Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        except OSError:
            continue


def cpu_of(process: int) -> float:
    """Seconds of processors that a living process has taken."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def cpu_of_all() -> float:
    """Seconds of processors that this process, its ended children and those alive below it have taken."""
    own = sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )
    return own + sum(cpu_of(pid) for pid, _ in descendants())
