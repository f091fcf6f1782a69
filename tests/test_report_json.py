"""report.json: the contract's form, the same bytes for the same case, nothing of passwords."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

from pipeline.model import Document, Evidence, File, Finding, Page
from pipeline.report import documents_json, dump, report_json
from pipeline.report.as_json import finding_json, in_order, plain
from tests.sample_result import CATALOGUE, MAIN, OTHER_ID, SPOUSE_ID, build, quiet, sample

KEYS = (
    "schema case run as_of verdict why application files documents people income affordability materials checks "
    "findings since_last parameters versions"
)


def test_it_has_the_keys_of_the_contract_in_their_order() -> None:
    """`report.json` holds every key that the contract names, in that order, and an empty case does too."""
    result, _ = sample()
    assert " ".join(report_json(result, CATALOGUE)) == KEYS
    assert " ".join(report_json(quiet(), CATALOGUE)) == KEYS


def test_the_same_case_gives_the_same_bytes() -> None:
    """Two builds of one case differ in nothing, whatever the order of findings, checks and mappings was."""
    first, _ = build()
    second, _ = build()
    judged = second.judgement
    parameters = dict(reversed(list(judged.parameters.items())))
    shuffled = replace(
        judged, findings=judged.findings[::-1], checks=judged.checks[::-1], parameters=parameters
    )
    assert dump(report_json(first, CATALOGUE)) == dump(
        report_json(replace(second, judgement=shuffled), CATALOGUE)
    )


def test_a_finding_carries_sentences_params_and_places() -> None:
    """A finding has its sentences in both languages, its params, and evidence with page, box, field and value."""
    result, _ = sample()
    found = next(f for f in result.judgement.findings if f.code == "ID_NUMBER_MISMATCH")
    told = finding_json(found, CATALOGUE)
    assert list(told) == [
        "id",
        "code",
        "category",
        "severity",
        "person",
        "message",
        "clears",
        "params",
        "evidence",
    ]
    assert SPOUSE_ID in told["message"]["zh"]
    assert told["message"]["en"].startswith("The spouse's card")
    assert told["params"] == {"expected": SPOUSE_ID, "field": "id_number", "found": OTHER_ID}
    assert told["evidence"][1]["value"] == OTHER_ID
    assert len(told["evidence"][1]["box"]) == 4


def test_evidence_of_a_file_holds_the_file_alone() -> None:
    """What has no page, box or field has no such keys (findings.md, rule 8)."""
    found = Finding("FILE_DUPLICATE", "info", {"same_as": "a"}, (Evidence("b"),))
    assert finding_json(found, CATALOGUE)["evidence"] == [{"file": "b"}]


def test_findings_come_by_severity_then_chapter() -> None:
    """What weighs most comes first, and within a severity authenticity before consistency before income."""
    result, _ = sample()
    codes = [found.code for found in in_order(result.judgement.findings, CATALOGUE)]
    assert codes[:4] == [
        "BALANCE_CHAIN_BROKEN",
        "ID_NUMBER_MISMATCH",
        "INCOME_OVERSTATED",
        "SALARY_AMOUNT_MISMATCH",
    ]
    assert codes[-1] == "FILE_DUPLICATE"


def test_passwords_never_reach_a_report() -> None:
    """The passwords of application.yaml are in none of its bytes."""
    result, _ = sample()
    assert result.application is not None
    assert result.application["passwords"] == ["geheim-9"]
    assert b"geheim-9" not in dump(report_json(result, CATALOGUE))


def test_money_ratios_and_days_are_strings() -> None:
    """Amounts have two digits, ratios stay exact, days are ISO days."""
    result, _ = sample()
    data = report_json(result, CATALOGUE)
    assert data["affordability"]["payment"] == "5354.13"
    assert data["affordability"]["payment_to_income"] == "0.4188"
    assert data["as_of"] == "2026-06-10"
    assert data["income"]["people"][0]["months"][0]["payslip_gross"] == "18000.00"
    assert data["income"]["people"][0]["months"][-1]["deposited"] is None
    assert data["application"]["submitted_on"] == "2026-06-10"


def test_what_json_cannot_say_is_said_otherwise() -> None:
    """Infinite floats become null, tuples lists, exact numbers strings, and odd file names do not break the bytes."""
    assert plain({"b": float("inf"), "a": (Decimal("1.10"), 0.123456789)}) == {
        "a": ["1.10", 0.12346],
        "b": None,
    }
    assert json.loads(dump({"file": "a\udcff.jpg"})) == {"file": "a?.jpg"}


def test_a_mended_value_says_that_it_was_inferred() -> None:
    """`inferred` stands on fields that were worked out, and only there."""
    result, _ = sample()
    card = result.judgement.documents[0]
    mended = {**card.fields, "name": replace(card.fields["name"], inferred=True)}
    judged = replace(result.judgement, documents=(replace(card, fields=mended),))
    told = report_json(replace(result, judgement=judged), CATALOGUE)["documents"][0]["fields"]
    assert told["name"]["inferred"] is True
    assert "inferred" not in told["id_number"]
    assert told["sides"]["value"] == ["front", "back"]


def test_read_puts_documents_and_findings_under_their_files() -> None:
    """A document over two files stands under the first, and findings of recognition under their first evidence."""
    files = [File(key, "0" * 64, 1, "jpeg", (Page(key, 1, "ocr"),)) for key in ("a.jpg", "b.jpg")]
    card = Document("id_card", (("b.jpg", 1), ("a.jpg", 1)), 0.99, id="d1", person=MAIN)
    loose = Finding("FILE_DUPLICATE", "info", {"same_as": "b.jpg"}, (Evidence("a.jpg"),))
    told = documents_json(files, [card], [loose], CATALOGUE)["files"]
    assert [[d["id"] for d in file["documents"]] for file in told] == [[], ["d1"]]
    assert [[f["code"] for f in file["findings"]] for file in told] == [["FILE_DUPLICATE"], []]
    assert list(told[0]) == ["file", "sha256", "pages", "documents", "findings"]
