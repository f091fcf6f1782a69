"""report.html: one closed page, everything escaped, every finding with its place; and it opens in a real browser."""

from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.model import Check, Evidence, Finding
from pipeline.report import case_html, write_case
from pipeline.report.consistency import comparisons
from pipeline.report.crops import LARGEST, MOST, Cutter, cut, groups
from pipeline.report.masks import mask_sentence, masked, visible
from pipeline.report.ratios import ratios
from pipeline.report.view import check_views
from pipeline.result import CaseResult, MaterialState
from tests.sample_result import (
    CATALOGUE,
    HIGH,
    HOSTILE,
    MAIN,
    MAIN_ID,
    OTHER_ID,
    SPOUSE,
    SPOUSE_ID,
    WIDE,
    Drawn,
    build,
    quiet,
    sample,
)

VOID = {"meta", "input", "img", "br"}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Read(HTMLParser):
    """The page as a browser would take it: its elements, its text, and that every element is closed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.chinese: list[str] = []
        self.english = 0
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.english += self.english > 0 or (dict(attrs).get("lang") == "en" and tag == "span")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.english -= self.english > 0

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)
            if not self.english:
                self.chinese.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def zh(self) -> str:
        """What shows while the switch stands at Chinese."""
        return " ".join(" ".join(self.chinese).split())

    def all(self, tag: str) -> list[Mapping[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def page(result: CaseResult, drawn: Drawn | None, lang: str = "zh") -> Read:
    return Read(case_html(result, CATALOGUE, drawn, lang))


@cache
def made(hostile: bool) -> tuple[str, Read]:
    """The sample case's page, and what a browser takes it for: made once for all tests that only look at it."""
    source = case_html(sample(hostile)[0], CATALOGUE, sample(hostile)[1])
    return source, Read(source)


def markup(hostile: bool = False) -> str:
    """The page of the sample case."""
    return made(hostile)[0]


def shown(hostile: bool = False) -> Read:
    """The page of the sample case as a browser takes it."""
    return made(hostile)[1]


@cache
def blank(size: tuple[int, int]) -> Image.Image:
    return Image.new("RGB", size, "white")


def test_nothing_in_it_runs_or_is_fetched() -> None:
    """No script, no handler, no source but data; links go to places in the page or to the two files beside it."""
    for hostile in (False, True):
        read = shown(hostile)
        names = {name for name, _ in read.tags}
        assert not names & {"script", "iframe", "object", "embed", "link", "base", "form", "svg", "video"}
        for _, attrs in read.tags:
            assert not [key for key in attrs if key.startswith("on") or key == "style"]
        assert all(str(img["src"]).startswith("data:image/jpeg;base64,") for img in read.all("img"))
        assert all(re.match(r"#|report\.(xlsx|json)$", str(a["href"])) for a in read.all("a"))
        policy = next(
            m["content"] for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy"
        )
        assert policy is not None
        assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")


def test_hostile_names_and_readings_are_shown_as_what_they_are() -> None:
    """Markup in file names, values, sentences and versions stays text, and marks that turn the line are spelled out."""
    source = markup(hostile=True)
    assert "<script" not in source
    assert "<img src=x" not in source
    assert "\u202e" not in source
    assert "\x07" not in source
    assert "&lt;script&gt;" in source
    read = shown(hostile=True)
    assert visible(HOSTILE) in read.text
    assert "⟨U+202E⟩" in read.text


def test_the_top_says_the_verdict_and_why() -> None:
    """The verdict in words, the line on why, the counts, the loan and the borrower under the mask."""
    text = shown().zh
    for part in (
        "人工重点核查",
        "3 项重大发现",
        "3 重大",
        "¥ 1,200,000.00",
        "3.45 %",
        "等额本息",
        "欧阳**",
        "510107********264X",
    ):
        assert part in text
    assert text.index("人工重点核查") < text.index("材料清单 应收")


def test_every_finding_is_there_with_what_would_clear_it() -> None:
    """Each finding has its title, sentence, clearing sentence in both languages, and its code."""
    result, _ = sample()
    text = shown().text
    for found in result.judgement.findings:
        entry = CATALOGUE[found.code]
        assert found.code in text
        assert entry.title["zh"] in text
        assert entry.title["en"] in text
        assert entry.clears(found, "zh") in text
    assert "新增" in text


