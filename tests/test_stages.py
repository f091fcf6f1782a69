"""The stages of a case, called as plain functions: what is fetched, opened, read, and judged where a page was lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from flows.stages import Kit, LostPage, Papers, fetch, in_doubt, judged, kit_of, read_case, run_case
from flows.workers import InProcess
from pipeline.errors import UsageError
from pipeline.ocr import EngineSpec
from pipeline.settings import Limits, Settings
from pipeline.stores import open_store


@pytest.fixture
def kit(tmp_path) -> Kit:
    """A kit with an engine that sees nothing, so that only the way is tested."""
    settings = Settings(
        store=str(tmp_path / "bucket"), work=tmp_path / "work", limits=Limits(max_pixels=10_000)
    )
    return Kit(settings, EngineSpec("blank", "1"), date(2026, 6, 10), "run-1", str(tmp_path / "reports"))


def picture(path: Path, colour: str, side: int = 40) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (side, side), colour).save(path)
    return path


def test_fetching_leaves_litter_and_what_is_gone_and_tells_of_what_is_torn(tmp_path, kit):
    """System files are passed over, a vanished object is not of the case any more, one that never holds still is a finding."""
    case = tmp_path / "bucket" / "c1"
    for name in ("a.png", "深 处/b.png", "gone.png", "torn.png", "Thumbs.db", "__MACOSX/x"):
        picture(case / "p.png", "white").rename(case / "p")
        (case / name).parent.mkdir(exist_ok=True)
        (case / "p").rename(case / name)
    store = open_store(kit.settings.store, kit.settings)
    items = list(store.list("c1/"))
    (case / "gone.png").unlink()
    items = [replace(item, etag="other") if item.key.endswith("torn.png") else item for item in items]
    papers = fetch(store, "c1", items, tmp_path / "copies")
    assert set(papers.paths) == {"a.png", "深 处/b.png"}
    assert papers.paths["深 处/b.png"].read_bytes() == (case / "深 处" / "b.png").read_bytes()
    assert [(f.code, f.key, f.params["reason"]) for f in papers.said] == [
        ("FILE_CORRUPT", "torn.png", "changes_while_read")
    ]


def test_a_copy_is_read_once_and_a_bad_file_stops_nobody(tmp_path, kit):
    """Each file has its finding, whatever it calls itself, and the good one its page."""
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "empty.pdf").touch()
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog")
    picture(tmp_path / "a.png", "white")
    picture(tmp_path / "b.png", "white")
    picture(tmp_path / "large.png", "white", 200)
    papers = Papers("c1", {path.name: path for path in tmp_path.iterdir() if path.is_file()})
    dossier = read_case(papers, kit, InProcess())
    codes = {file.key: [finding.code for finding in file.findings] for file in dossier.files}
    assert codes == {
        "a.png": [],
        "b.png": ["FILE_DUPLICATE"],
        "broken.pdf": ["FILE_CORRUPT"],
        "empty.pdf": ["FILE_EMPTY"],
        "large.png": ["FILE_TOO_LARGE"],
        "text.jpg": ["FILE_UNSUPPORTED"],
    }
    pages = {file.key: len(file.pages) for file in dossier.files}
    assert {key for key, count in pages.items() if count} == {"a.png"}
    assert dossier.lost == ()


def test_a_broken_application_is_a_finding_and_the_case_goes_on(tmp_path, kit):
    """application.yaml is no paper of the case; what cannot be taken of it is told, and the day is that of the run."""
    (tmp_path / "application.yaml").write_text("applicants: [\n", encoding="utf-8")
    picture(tmp_path / "a.png", "white")
    dossier = read_case(
        Papers("c1", {p.name: p for p in tmp_path.iterdir() if p.is_file()}), kit, InProcess()
    )
    assert [file.key for file in dossier.files] == ["a.png"]
    result = judged(dossier, kit)
    assert "APPLICATION_INVALID" in {finding.code for finding in result.judgement.findings}
    assert result.as_of == date(2026, 6, 10)


def test_the_day_of_submission_wins(tmp_path, kit):
    """Freshness is judged on `submitted_on` where the application has one; then a case need not be run again as days pass."""
    (tmp_path / "application.yaml").write_text("submitted_on: 2026-05-01\n", encoding="utf-8")
    settled, lost = run_case(
        Papers("c1", {"application.yaml": tmp_path / "application.yaml"}), kit, InProcess()
    )
    assert settled.as_of == date(2026, 5, 1)
    assert settled.submitted is True
    assert lost == ()


def test_reports_of_the_same_papers_are_the_same_bytes(tmp_path, kit):
    """Whatever the run, the pages of a report do not change; only `run` and `since_last` may."""
    path = picture(tmp_path / "a.png", "white")
    papers = Papers("c1", {"a.png": path})
    run_case(papers, kit, InProcess())
    first = {p.name: p.read_bytes() for p in (tmp_path / "reports" / "c1").iterdir()}
    run_case(papers, kit, InProcess())
    second = {p.name: p.read_bytes() for p in (tmp_path / "reports" / "c1").iterdir()}
    assert set(first) == {"report.html", "report.json", "report.xlsx"}
    assert first == second


def test_since_last_compares_with_the_findings_before(tmp_path, kit):
    """What the ledger remembers of other papers shows as cleared, open and new."""
    import json

    papers = Papers("c1", {"a.png": picture(tmp_path / "a.png", "white")})
    settled, _ = run_case(papers, kit, InProcess(), before=None)
    kept = settled.findings[0]
    run_case(papers, kit, InProcess(), before=(kept, "gone"))
    report = json.loads((tmp_path / "reports" / "c1" / "report.json").read_text(encoding="utf-8"))
    assert report["since_last"]["cleared"] == ["gone"]
    assert report["since_last"]["open"] == [kept]
    assert sorted([*report["since_last"]["open"], *report["since_last"]["new"]]) == sorted(settled.findings)


def test_a_lost_page_accuses_nobody_of_what_is_missing(tmp_path, kit):
    """Where we failed to read a page, absences are unsure and name it, and a person must look: neither pass nor supplement."""
    papers = Papers("c1", {"a.png": picture(tmp_path / "a.png", "white")})
    judgement = judged(read_case(papers, kit, InProcess()), kit).judgement
    assert any(check.code == "MATERIAL_MISSING" and check.outcome == "raised" for check in judgement.checks)
    doubtful = in_doubt(judgement, [LostPage("a.png", 1, "crashed")])
    assert doubtful.verdict == "review"
    assert "1" in doubtful.why["zh"]
    assert not [finding for finding in doubtful.findings if finding.code == "MATERIAL_MISSING"]
    (check,) = {c.code: c for c in doubtful.checks if c.code == "MATERIAL_MISSING"}.values()
    assert (check.outcome, check.why) == ("unsure", {"reason": "unreadable", "needs": ["a.png#1"]})


def test_the_recipe_follows_what_decides_a_report(kit):
    """Another engine, language, limit or place of reports makes every case run again; workers and time limits do not."""
    for other in (
        replace(kit, engine=EngineSpec("blank", "2")),
        replace(kit, reports="elsewhere"),
        replace(kit, settings=replace(kit.settings, lang="en")),
        replace(kit, settings=replace(kit.settings, limits=Limits())),
    ):
        assert other.recipe != kit.recipe
    assert (
        replace(kit, run="run-2", settings=replace(kit.settings, workers=9, page_seconds=1)).recipe
        == kit.recipe
    )


PARAMETERS = '[[payment_to_income_limit]]\nvalue = "{0}"\nfrom = 2020-01-01\nsource = "本行信贷政策"\n'
CHECKLIST = '[[row]]\nwho = "applicant"\nmaterial = "{0}"\nneed = "asked"\n'


def with_own_files(tmp_path: Path, limit: str = "0.40", material: str = "pay_stub") -> Kit:
    """The kit of a run whose settings name a bank's own files."""
    (tmp_path / "p.toml").write_text(PARAMETERS.format(limit), "utf-8")
    (tmp_path / "c.toml").write_text(CHECKLIST.format(material), "utf-8")
    settings = Settings(work=tmp_path / "work", parameters=tmp_path / "p.toml", checklist=tmp_path / "c.toml")
    return replace(kit_of(settings, None, measure=False), engine=EngineSpec("blank", "1"))


