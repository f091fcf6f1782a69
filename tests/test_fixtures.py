"""The frame of the fixtures, the three papers drawn as pictures, and the sample cases."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import pypdfium2
import pytest
import yaml
from PIL import Image, ImageStat
from stdnum import luhn
from stdnum.cn import ric

from fixtures import broken, cases, degrade, fonts, people, seal, sets, stories, words
from fixtures.canvas import Pen
from fixtures.paper import Paper, Truth
from fixtures.papers import id_card, income_certificate, marriage_certificate
from validators.catalogue import CATALOGUE

PICTURES = (id_card, marriage_certificate, income_certificate)
DRAWINGS = [(module, layout) for module in PICTURES for layout in (*module.LAYOUTS, *module.WIDENED)]


@cache
def drawn(module: Any, layout: str) -> Paper:
    """An invented paper in a layout, drawn once for all that look at it."""
    paper: Paper = module.draw(layout, invented(module), 11)
    return paper


@cache
def invented(module: Any) -> Truth:
    """The truth of that paper."""
    truth: Truth = module.invent(random.Random(11))
    return truth


@cache
def made(type_: str, quality: sets.Quality, index: int) -> sets.Drawn:
    """A paper of a set in its file, made once."""
    return sets.make(type_, "develop", quality, index, 7)


@cache
def draft(name: str) -> stories.Draft:
    """The draft of a case, made once."""
    return cases.CASES[name].draft()


def rows(name: str, key: str = "statement_a") -> list[dict[str, str]]:
    """The rows of a case's statement."""
    found: list[dict[str, str]] = draft(name).truths[key]["tables"]["transactions"]
    return found


def breaks(name: str, key: str = "statement_a") -> int:
    """How many balances do not follow from the one before."""
    truth = draft(name).truths[key]
    balance, count = Decimal(truth["fields"]["opening_balance"]), 0
    for row in truth["tables"]["transactions"]:
        count += balance + Decimal(row["amount"]) != Decimal(row["balance"])
        balance = Decimal(row["balance"])
    return count


# ---------------------------------------------------------------- people, words, fonts, seals


def test_invented_people_have_numbers_that_prove_themselves() -> None:
    """Check character, birth date and sex of 300 people agree with what their cards say."""
    rng = random.Random(4)
    for _ in range(300):
        who = people.person(rng)
        assert ric.calc_check_digit(who.id_number) == who.id_number[-1]
        assert who.id_number[6:14] == f"{who.birth:%Y%m%d}"
        assert int(who.id_number[16]) % 2 == (who.sex == "M")
        assert who.address.startswith(people.REGIONS[who.id_number[:6]])
        assert len(who.old_number) == 15


def test_the_numbers_of_the_standard_are_made_again() -> None:
    """The examples of GB 11643 come out with their own check characters."""
    assert people.id_number("110105", date(1949, 12, 31), 2) == "11010519491231002X"
    assert people.id_number("440524", date(1880, 1, 1), 1) == "440524188001010014"


@pytest.mark.parametrize(
    ("issued", "until"),
    [
        (date(2005, 3, 6), date(2015, 3, 6)),
        (date(2014, 3, 6), date(2024, 3, 6)),
        (date(2014, 3, 7), date(2034, 3, 7)),
        (date(2034, 3, 7), None),
    ],
)
def test_a_card_holds_as_long_as_the_age_at_issue_says(issued: date, until: date | None) -> None:
    """Ten years to the day before 26, twenty from then on, for good from 46 on."""
    assert people.term(date(1988, 3, 7), issued) == until


def test_account_numbers_have_their_luhn_digit() -> None:
    """A drawn account number, and each of the cases', passes the check of cards."""
    rng = random.Random(1)
    numbers = [people.account(rng) for _ in range(20)]
    numbers += [
        draft(name).truths["statement_a"]["fields"]["account_number"]
        for name in ("C01-complete", "C13-page-missing")
    ]
    assert all(luhn.is_valid(number) for number in numbers)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1005000", "壹佰万零伍仟元整"),
        ("18088.75", "壹万捌仟零捌拾捌元柒角伍分"),
        ("10000", "壹万元整"),
        ("25000", "贰万伍仟元整"),
        ("20500.05", "贰万零伍佰元零伍分"),
        ("300100.40", "叁拾万零壹佰元肆角整"),
        ("38000", "叁万捌仟元整"),
    ],
)
def test_amounts_are_written_in_upper_case_numerals(amount: str, text: str) -> None:
    """The vectors of the grammar, zeros in the gaps included."""
    assert words.upper(Decimal(amount)) == text