def test_findings_stand_by_severity() -> None:
    """High ones come before medium ones before notes, whatever their order was."""
    read = shown()
    levels = [str(a["class"]).split()[1] for a in read.all("article")]
    assert levels == sorted(levels, key=["s-high", "s-medium", "s-low", "s-info"].index)


def test_disputed_values_show_what_differs_and_hide_the_rest() -> None:
    """Both numbers stand side by side, equal middles masked, differing digits marked, never in full."""
    source = markup()
    assert "<mark>35</mark>" in source
    assert "<mark>53</mark>" in source
    assert all(number not in source for number in (MAIN_ID, SPOUSE_ID, OTHER_ID))
    assert f"{MAIN}身份证有效期" not in source


def test_digits_that_differ_in_the_middle_stay_in_the_open() -> None:
    """A difference under the mask would be no evidence: it is shown, and a disputed name too."""
    assert masked("id_number", "510107198803152646", ["510107198813152646"]) == "510107****0***2646"
    assert masked("name", MAIN, ["欧阳文净"]) == MAIN
    assert masked("name", MAIN, [MAIN]) == "欧阳**"
    assert masked("employer", "成都天府软件有限公司") == "成都天府软件有限公司"
    assert masked("phone", "13800001234") == "138****1234"
    assert masked("address", "成都市武侯区人民南路四段27号") == "成都市武侯区人民南路****"
    assert mask_sentence(f"{MAIN}与{SPOUSE}", [MAIN, SPOUSE], [SPOUSE]) == f"欧阳**与{SPOUSE}"


def test_values_declared_in_the_application_are_masked_like_read_ones() -> None:
    """A path into application.yaml is the field at its end: its number stands under the mask, its title in words."""
    declared = Evidence("application.yaml", field="applicants[0].id_number", value=MAIN_ID)
    found = Finding("MATERIAL_MISSING", "medium", {"material": "id_card"}, (declared,))
    result, drawn = sample()
    source = case_html(
        replace(result, judgement=replace(result.judgement, findings=(found,))), CATALOGUE, drawn
    )
    assert MAIN_ID not in source
    assert "贷款申请 · 身份证号 510107********264X application.yaml" in Read(source).zh


def test_a_combined_loan_is_the_sum_of_its_parts() -> None:
    """The amount on top and the down payment's formula add up the parts."""
    result, drawn = sample()
    assert result.application is not None
    loan = {
        "parts": [
            {"kind": "provident_fund", "amount": "800000.00"},
            {"kind": "commercial", "amount": "400000.00"},
        ]
    }
    combined = replace(result, application={**result.application, "loan": loan})
    assert ratios(combined)[2].filled == "(1,800,000.00 − 1,200,000.00) ÷ 1,800,000.00 = 33.3 %"
    assert "¥ 1,200,000.00" in page(combined, drawn).zh


def test_both_languages_are_in_the_page_and_one_shows_first() -> None:
    """The switch is two radio buttons; `lang` says which is checked."""
    result, drawn = sample()
    for lang in ("zh", "en"):
        read = page(result, drawn, lang)
        checked = [i["id"] for i in read.all("input") if "checked" in i]
        assert checked == [f"lang-{lang}"]
        assert "Manual review needed" in read.text
        assert "人工重点核查" in read.text


def test_the_income_table_shows_the_difference_of_each_month() -> None:
    """A month with less than the slip's net shows the difference, a month without a deposit says so."""
    text = shown().zh
    assert "2026-03 25,000.00 18,000.00 13,655.00 12,155.00 -1,500.00 75.00" in text
    assert "无入账" in text


def test_without_any_statement_no_month_is_called_empty() -> None:
    """Where no deposit was ever read, an absent one is no statement about the month."""
    result, drawn = sample()
    one = result.judgement.income[0]
    months = tuple(replace(month, deposited=None) for month in one.months)
    judged = replace(result.judgement, income=(replace(one, months=months),))
    assert "无入账" not in page(replace(result, judgement=judged), drawn).text