def test_a_banks_own_files_decide_what_is_asked_for_and_by_which_numbers(tmp_path):
    """The parameters of the report and the rows of its table are those of the files that the settings name."""
    papers = Papers("c1", {"a.png": picture(tmp_path / "a.png", "white")})
    kit = with_own_files(tmp_path)
    result = judged(read_case(papers, kit, InProcess()), kit)
    assert [row.material for row in result.judgement.materials] == ["pay_stub"]
    assert result.judgement.parameters["payment_to_income_limit"]["value"] == "0.40"
    assert result.judgement.parameters["payment_to_income_limit"]["source"] == "本行信贷政策"
    assert "checklist" in result.versions


def test_a_changed_file_of_the_bank_runs_every_case_again(tmp_path):
    """The recipe follows what the files say, not how they are laid out."""
    before = with_own_files(tmp_path).recipe
    assert with_own_files(tmp_path).recipe == before
    assert with_own_files(tmp_path, limit="0.45").recipe != before
    assert with_own_files(tmp_path, material="id_card").recipe != before
    (tmp_path / "c.toml").write_text("# 备注\n" + CHECKLIST.format("pay_stub"), "utf-8")
    (tmp_path / "p.toml").write_text("# 备注\n" + PARAMETERS.format("0.40"), "utf-8")
    settings = Settings(work=tmp_path / "work", parameters=tmp_path / "p.toml", checklist=tmp_path / "c.toml")
    again = replace(kit_of(settings, None, measure=False), engine=EngineSpec("blank", "1"))
    assert again.recipe == before


@pytest.mark.parametrize("name", ["parameters", "checklist"])
def test_a_bank_file_that_is_not_there_stops_the_run_before_it_begins(tmp_path, name):
    """A place that is wrong is wrong usage, told with the file, and no case is judged by other rules than the bank's."""
    settings = replace(Settings(work=tmp_path / "work"), **{name: tmp_path / "none.toml"})
    with pytest.raises(UsageError, match=r"none\.toml"):
        kit_of(settings, None, measure=False)