def test_slots_hold_a_digit_for_every_unit() -> None:
    """A pre-printed row of units is filled with zeros."""
    assert words.slots(Decimal(25_000)) == "贰万伍仟零佰零拾零元整"
    assert words.slots(Decimal(8_060)) == "零万捌仟零佰陆拾零元整"


def test_each_set_of_papers_uses_its_own_fonts() -> None:
    """No face serves two of the three sets, and every face is one that is declared."""
    sets_ = (fonts.DEVELOP, fonts.WIDENED, fonts.HELD_OUT)
    assert sum(map(len, sets_)) == len({face for faces in sets_ for face in faces})
    assert {face for faces in sets_ for face in faces} <= set(fonts.FAMILIES)


def test_a_font_that_is_not_there_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who lacks a font reads which package to install."""
    monkeypatch.setattr(fonts, "_installed", dict)
    with pytest.raises(fonts.FontMissing, match="apt install fonts-wqy-zenhei"):
        fonts.path("zenhei")


def test_no_paper_shows_an_empty_box() -> None:
    """A tick that Chinese faces lack is drawn with another; a character that no face has is an error."""
    assert Pen("sungti", 30).width("☑") > 0
    with pytest.raises(ValueError, match="U\\+13000"):
        Pen("sungti", 30).width("\U00013000")


def test_print_under_a_seal_stays_dark_and_the_seal_is_red() -> None:
    """Pressing multiplies: black stays black, white becomes ink, the rest of the page stays white."""
    page = Image.new("RGB", (400, 400), "white")
    page.paste((20, 20, 20), (150, 190, 250, 210))
    stamped = np.asarray(seal.press(page, seal.seal("北京云帆软件有限公司", 3), (200, 200))).astype(int)
    assert stamped[195:205, 160:240].max() <= 30
    ink = (stamped[:, :, 0] - stamped[:, :, 2]) > 90
    assert 0.04 < ink.mean() < 0.4
    assert (stamped[:20] == 255).all()


# ---------------------------------------------------------------- papers


@pytest.mark.ocr
@pytest.mark.parametrize(("module", "layout"), DRAWINGS, ids=[f"{m.TYPE}-{name}" for m, name in DRAWINGS])
def test_every_layout_draws_what_its_truth_says(module: Any, layout: str) -> None:
    """As slow as reading, all together: a drawn paper is of its type and layout, has ink, and its truth holds only fields that are not empty."""
    paper = drawn(module, layout)
    assert (paper.type, paper.layout, paper.truth["type"]) == (module.TYPE, layout, module.TYPE)
    assert paper.truth["fields"]
    assert all(value for value in paper.truth["fields"].values())
    for page in paper.images:
        assert ImageStat.Stat(page.convert("L")).stddev[0] > 5


@pytest.mark.parametrize("module", PICTURES, ids=lambda module: module.TYPE)
def test_develop_and_widened_layouts_are_others(module: Any) -> None:
    """There are at least three layouts to develop with and two that widen them, none of them the same."""
    assert len(module.LAYOUTS) >= 3
    assert len(module.WIDENED) >= 2
    assert not set(module.LAYOUTS) & set(module.WIDENED)


@pytest.mark.parametrize(
    ("type_", "quality", "index"),
    [
        ("id_card", "scan", 1),
        ("marriage_certificate", "clean", 0),
        pytest.param("income_certificate", "photo", 0, marks=pytest.mark.ocr),
    ],
)
def test_the_same_seed_draws_the_same_bytes(type_: str, quality: sets.Quality, index: int) -> None:
    """A paper of a set is the same every time."""
    first, again = made(type_, quality, index), sets.make(type_, "develop", quality, index, 7)
    assert first.data == again.data
    assert first.entry() == again.entry()


def test_another_seed_draws_another_paper() -> None:
    """Papers of different seeds differ in what they say and in their bytes."""
    first = made("marriage_certificate", "clean", 0)
    other = sets.make("marriage_certificate", "develop", "clean", 0, 8)
    assert first.data != other.data
    assert first.paper.truth != other.paper.truth


def test_a_card_of_one_side_says_nothing_of_the_other() -> None:
    """The truth of a front has no term, that of a back no name."""
    front, back = (drawn(id_card, side).truth["fields"] for side in ("front", "back"))
    assert front["sides"] == ["front"]
    assert "valid_until" not in front
    assert back["sides"] == ["back"]
    assert "name" not in back


def test_a_reissued_certificate_keeps_the_day_and_changes_the_number() -> None:
    """The number of a re-issue begins with BJ and carries the year of the re-issue."""
    truth = invented(marriage_certificate)
    fields = drawn(marriage_certificate, "reissue").truth["fields"]
    assert fields["registration_date"] == truth["fields"]["registration_date"]
    assert fields["certificate_number"].startswith("BJ")
    assert fields["certificate_number"][9:13] >= "2021"


@pytest.mark.ocr
def test_scans_and_photos_have_the_sizes_of_scanners_and_phones() -> None:
    """Copies stay within 200 dpi of A4, photos within what a messenger passes on."""
    page = drawn(income_certificate, "points").images[0]
    for seed in range(3):
        copy = degrade.degrade(page, "scan", seed)
        assert min(copy.size) >= 900
        assert max(copy.size) <= 2400
    photo = Image.open(io.BytesIO(made("income_certificate", "photo", 0).data))
    assert min(photo.size) >= 1080
    assert max(photo.size) <= 2600


@pytest.mark.parametrize("fmt", degrade.FORMATS)
def test_pages_are_packed_into_files_that_open(fmt: str) -> None:
    """Each format opens again with its pages; those of one page refuse two."""
    pages = [Image.new("RGB", (300, 200), shade) for shade in ("white", "grey")]
    if fmt not in ("tiff", "pdf"):
        assert Image.open(io.BytesIO(degrade.as_file(pages[:1], 80, fmt))).size == (300, 200)
        with pytest.raises(ValueError, match="one page"):
            degrade.as_file(pages, 80, fmt)
    elif fmt == "tiff":
        assert getattr(Image.open(io.BytesIO(degrade.as_file(pages, 80, fmt))), "n_frames", 1) == 2
    else:
        assert len(pypdfium2.PdfDocument(degrade.as_file(pages, 80, fmt))) == 2


@pytest.mark.ocr
def test_a_set_is_written_with_its_truth(tmp_path: Path) -> None:
    """`papers` leaves a file for each row of truth.json, the layouts taking turns."""
    list(sets.write(tmp_path, ["id_card"], "widened", ["clean"], 2, 1))
    entries = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert [entry["layout"] for entry in entries] == list(id_card.WIDENED[:2])
    assert all((tmp_path / entry["file"]).stat().st_size for entry in entries)


# ---------------------------------------------------------------- cases


def test_the_golden_pay_is_that_of_the_vectors() -> None:
    """Net pay of both, month by month, and its mean: tax by the cumulative method, fund and insurance taken off."""
    a, b = ([slip.net for slip in stories.pay(job)] for job in (cases.A_JOB, cases.B_JOB))
    first = ["18087.50", "17037.50", "18988.75", "18988.75", "18805.00", *["18087.50"] * 7]
    second = ["13055.00"] * 2 + ["13681.50"] * 4 + ["13069.00"] + ["13055.00"] * 5
    assert a == [Decimal(text) for text in first]
    assert b == [Decimal(text) for text in second]
    assert (mean(a), mean(b)) == (Decimal("18210.00"), Decimal("13265.00"))


def test_paydays_fall_on_the_nearest_earlier_working_day() -> None:
    """The 15th, moved before weekends and holidays; 14 February 2026 is a working Saturday."""
    days = [slip.pay_date for slip in stories.pay(cases.A_JOB)]
    told = "1114 1215 0115 0214 0313 0415 0515 0615 0715 0814 0915 1015"
    assert [f"{day:%m%d}" for day in days] == told.split()
    assert date(2026, 9, 20) in [slip.pay_date for slip in stories.pay(cases.ODD_JOB)]


@pytest.mark.parametrize("name", [name for name in cases.CASES if name != "C17-bad-files"])
def test_balances_chain_in_every_case_but_one(name: str) -> None:
    """Each balance follows from the one before; in the case of the edited salary it breaks at one row."""
    assert breaks(name) == (1 if name == "C11-chain-broken" else 0)


@pytest.mark.parametrize("name", [name for name in cases.CASES if name != "C17-bad-files"])
def test_slips_agree_with_credits_but_where_the_case_says(name: str) -> None:
    """The net pay of each slip stands in the statement; the two edited ones do not."""
    stub = draft(name).truths["stub_a"]
    credits = [row["amount"] for row in rows(name) if row.get("counterparty") == stub["fields"]["employer"]]
    missing = [slip["period"] for slip in stub["tables"]["payslips"] if slip["net_pay"] not in credits]
    # In the chain case other months pay the same sum, so only the count of credits tells.
    assert missing == (["2026-09"] if name == "C10-slip-net" else [])
    assert credits.count("28087.50") == (name == "C11-chain-broken")


def fields(name: str, key: str) -> Mapping[str, Any]:
    """The fields of one truth of a case."""
    found: Mapping[str, Any] = draft(name).truths[key]["fields"]
    return found


def test_each_variant_alters_its_one_thing() -> None:
    """What a variant's story says is in its truths, and can be seen there."""
    altered = fields("C02-id-checksum", "card_a")["id_number"]
    assert ric.calc_check_digit(altered) != altered[-1]
    assert fields("C02-id-checksum", "certificate_a")["id_number"] != altered
    card = fields("C03-id-sex", "card_a")
    assert (card["sex"] == "M") != bool(int(card["id_number"][16]) % 2)
    assert fields("C04-card-expired", "card_b")["valid_until"] < stories.AS_OF.isoformat()
    assert sorted(fields("C05-certificate-number", "certificate_a")["id_number"]) == sorted(
        fields("C05-certificate-number", "card_a")["id_number"]
    )
    assert (
        fields("C05-certificate-number", "certificate_a")["id_number"]
        != fields("C05-certificate-number", "card_a")["id_number"]
    )
    wife = draft("C06-spouse-number").truths["marriage"]["tables"]["persons"][1]
    assert wife["name"] == fields("C06-spouse-number", "card_b")["name"]
    assert wife["id_number"] != fields("C06-spouse-number", "card_b")["id_number"]
    certificate = fields("C07-amount-words", "certificate_a")
    assert words.upper(Decimal(certificate["monthly_income"])) != certificate["monthly_income_words"]
    lines = draft("C09-slip-lines").truths["stub_a"]["tables"]
    gross = Decimal(lines["payslips"][0]["gross_pay"])
    assert gross - sum(Decimal(row["amount"]) for row in lines["items"]) == 800
    credits = sum(Decimal(row["amount"]) for row in rows("C12-totals") if Decimal(row["amount"]) > 0)
    assert Decimal(fields("C12-totals", "statement_a")["total_in"]) - credits == 30_000