def test_key_fields_mark_what_differs_from_the_card_or_the_application() -> None:
    """The spouse's number on the certificate differs from the application; a doubtful seal is no accusation."""
    result, _ = sample()
    main, spouse = comparisons(result)
    cells = {field: row for field, _, row in spouse.rows}
    assert [said is not None and said.differs for said in cells["id_number"]] == [False, True]
    assert [said is not None and said.differs for said in cells["name"]] == [False, False]
    assert {said.value for said in {f: r for f, _, r in main.rows}["name"] if said} == {"欧阳**"}
    assert "differs" in {c for td in shown().all("td") for c in str(td.get("class")).split()}
    assert "doubt" in {c for td in shown().all("td") for c in str(td.get("class")).split()}


def test_ratios_are_filled_in_only_where_the_numbers_give_them() -> None:
    """The formula with its numbers is shown where it yields the judged ratio, and left in words where it does not."""
    result, _ = sample()
    shown = ratios(result)
    assert shown[0].filled == "(5,354.13 + 300.00) ÷ 13,500.00 = 41.9 %"
    assert shown[0].limit == "50.0 %"
    assert shown[2].filled == "(1,800,000.00 − 1,200,000.00) ÷ 1,800,000.00 = 33.3 %"
    other = replace(result.judgement.affordability, payment_to_income=Decimal("0.5000"))
    changed = replace(result, judgement=replace(result.judgement, affordability=other))
    assert ratios(changed)[0].filled is None


def test_what_was_not_checked_is_told_in_words() -> None:
    """Unsure checks come before those that did not run, each with the paper or field that it needed."""
    result, _ = sample()
    views = check_views(result, CATALOGUE)
    assert [view.outcome for view in views] == ["unsure", "not_run", "not_run"]
    assert views[0].why["zh"] == "所需字段未能可靠读取：收入证明·印章单位"
    assert views[1].why["en"] == "what it needs is missing: ID card"
    assert views[0].why["zh"] in shown().text


def test_checks_open_for_one_reason_stand_together() -> None:
    """Two checks of one person that wait for the same paper are one line, with both codes."""
    result, drawn = sample()
    why = {"reason": "missing", "needs": ["id_card"]}
    checks = tuple(Check(code, SPOUSE, "not_run", why) for code in ("ID_CHECKSUM", "SPOUSE_MISMATCH"))
    text = page(replace(result, judgement=replace(result.judgement, checks=checks)), drawn).zh
    assert text.count("缺少所需的材料或内容：居民身份证") == 1
    assert "身份证号校验位 ID_CHECKSUM 配偶一致 SPOUSE_MISMATCH 李** 未执行" in text


def test_what_changed_since_the_last_run_is_counted() -> None:
    """Cleared, open and new findings are told where there was a run before, and only there."""
    result, drawn = sample()
    assert "较上次：解除 1，仍在 0，新增 1" in shown().zh
    first = replace(result, since_last={"cleared": (), "open": (), "new": ("a",)})
    assert "较上次" not in page(first, drawn).zh
    assert "新增" not in page(first, drawn).zh


def test_materials_that_are_not_read_yet_stand_in_one_line() -> None:
    """What this version cannot read is left to a person, apart from what was received or is missing."""
    result, drawn = sample()
    off = MaterialState(None, "down_payment_receipt/transfer_voucher", "switched_off")
    materials = (*result.judgement.materials, off)
    read = page(replace(result, judgement=replace(result.judgement, materials=materials)), drawn)
    assert "本版暂不识别 个税纳税记录、首付款收据或转账凭证" in read.zh
    assert read.zh.count("个税纳税记录") == 1


def test_an_empty_case_has_a_report_too() -> None:
    """No application, no files, no findings: the page still opens and says so."""
    text = page(quiet(), None).text
    assert "可进入审批" in text
    assert "没有发现" in text
    assert "卷宗为空" in text


def test_the_same_case_gives_the_same_page() -> None:
    """Two builds from fresh pictures give the same characters."""
    result, drawn = build()
    assert case_html(result, CATALOGUE, drawn) == markup()


def test_cut_outs_are_small_and_carry_the_box() -> None:
    """Each cut-out is at most 60 KB, and the ink of its box surrounds the value."""
    read = shown()
    pictures = [base64.b64decode(str(img["src"]).partition(",")[2]) for img in read.all("img")]
    assert 6 <= len(pictures) <= MOST
    for data in pictures:
        assert len(data) <= LARGEST
        image = Image.open(io.BytesIO(data)).convert("RGB")
        pixels = np.asarray(image).astype(int)
        red = (pixels[..., 0] > 150) & (pixels[..., 1] < 110) & (pixels[..., 2] < 130)
        assert red.sum() > 200
    assert all(img["alt"] for img in read.all("img"))


