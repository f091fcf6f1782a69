"""Settings: option over environment over file, and a wrong one is named by its place, never by its value."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UsageError
from pipeline.settings import OPTIONS, Limits, Settings, cores, load_settings

WHOLE = """
store = "s3://scans/2026"
reports = "./out"
work = "/var/lib/dossier"
workers = 3
engine = "tesseract"
as_of = 2026-11-02
lang = "en"
parameters = "bank/parameters.toml"
checklist = "bank/checklist.toml"
page_seconds = 60
case_seconds = 600.5

[limits]
max_bytes = 1000
max_pages = 10
max_pixels = 100
max_unpacked = 2000

[s3]
endpoint = "minio.bank:9000"
region = "cn-north-1"
access_key = "AKfile"
secret_key = "SKfile-0123"
session_token = "STfile"
secure = false
ca = "ca.pem"
timeout = 5
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to stand in: no dossier.toml of anybody counts."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "dossier.toml"
    path.write_text(WHOLE)
    return path


def test_defaults() -> None:
    """Nothing told: the local bucket, the contract's limits, a worker for each core."""
    settings = load_settings(None, {}, {})
    assert settings == Settings()
    assert (settings.store, settings.reports, settings.work) == ("./bucket", None, Path(".dossier"))
    assert settings.workers == cores() >= 1
    assert settings.limits == Limits(200_000_000, 1_000, 200_000_000, 2_000_000_000)
    assert settings.engine == "rapidocr"


def test_whole_file(config: Path) -> None:
    """Every setting of the file arrives, typed."""
    settings = load_settings(config, {}, {})
    assert settings == Settings(
        store="s3://scans/2026",
        reports="./out",
        work=Path("/var/lib/dossier"),
        workers=3,
        engine="tesseract",
        as_of=date(2026, 11, 2),
        lang="en",
        parameters=Path("bank/parameters.toml"),
        checklist=Path("bank/checklist.toml"),
        page_seconds=60.0,
        case_seconds=600.5,
        limits=Limits(1000, 10, 100, 2000),
        s3_endpoint="minio.bank:9000",
        s3_region="cn-north-1",
        s3_access_key="AKfile",
        s3_secret_key="SKfile-0123",
        s3_session_token="STfile",
        s3_secure=False,
        s3_ca=Path("ca.pem"),
        s3_timeout=5.0,
    )


def test_every_option_is_in_the_test_file(config: Path) -> None:
    """The file above holds every setting that there is."""
    told, plain = load_settings(config, {}, {}), Settings()
    for option in OPTIONS:
        holder, default = (told.limits, plain.limits) if hasattr(told.limits, option.name) else (told, plain)
        assert getattr(holder, option.name) != getattr(default, option.name), option.name


def test_file_of_the_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no file is named, dossier.toml of the current folder counts."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dossier.toml").write_text('lang = "en"')
    assert load_settings(None, {}, {}).lang == "en"


def test_order_of_sources(config: Path) -> None:
    """The option wins over the environment, the environment over the file; an option not given changes nothing."""
    environ = {"DOSSIER_WORKERS": "5", "DOSSIER_LANG": "zh", "DOSSIER_ENGINE": " "}
    settings = load_settings(config, environ, {"workers": 7, "store": None, "lang": None})
    assert settings.workers == 7
    assert settings.lang == "zh"
    assert settings.engine == "tesseract"
    assert settings.store == "s3://scans/2026"


def test_a_banks_own_files_may_come_from_the_environment(config: Path) -> None:
    """The places of a bank's parameters and checklist are said like every other setting; none means the program's own."""
    environ = {"DOSSIER_PARAMETERS": "p.toml", "DOSSIER_CHECKLIST": "c.toml"}
    settings = load_settings(config, environ, {})
    assert (settings.parameters, settings.checklist) == (Path("p.toml"), Path("c.toml"))
    assert (Settings().parameters, Settings().checklist) == (None, None)


