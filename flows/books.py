"""What stands of a night in Prefect's own books: its tag, its counts and link, and no run that is open for ever."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Mapping
from pathlib import Path


def tag_of(work: Path) -> str:
    """What marks the runs of a work folder; it does not tell the folder's name."""
    return f"dossier-{hashlib.sha256(str(work.resolve()).encode()).hexdigest()[:12]}"


def write_artifacts(counts: Mapping[str, int], index: str) -> None:
    """The counts of a night and the link to its index, from within its flow; no name of a case."""
    from prefect.artifacts import create_link_artifact, create_table_artifact

    create_table_artifact([dict(counts)], key="night-counts")
    link = index if "://" in index else Path(index).absolute().as_uri()
    create_link_artifact(link, link_text="index", key="night-index")


def close_stale(tag: str) -> int:
    """Closes runs of this work folder that a killed night left open; how many. Call it under the night's lock."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
        FlowRunFilterTags,
    )
    from prefect.client.schemas.objects import StateType
    from prefect.client.schemas.sorting import FlowRunSort
    from prefect.states import Crashed

    unfinished = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    wanted = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=unfinished)),
        tags=FlowRunFilterTags(all_=[tag]),
    )
    closed = 0
    with get_client(sync_client=True) as client:
        while runs := client.read_flow_runs(flow_run_filter=wanted, sort=FlowRunSort.ID_DESC, limit=100):
            for run in runs:
                client.set_flow_run_state(run.id, Crashed(message="CLOSED_AT_NEXT_START"), force=True)
                closed += 1
    return closed


def let_settle(tag: str, seconds: float = 5.0) -> None:
    """Waits until the server has written down how the tasks ended; for looking at only, so not for long."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterTags,
        TaskRunFilter,
        TaskRunFilterState,
        TaskRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType
    from prefect.client.schemas.sorting import TaskRunSort

    going = TaskRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
    until = time.monotonic() + seconds
    with contextlib.suppress(Exception), get_client(sync_client=True) as client:  # its books, not our work
        while time.monotonic() < until and client.read_task_runs(
            task_run_filter=TaskRunFilter(state=TaskRunFilterState(type=going)),
            flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=[tag])),
            sort=TaskRunSort.ID_DESC,
            limit=1,
        ):
            time.sleep(0.2)