def test_a_noisy_page_still_gives_small_cut_outs() -> None:
    """A page of pure noise, the worst for JPEG, stays under the limit as well."""
    noise = Image.effect_noise((WIDE, HIGH), 120).convert("RGB")
    [crop] = Cutter(lambda file, page: noise).crops([Evidence("a", 1, (0.1, 0.1, 0.9, 0.35))])
    assert len(base64.b64decode(crop.uri.partition(",")[2])) <= LARGEST


@pytest.mark.parametrize(
    "box", [(0.0, 0.0, 1.0, 1.0), (0.0, 0.0, 0.0, 0.0), (0.99, 0.99, 1.0, 1.0), (0.5, 0.5, 0.5, 0.5)]
)
@pytest.mark.parametrize("size", [(1131, 1600), (3, 3), (1080, 20000), (1600, 40)])
def test_any_box_on_any_page_can_be_cut(
    box: tuple[float, float, float, float], size: tuple[int, int]
) -> None:
    """Whole pages, points, corners, tiny and very long pages give a picture within the limits."""
    image = cut(blank(size), [box])
    assert 1 <= image.width <= 860
    assert 1 <= image.height <= 460


def test_places_close_together_share_a_cut_out_and_others_do_not() -> None:
    """Two rows of one table make one picture; the foot of the page and another page make their own."""
    places = [(1, 0.10), (1, 0.15), (1, 0.90), (2, 0.10)]
    evidence = [Evidence("a.pdf", page, (0.1, y, 0.3, y + 0.02)) for page, y in places]
    assert [members for _, _, members in groups([*evidence, Evidence("a.pdf", 1)])] == [[0, 1], [2], [3]]


def test_at_most_fifty_cut_outs_the_rest_as_places() -> None:
    """The fifty-first place is told in words, not lost."""
    result, _ = sample()
    frame = Image.new("RGB", (200, 300), "white")
    many = tuple(
        Finding("BALANCE_CHAIN_BROKEN", "high", {"rows": n, "expected": "1.00", "found": "2.00"}, (Evidence(f"流水{n}.pdf", 1, (0.1, 0.1, 0.2, 0.2)),), key=str(n))
        for n in range(60)
    )  # fmt: skip
    result = replace(result, judgement=replace(result.judgement, findings=many))
    read = Read(case_html(result, CATALOGUE, lambda file, page: frame))
    assert len(read.all("img")) == 50
    assert all(f"流水{n}.pdf" in read.text for n in range(60))


def test_writing_stores_three_results_or_none() -> None:
    """A fault while making one of them stores nothing; without fault all three come with their content types."""
    result, drawn = sample()
    stored: dict[str, str] = {}
    write_case(result, CATALOGUE, drawn, lambda name, data, kind: stored.update({name: kind}))
    assert list(stored) == ["report.json", "report.xlsx", "report.html"]
    assert stored["report.html"] == "text/html; charset=utf-8"

    def broken(file: str, page: int) -> Image.Image:
        raise OSError("the page is gone")

    stored.clear()
    with pytest.raises(OSError, match="gone"):
        write_case(result, CATALOGUE, broken, lambda name, data, kind: stored.update({name: kind}))
    assert stored == {}


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_a_real_browser_shows_it(tmp_path: Path) -> None:
    """A headless Chromium paints the hostile report: the dark head and, below it, the band of a red verdict."""
    (tmp_path / "report.html").write_text(markup(hostile=True), encoding="utf-8")
    base = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={tmp_path / 'profile'}"]  # fmt: skip
    target = (tmp_path / "report.html").as_uri()
    shot = [f"--screenshot={tmp_path / 'shot.png'}", "--window-size=1280,900", target]
    subprocess.run([*base, *shot], check=True, capture_output=True, timeout=120)
    image = Image.open(tmp_path / "shot.png").convert("RGB")
    assert image.size == (1280, 900)
    assert image.getpixel((640, 10)) == (18, 52, 77)
    assert image.getpixel((71, 120)) == (176, 32, 44)
