"""What many tests share: a real S3 server, and stores of both kinds that are empty for each test."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from pipeline.settings import Settings
from pipeline.stores import base
from tests.servers import S3Server, s3_server

# A disk that waits is no failure, and the same code gives the same answer on every run.
hypothesis_settings.register_profile(
    "dossier", max_examples=50, deadline=None, derandomize=True, database=None
)
hypothesis_settings.load_profile("dossier")


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the garbage collector need not walk it, nor come so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def short_pauses() -> Iterator[None]:
    """Between two tries at a store the tests wait a hundredth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "PAUSE", 0.01)
        yield


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """One real S3 server for the session; every test takes a bucket of its own."""
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def s3_settings(s3: S3Server) -> Settings:
    """Settings that reach the session's S3 server."""
    return settings_for(s3)


@pytest.fixture
def s3_url(s3: S3Server) -> str:
    """The url of an empty bucket that nobody else uses."""
    return f"s3://{s3.new_bucket()}"


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.server)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Settings]:
    """The url of an empty place that is there, on a disk and on a real S3 server, with the settings that reach it."""
    if request.param == "folder":
        (tmp_path / "bucket").mkdir()
        return str(tmp_path / "bucket"), Settings(work=tmp_path / "work")
    server: S3Server = request.getfixturevalue("s3")
    return f"s3://{server.new_bucket()}/intake/客户", replace(settings_for(server), work=tmp_path / "work")


def settings_for(server: S3Server) -> Settings:
    """Settings with the keys of a server of the tests."""
    return Settings(
        s3_endpoint=server.endpoint,
        s3_access_key=server.access_key,
        s3_secret_key=server.secret_key,
        s3_secure=server.secure,
        s3_timeout=5.0,
    )