def test_own_names_win_over_amazons(config: Path) -> None:
    """The usual AWS names are read, ours before them."""
    aws = {"AWS_ACCESS_KEY_ID": "AKaws", "AWS_SECRET_ACCESS_KEY": "SKaws", "AWS_REGION": "eu-west-1"}
    settings = load_settings(config, aws, {})
    assert (settings.s3_access_key, settings.s3_secret_key, settings.s3_region) == (
        "AKaws",
        "SKaws",
        "eu-west-1",
    )
    assert load_settings(config, {**aws, "DOSSIER_S3_ACCESS_KEY": "AKown"}, {}).s3_access_key == "AKown"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("stor = 1", "stor"),
        ("[s3]\nendpont = 'x'", "s3.endpont"),
        ("s3 = 'x'", "s3"),
        ("store = 5", "store"),
        ("workers = 0", "workers"),
        ("workers = '2.5'", "workers"),
        ("workers = true", "workers"),
        ("engine = 'paddle'", "engine"),
        ("as_of = '10.6.2026'", "as_of"),
        ("as_of = 2026-06-10T10:00:00", "as_of"),
        ("page_seconds = 0", "page_seconds"),
        ("page_seconds = nan", "page_seconds"),
        ("[s3]\nsecure = 'perhaps'", "s3.secure"),
        ("[limits]\nmax_pages = -1", "limits.max_pages"),
        ("[limits]\nmax_pages = [1]", "limits.max_pages"),
        ("store = ", "TOML"),
        ("store = 'a'\nstore = 'b'", "TOML"),
    ],
)
def test_wrong_file(config: Path, text: str, place: str) -> None:
    """An unknown key, a wrong type, a value out of range is wrong usage, with the file and the key."""
    config.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_settings(config, {}, {})
    assert str(config) in str(caught.value)
    assert place in str(caught.value)
    assert caught.value.status == 2


def test_named_file_must_be_there(tmp_path: Path) -> None:
    """A file that is named and not there is wrong usage."""
    with pytest.raises(UsageError, match="cannot be read"):
        load_settings(tmp_path / "none.toml", {}, {})


@pytest.mark.parametrize(("name", "value"), [("DOSSIER_WORKERS", "many"), ("DOSSIER_ENGINE", "x"), ("DOSSIER_S3_SECURE", "maybe")])  # fmt: skip
def test_wrong_environment(config: Path, name: str, value: str) -> None:
    """A wrong variable is named."""
    with pytest.raises(UsageError, match=name):
        load_settings(config, {name: value}, {})


@pytest.mark.parametrize(("overrides", "said"), [({"workers": 0}, "--workers"), ({"as_of": "x"}, "--as-of"), ({"colour": "red"}, "colour")])  # fmt: skip
def test_wrong_option(config: Path, overrides: dict[str, Any], said: str) -> None:
    """A wrong option is named as it is typed."""
    with pytest.raises(UsageError, match=said):
        load_settings(config, {}, overrides)


@pytest.mark.parametrize("form", [date(2026, 6, 10), "2026-06-10"])
def test_as_of_as_date_or_text(form: Any) -> None:
    """`--as-of` may come parsed or as text."""
    assert load_settings(None, {}, {"as_of": form}).as_of == date(2026, 6, 10)


@pytest.mark.parametrize(("endpoint", "host", "secure"), [("http://127.0.0.1:9000", "127.0.0.1:9000", False), ("https://s3.bank/", "s3.bank", True), ("s3.bank:9000", "s3.bank:9000", True)])  # fmt: skip
def test_scheme_of_the_endpoint(endpoint: str, host: str, secure: bool) -> None:
    """An endpoint may be given as an address: its scheme says whether TLS is spoken."""
    settings = load_settings(None, {"DOSSIER_S3_ENDPOINT": endpoint}, {})
    assert (settings.s3_endpoint, settings.s3_secure) == (host, secure)


@pytest.mark.parametrize(("endpoint", "secure"), [("http://h", "true"), ("https://h", "false"), ("ftp://h", ""), ("https://AK:SECRET0@h", "")])  # fmt: skip
def test_contradicting_endpoint(endpoint: str, secure: str) -> None:
    """A scheme against `secure`, an unknown scheme, keys in the address are refused, without repeating them."""
    with pytest.raises(UsageError) as caught:
        load_settings(None, {"DOSSIER_S3_ENDPOINT": endpoint, "DOSSIER_S3_SECURE": secure}, {})
    assert "SECRET0" not in str(caught.value) + caught.value.advice


def test_keys_are_never_shown(config: Path) -> None:
    """The settings can be printed and sent to a worker: the keys travel, and do not show."""
    settings = load_settings(config, {}, {})
    assert pickle.loads(pickle.dumps(settings)) == settings
    for secret in ("AKfile", "SKfile", "STfile"):
        assert secret not in repr(settings) + str(settings)


@pytest.mark.parametrize("text", ["[s3]\nsecret_key = 12345678", "[s3]\nsecret_key = ['12345678']", "[s3]\nsecret_key = 12345678x", "[s3]\nsecret_key = '12345678"])  # fmt: skip
def test_messages_hold_no_values(config: Path, text: str) -> None:
    """A message about a wrong value does not repeat it: it may be a key."""
    config.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_settings(config, {}, {})
    assert "12345678" not in str(caught.value) + caught.value.advice