@pytest.mark.parametrize("name", list(cases.CASES))
def test_an_application_is_written_as_it_was_meant(name: str) -> None:
    """The YAML of a case loads to the very values of its draft; every case is submitted on the same day."""
    meant = draft(name).application
    assert meant is not None
    assert yaml.safe_load("\n".join(cases.yaml(meant))) == meant
    assert meant["submitted_on"] == date(2026, 11, 2)


@pytest.mark.parametrize("name", list(cases.CASES))
def test_expected_verdicts_follow_from_the_findings(name: str) -> None:
    """None above low: pass; only of intake and completeness: supplement; any other: review."""
    sample = cases.CASES[name]
    codes = {finding["code"] for finding in sample.findings}
    mild = all(CATALOGUE[code].category in ("intake", "completeness") for code in codes)
    assert sample.verdict == ("pass" if not codes else "supplement" if mild else "review")


def test_the_demo_has_every_verdict_and_few_pictures() -> None:
    """Eight cases, all three verdicts, at most 35 pages that need OCR."""
    assert len(cases.DEMO) == 8
    assert {cases.CASES[name].verdict for name in cases.DEMO} == {"pass", "supplement", "review"}
    pictures = [plan for name in cases.DEMO for plan in draft(name).prints if plan.fmt != "pdf"]
    assert len(pictures) <= 35


