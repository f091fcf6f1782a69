"""The keys and urls of stores: none leads out of its folder, none that is unsafe is taken, and none is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UnsafeKey, UsageError
from pipeline.settings import Settings
from pipeline.stores import Item, check_key, flat_path, open_store, reports_url, safe_path

UNSAFE = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../x",
    "c/../../x",
    "c/..",
    "c/./x",
    "c//x",
    "c/",
    "c/a\0b",
    "C:/x",
    "C:\\x",
    "c/D:/x",
    "..\\..\\x",
    "c\\..\\x",
    "c/\udcff",
]


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize("key", UNSAFE)
def test_unsafe_key_is_refused(key: str, tmp_path: Path) -> None:
    """A key that would leave its folder, or that no folder can hold, gives no path at all."""
    with pytest.raises(UnsafeKey):
        safe_path(tmp_path, key)


@given(st.text(st.characters(), max_size=300), st.text(st.sampled_from("./\\:C\0a文"), max_size=12))
def test_no_key_leaves_the_root(text: str, hostile: str) -> None:
    """Whatever text is given as a key, the path lies below the root after the system has resolved it, or there is none."""
    root = Path("/srv/case")
    for key in (text, hostile, f"{hostile}/{text}", f"{text}/{hostile}"):
        try:
            path = safe_path(root, key)
        except UnsafeKey:
            continue
        assert os.path.normpath(path) == str(path)
        assert os.path.commonpath([root, path]) == str(root)
        assert path != root
        assert all(len(part.encode()) <= 255 for part in path.parts)
        assert len(os.fsencode(path)) < 4096


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=80, max_size=120), min_size=2, max_size=2, unique=True))  # fmt: skip
def test_different_keys_have_different_paths(names: list[str]) -> None:
    """Two names that only differ after the length of a file name still get two files."""
    head = "长" * 90
    first, second = (safe_path(Path("/r"), f"{head}{name}.jpg") for name in names)
    assert first != second
    assert flat_path(Path("/r"), names[0]) != flat_path(Path("/r"), names[1])


def test_deep_key_is_mapped() -> None:
    """A key of a thousand folders is one short path, not an error of the system."""
    deep = "/".join(["文件夹"] * 1000)
    assert len(str(safe_path(Path("/r"), deep))) < 100
    assert safe_path(Path("/r"), deep) != safe_path(Path("/r"), deep + "/x")


@pytest.mark.parametrize("key", UNSAFE)
def test_store_refuses_unsafe_keys(place: tuple[str, Settings], key: str, tmp_path: Path) -> None:
    """No operation of a store takes a key that would leave its folder, and nothing is written for it."""
    store = open_store(*place, writable=True)
    for use in (
        lambda: store.put(key, b"x", "image/png"),
        lambda: store.get(key),
        lambda: store.delete(key),
        lambda: store.fetch(Item(key, 1, ""), tmp_path / "target"),
    ):
        with pytest.raises(UnsafeKey):
            use()
    assert not (tmp_path / "target").exists()
    assert list(store.list()) == []


def test_key_parts() -> None:
    """A safe key is its parts."""
    assert check_key("客户/a b/c.jpg") == ("客户", "a b", "c.jpg")


# ---------------------------------------------------------------- urls


@pytest.mark.parametrize("url", ["http://x/y", "gs://bucket", "s3://", "s3://AK:SECRET0@bucket/x", "s3://B_D", "s3://bucket/../x", "file://host/x", "", " "])  # fmt: skip
def test_urls_that_name_no_store(url: str) -> None:
    """A url of no known kind is wrong usage, and what it holds (a key, perhaps) is not repeated."""
    with pytest.raises(UsageError) as caught:
        open_store(
            url, Settings(s3_endpoint="127.0.0.1:1", s3_access_key="AK", s3_secret_key="SK-0123456789")
        )
    assert "SECRET0" not in str(caught.value) + caught.value.advice


def test_reports_have_a_place_of_their_own(tmp_path: Path) -> None:
    """Reports go to ./reports or to the bucket beside, or where they are told to go."""
    told = Settings(reports="s3://elsewhere/x")
    assert reports_url("./bucket", Settings()) == "./reports"
    assert reports_url("s3://scans", Settings()) == "s3://scans-reports"
    assert reports_url("s3://scans/2026/高新", Settings()) == "s3://scans-reports/2026/高新"
    assert reports_url("./bucket", told) == "s3://elsewhere/x"


@pytest.mark.parametrize(("store", "reports"), [("./bucket", "./bucket"), ("./bucket", "bucket/reports"), ("s3://scans", "s3://scans/reports"), ("s3://scans/a", "s3://scans/a/b")])  # fmt: skip
def test_reports_never_lie_in_the_intake(store: str, reports: str) -> None:
    """Reports that would be read as a case on the next night are refused."""
    with pytest.raises(UsageError):
        reports_url(store, Settings(reports=reports))