def test_a_case_is_written_with_what_is_expected_of_it(tmp_path: Path) -> None:
    """The folder has the case's files under their own names, expected.json lies beside it with each paper's truth."""
    cases.write(tmp_path / "bucket", ["C13-page-missing"])
    folder = tmp_path / "bucket" / "C13-page-missing"
    expected = json.loads((tmp_path / "expected.json").read_text(encoding="utf-8"))["C13-page-missing"]
    assert {paper["file"] for paper in expected["papers"]} | {"application.yaml"} == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }
    text = [
        page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(folder / "流水/银行流水.pdf")
    ]
    assert not any("第5页" in page for page in text)
    assert any("第6页" in page for page in text)


def test_broken_files_are_broken_as_they_are_named() -> None:
    """The PDFs do not open, the picture is valid and enormous, yet small on disk."""
    for data in (broken.corrupt_pdf(), broken.encrypted_pdf("secret")):
        with pytest.raises(pypdfium2.PdfiumError):
            pypdfium2.PdfDocument(data)
    assert len(pypdfium2.PdfDocument(broken.encrypted_pdf("secret"), password="secret")) == 1
    data = broken.enormous_png()
    assert data[16:24] == (30_000).to_bytes(4, "big") * 2
    assert len(data) < 1_000_000
