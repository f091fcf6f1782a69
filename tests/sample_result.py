"""A judged case as reports get it: invented people, drawn pages, findings of every weight, hostile names on request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from PIL import Image, ImageDraw

from fixtures import fonts
from pipeline.model import Box, Check, Document, Evidence, Field, File, Finding, Page, Row, of
from pipeline.result import (
    Affordability,
    CaseResult,
    Judgement,
    MaterialState,
    MonthIncome,
    Person,
    PersonIncome,
)

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>\u202egnp.exe\x07=cmd()'
WIDE, HIGH = 1131, 1600
MAIN, SPOUSE = "欧阳文静", "李慕白"
MAIN_ID, SPOUSE_ID, OTHER_ID = "51010719880315264X", "510107198607221835", "510107198607221853"


@dataclass(frozen=True)
class SampleEntry:
    """A code's entry as the catalogue gives it: templates over the finding's params."""

    code: str
    category: str
    title: Mapping[str, str]
    says: Mapping[str, str]
    cleared: Mapping[str, str]

    def sentence(self, finding: Finding, lang: str) -> str:
        """The sentence with the finding's numbers."""
        return self.says[lang].format(**finding.params)

    def clears(self, finding: Finding, lang: str) -> str:
        """What would settle it."""
        return self.cleared[lang].format(**finding.params)


def _entry(code: str, category: str, title: str, says: str, cleared: str) -> SampleEntry:
    return SampleEntry(
        code, category, *({"zh": a, "en": b} for a, b in (t.split("|", 1) for t in (title, says, cleared)))
    )


CATALOGUE: Mapping[str, SampleEntry] = {
    entry.code: entry
    for entry in (
        _entry(
            "ID_NUMBER_MISMATCH",
            "consistency",
            "身份证号不一致|ID numbers differ",
            "配偶身份证号为 {expected}，结婚证上为 {found}，末段不符。|The spouse's card says {expected}, the certificate {found}.",
            "请核对结婚证原件；如为登记错误，请民政部门出具更正证明。|Check the original certificate; if it is wrong, have the registry correct it.",
        ),
        _entry(
            "INCOME_OVERSTATED",
            "income",
            "收入证明高于核实收入|Certified income exceeds evidence",
            "收入证明载明税前月收入 {declared} 元，近 {months} 个月工资条应发月均 {verified} 元，证明高出 38.9 %。"
            "|Certified monthly income is {declared}, slips of {months} months give {verified}: 38.9 % less.",
            "请单位书面说明口径，并补充收入纳税明细。|A written explanation by the employer and the tax details.",
        ),
        _entry(
            "SALARY_AMOUNT_MISMATCH",
            "income",
            "工资入账与工资条不符|Deposit differs from the slip",
            "{month} 工资条实发 {expected} 元，银行流水入账 {found} 元，相差 {difference} 元。"
            "|Slip of {month}: net {expected}, deposited {found}, difference {difference}.",
            "请说明差额，或补充同月另一笔入账的凭证。|Explain the difference or show the other deposit of that month.",
        ),
        _entry(
            "BALANCE_CHAIN_BROKEN",
            "authenticity",
            "流水余额不连续|Balance chain broken",
            "流水第 2 页 {rows} 行起余额与上一行加发生额不等（应为 {expected} 元，实为 {found} 元）。"
            "|From row {rows} of page 2 the balance is {found} instead of {expected}.",
            "请至发卡行柜台重新打印并加盖业务章，或由本行核验电子回单码。|A statement printed anew at the bank's counter with its stamp.",
        ),
        _entry(
            "MATERIAL_MISSING",
            "completeness",
            "缺少材料|Paper missing",
            "卷宗中没有配偶的居民身份证（国徽面与人像面）。|The spouse's ID card, both sides, is not in the file.",
            "补充该材料的清晰扫描件或照片。|A clear scan or photo of it.",
        ),
        _entry(
            "DOCUMENT_EXPIRED",
            "completeness",
            "证件已过期|Document expired",
            "{person_said}身份证有效期至 {found}，于 {expected} 前到期。|The ID card of {person_said} ended on {found}, before {expected}.",
            "补充换发后的新证件。|The renewed card.",
        ),
        _entry(
            "FIELD_LOW_CONFIDENCE",
            "readability",
            "字段置信度低|Low confidence",
            "收入证明的印章单位识别置信度低，仅供参考。|The seal was read with low confidence.",
            "请对照原件确认。|Compare with the original.",
        ),
        _entry(
            "FILE_DUPLICATE",
            "intake",
            "重复文件|Duplicate file",
            "与 {same_as} 内容相同，只读取一次。|Same bytes as {same_as}; read once.",
            "无需处理。|Nothing to do.",
        ),
        _entry("ID_CHECKSUM", "authenticity", "身份证号校验位|ID check digit", "x|x", "x|x"),
        _entry("SPOUSE_MISMATCH", "consistency", "配偶一致|Spouse agrees", "x|x", "x|x"),
        _entry("PAYMENT_TO_INCOME", "affordability", "房贷支出收入比|Payment to income", "x|x", "x|x"),
        _entry("SEAL_MISSING", "completeness", "印章|Seal", "x|x", "x|x"),
        _entry("STATEMENT_TOTALS_MISMATCH", "authenticity", "流水合计|Statement totals", "x|x", "x|x"),
    )
}


@dataclass
class Drawn:
    """Pages with lines of text at known places; `put` draws and answers with the field's place."""

    pages: dict[tuple[str, int], Image.Image] = field(default_factory=dict)

    def put(
        self,
        file: str,
        page: int,
        x: float,
        y: float,
        text: str,
        size: int = 22,
        *,
        confidence: float = 1.0,
        value: str | None = None,
    ) -> Field:
        """Draws at fractions of the page; the field that a reader would make of it."""
        frame = self.pages.setdefault((file, page), Image.new("RGB", (WIDE, HIGH), (252, 251, 247)))
        face = fonts.font("noto_sans", size)
        draw = ImageDraw.Draw(frame)
        at = (x * WIDE, y * HIGH)
        draw.text(at, text, fill=(28, 30, 40), font=face)
        x0, y0, x1, y1 = draw.textbbox(at, text, font=face)
        box: Box = (x0 / WIDE, y0 / HIGH, x1 / WIDE, y1 / HIGH)
        return Field(text if value is None else value, text, confidence, file, page, box)

    def __call__(self, file: str, page: int) -> Image.Image | None:
        return self.pages.get((file, page))


def sample(hostile: bool = False) -> tuple[CaseResult, Drawn]:
    """The case of `build`, built once for all tests that only look at it."""
    return _built(hostile)


@cache
def _built(hostile: bool) -> tuple[CaseResult, Drawn]:
    return build(hostile)


def build(hostile: bool = False) -> tuple[CaseResult, Drawn]:
    """A case that needs a person: two applicants, five papers, seven findings; and the pictures of its pages.
    `hostile` puts `HOSTILE` into names of files, what was read, the run, the versions and the sentences."""
    drawn = Drawn()
    card_file = f"身份证{HOSTILE}.jpg" if hostile else "身份证 欧阳文静.jpg"
    documents = (
        _card(drawn, card_file),
        _marriage(drawn),
        _certificate(drawn, HOSTILE if hostile else "成都天府软件有限公司"),
        _stub(drawn),
        _statement(drawn),
    )
    findings = _findings(documents, HOSTILE if hostile else "工资条.pdf")
    judged = Judgement(
        verdict="review",
        why={
            "zh": "3 项重大发现涉及一致性、真实性与收入，须人工核查。",
            "en": "3 high findings on consistency, authenticity and income need a person.",
        },
        documents=documents,
        people=(
            Person(MAIN, MAIN_ID, "borrower", "married", "salaried"),
            Person(SPOUSE, SPOUSE_ID, "spouse", "married", None, ("id_number", "marital_status")),
        ),
        income=(_income(),),
        household={"monthly_fee": "300.00", "monthly_debt": "0.00"},
        affordability=Affordability(
            Decimal("5354.13"), Decimal("13500.00"), Decimal("0.4188"), Decimal("0.4188"), Decimal("0.3333")
        ),
        materials=(
            MaterialState(MAIN, "id_card", "received", ("d1",)),
            MaterialState(SPOUSE, "id_card", "missing"),
            MaterialState(None, "marriage_certificate", "received", ("d2",)),
            MaterialState(MAIN, "income_certificate", "received", ("d3",)),
            MaterialState(MAIN, "bank_statement", "received", ("d5",)),
            MaterialState(MAIN, "pay_stub", "received", ("d4",), required=False),
            MaterialState(MAIN, "tax_record", "switched_off", (), required=False),
        ),
        checks=(
            Check("ID_CHECKSUM", MAIN, "passed"),
            Check("ID_CHECKSUM", SPOUSE, "not_run", {"reason": "missing", "needs": ["id_card"]}),
            Check("SPOUSE_MISMATCH", None, "passed"),
            Check("SEAL_MISSING", MAIN, "unsure", {"reason": "unreadable", "needs": ["income_certificate.seal_company"]}),
            Check("STATEMENT_TOTALS_MISMATCH", MAIN, "not_run", {"reason": "not_applicable", "needs": []}),
            Check("INCOME_OVERSTATED", MAIN, "raised"),
        ),
        findings=findings,
        parameters={
            "payment_to_income_limit": {"value": "0.50", "from": date(2004, 8, 30), "source": "银监发〔2004〕57号"},
            "income_overstated_high": {"value": Decimal("1.30"), "from": date(2004, 8, 30), "source": ""},
        },
    )  # fmt: skip
    result = CaseResult(
        case="2026-0611-天府" if not hostile else f"2026{HOSTILE}",
        run="20260610T010203-1",
        as_of=date(2026, 6, 10),
        judgement=judged,
        files=_files(card_file),
        application=_application(),
        versions={
            "loan-dossier": "0.1.0",
            "engine": HOSTILE if hostile else "rapidocr 3.10 · onnxruntime",
            "rules": "9f2c1e7a",
            "parameters": "41ab09c3",
        },
        since_last={"cleared": ("0000000000000000",), "open": (), "new": (findings[0].id,)},
    )
    return result, drawn


def quiet() -> CaseResult:
    """A case in which nothing was found, without an application and without pictures."""
    result, _ = sample()
    judged = replace(
        result.judgement,
        verdict="pass",
        why={"zh": "材料齐全，未发现问题。", "en": "Complete; nothing found."},
        documents=(),
        people=(),
        income=(),
        household={},
        affordability=Affordability(),
        materials=(),
        checks=(),
        findings=(),
        parameters={},
    )
    return replace(result, judgement=judged, files=(), application=None, since_last={})


def _card(drawn: Drawn, file: str) -> Document:
    put = drawn.put
    for y, label in (
        (0.20, "姓名"),
        (0.24, "性别　女　　民族　汉"),
        (0.28, "出生"),
        (0.32, "住址"),
        (0.40, "公民身份号码"),
    ):
        put(file, 1, 0.14, y, label, 20)
    for y, label in (
        (0.58, "中华人民共和国"),
        (0.62, "居民身份证"),
        (0.70, "签发机关　成都市公安局武侯分局"),
        (0.745, "有效期限"),
    ):
        put(file, 1, 0.14, y, label, 22)
    fields = {
        "name": put(file, 1, 0.26, 0.20, MAIN, 24),
        "sex": put(file, 1, 0.205, 0.24, "女", 20, value="F"),
        "birth_date": put(file, 1, 0.26, 0.28, "1988年3月15日", 20, value="1988-03-15"),
        "address": put(file, 1, 0.26, 0.32, "成都市武侯区人民南路四段27号3栋1单元502号", 20),
        "id_number": put(file, 1, 0.34, 0.40, MAIN_ID, 26),
        "valid_from": put(file, 1, 0.28, 0.745, "2006.05.20", 22, value="2006-05-20"),
        "valid_until": put(file, 1, 0.40, 0.745, "-2026.05.20", 22, value="2026-05-20"),
    }
    sides = Field(("front", "back"), "", 1.0, file, 1, None)
    return Document("id_card", ((file, 1),), 0.99, {**fields, "sides": sides}, id="d1", person=MAIN)


def _marriage(drawn: Drawn) -> Document:
    file = "结婚证/结婚证.pdf"
    for y, text in (
        (0.14, "结婚证字号 J510107-2014-003182"),
        (0.18, "登记日期 2014年10月18日"),
        (0.22, f"持证人 {MAIN}"),
    ):
        drawn.put(file, 2, 0.12, y, text)
    rows: list[Row] = []
    people = ((MAIN, "女", "F", "1988-03-15", MAIN_ID), (SPOUSE, "男", "M", "1986-07-22", OTHER_ID))
    for at, (name, printed, sex, birth, number) in enumerate(people):
        y = 0.34 + at * 0.2
        for offset, label in ((0, "姓名"), (0.04, "性别"), (0.08, "出生日期"), (0.12, "身份证件号")):
            drawn.put(file, 2, 0.12, y + offset, label)
        rows.append(
            {
                "name": drawn.put(file, 2, 0.26, y, name),
                "sex": drawn.put(file, 2, 0.26, y + 0.04, printed, value=sex),
                "birth_date": drawn.put(file, 2, 0.26, y + 0.08, birth),
                "id_number": drawn.put(file, 2, 0.26, y + 0.12, number),
            }
        )
    fields = {
        "holder": drawn.put(file, 2, 0.55, 0.22, MAIN),
        "registration_date": drawn.put(file, 2, 0.55, 0.18, "2014-10-18"),
        "certificate_number": drawn.put(file, 2, 0.55, 0.14, "J510107-2014-003182"),
    }
    return Document(
        "marriage_certificate", ((file, 1), (file, 2)), 0.98, fields, {"persons": rows}, id="d2", person=MAIN
    )


def _certificate(drawn: Drawn, employer: str) -> Document:
    file = "收入证明.jpg"
    drawn.put(file, 1, 0.40, 0.12, "收 入 证 明", 36)
    drawn.put(
        file,
        1,
        0.12,
        0.20,
        "兹证明                       ，身份证号                                        ，系我单位正式员工，",
    )
    drawn.put(
        file,
        1,
        0.12,
        0.24,
        "现任高级工程师，税前月收入人民币                                元（大写：贰万伍仟元整）。",
    )
    fields = {
        "name": drawn.put(file, 1, 0.21, 0.20, MAIN),
        "id_number": drawn.put(file, 1, 0.44, 0.20, MAIN_ID),
        "monthly_income": drawn.put(file, 1, 0.44, 0.24, "25,000.00", value="25000.00"),
        "income_basis": drawn.put(file, 1, 0.12, 0.28, "（税前）", value="gross"),
        "employer": drawn.put(file, 1, 0.52, 0.40, "成都天府软件有限公司", value=employer),
        "seal_company": drawn.put(file, 1, 0.55, 0.46, "成都天府软仵有限公司", confidence=0.88),
        "issue_date": drawn.put(file, 1, 0.55, 0.50, "2026年6月1日", value="2026-06-01"),
    }
    ImageDraw.Draw(drawn.pages[(file, 1)]).ellipse((640, 560, 900, 820), outline=(205, 40, 50), width=6)
    return Document("income_certificate", ((file, 1),), 0.97, fields, id="d3", person=MAIN)


MONTHS = (
    ("2025-12", "18000.00", "13520.00", "13520.00", "210.00"),
    ("2026-01", "18000.00", "13655.00", "13655.00", "75.00"),
    ("2026-02", "18000.00", "13655.00", "13655.00", "75.00"),
    ("2026-03", "18000.00", "13655.00", "12155.00", "75.00"),
    ("2026-04", "18000.00", "13590.00", "13590.00", "140.00"),
    ("2026-05", "18000.00", "13520.00", None, "210.00"),
)


def _stub(drawn: Drawn) -> Document:
    file = "工资条.pdf"
    drawn.put(file, 1, 0.12, 0.10, "成都天府软件有限公司　工资表", 28)
    for at, label in enumerate(("月份", "应发工资", "个税", "实发工资")):
        drawn.put(file, 1, 0.12 + at * 0.2, 0.16, label)
    rows: list[Row] = []
    for at, (month, gross, net, _, tax) in enumerate(MONTHS):
        y = 0.20 + at * 0.035
        cells = (("period", month), ("gross_pay", gross), ("income_tax", tax), ("net_pay", net))
        rows.append(
            {name: drawn.put(file, 1, 0.12 + k * 0.2, y, value) for k, (name, value) in enumerate(cells)}
        )
    fields = {
        "employer": drawn.put(file, 1, 0.12, 0.50, "成都天府软件有限公司"),
        "name": drawn.put(file, 1, 0.12, 0.54, MAIN),
        "bank_account": drawn.put(file, 1, 0.12, 0.58, "6222024402016789012"),
    }
    return Document("pay_stub", ((file, 1),), 0.99, fields, {"payslips": rows}, id="d4", person=MAIN)


def _statement(drawn: Drawn) -> Document:
    file = "流水/工商银行流水.pdf"
    rows: list[Row] = []
    balance = Decimal("20000.00")
    for at, (month, _, _, deposited, _) in enumerate(MONTHS):
        if deposited is None:
            continue
        balance += Decimal(deposited) + (3000 if at == 3 else 0)
        y = 0.14 + at * 0.03
        cells = (
            ("date", f"{month}-15", 0.08),
            ("summary", "工资", 0.22),
            ("amount", deposited, 0.34),
            ("balance", str(balance), 0.48),
            ("counterparty", "成都天府软件有限公司", 0.64),
        )
        rows.append({name: drawn.put(file, 2, x, y, value) for name, value, x in cells})
    stranger = {
        "date": "2026-04-20",
        "summary": "转账",
        "amount": "-500.00",
        "balance": str(balance - 500),
        "counterparty": "王小明",
    }
    rows.append(
        {
            name: drawn.put(file, 2, 0.08 + at * 0.14, 0.32, value)
            for at, (name, value) in enumerate(stranger.items())
        }
    )
    rows.append({"remark": drawn.put(file, 2, 0.08, 0.36, '=HYPERLINK("http://x")')})
    fields = {
        "bank": Field("ICBC", "中国工商银行", 1.0, file, 1, None),
        "account_holder": drawn.put(file, 1, 0.12, 0.12, MAIN),
        "account_number": drawn.put(file, 1, 0.12, 0.16, "6222024402016789012"),
        "period_start": drawn.put(file, 1, 0.12, 0.20, "2025-12-01"),
        "period_end": drawn.put(file, 1, 0.12, 0.24, "2026-05-31"),
    }
    pages = tuple((file, page) for page in range(1, 7))
    return Document("bank_statement", pages, 1.0, fields, {"transactions": rows}, id="d5", person=MAIN)


def _findings(documents: tuple[Document, ...], duplicate: str) -> tuple[Finding, ...]:
    card, marriage, certificate, stub, statement = documents
    person = of(marriage, "id_number", marriage.tables["persons"][1]["id_number"], 1)
    slip, credit = stub.tables["payslips"][3], statement.tables["transactions"][3]
    declared = Evidence("application.yaml", document="application", field="id_number", value=SPOUSE_ID)
    return (
        Finding(
            "ID_NUMBER_MISMATCH",
            "high",
            {"field": "id_number", "expected": SPOUSE_ID, "found": OTHER_ID},
            (declared, person),
            person=SPOUSE,
            material="marriage_certificate",
        ),
        Finding(
            "BALANCE_CHAIN_BROKEN",
            "high",
            {"rows": 4, "expected": "72985.00", "found": "75985.00", "difference": "3000.00"},
            (of(statement, "balance", statement.tables["transactions"][2]["balance"], 2), of(statement, "balance", credit["balance"], 3)),
            person=MAIN,
            material="bank_statement",
        ),
        Finding(
            "INCOME_OVERSTATED",
            "high",
            {"declared": "25000.00", "verified": "18000.00", "basis": "gross", "source": "pay_stub", "months": 6},
            (of(certificate, "monthly_income"), *(of(stub, "gross_pay", row["gross_pay"], at) for at, row in enumerate(stub.tables["payslips"]))),
            person=MAIN,
            material="income_certificate",
        ),
        Finding(
            "SALARY_AMOUNT_MISMATCH",
            "medium",
            {"month": "2026-03", "expected": "13655.00", "found": "12155.00", "difference": "1500.00"},
            (of(stub, "net_pay", slip["net_pay"], 3), of(statement, "amount", credit["amount"], 3)),
            person=MAIN,
            material="pay_stub",
        ),
        Finding("MATERIAL_MISSING", "medium", {"material": "id_card", "reason": "absent"}, person=SPOUSE, material="id_card"),
        Finding(
            "DOCUMENT_EXPIRED",
            "medium",
            {"expected": "2026-06-10", "found": "2026-05-20", "person_said": MAIN},
            (of(card, "valid_until"),),
            person=MAIN,
            material="id_card",
        ),
        Finding("FIELD_LOW_CONFIDENCE", "low", {"fields": ["seal_company"]}, (of(certificate, "seal_company"),), person=MAIN, material="income_certificate"),
        Finding("FILE_DUPLICATE", "info", {"same_as": duplicate}, (Evidence("工资条 (1).pdf"),), key="工资条 (1).pdf"),
    )  # fmt: skip


def _income() -> PersonIncome:
    def exact(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    months = tuple(MonthIncome(m, exact(g), exact(n), exact(d), exact(t)) for m, g, n, d, t in MONTHS)
    return PersonIncome(MAIN, Decimal("25000.00"), "gross", Decimal("18000.00"), "pay_stub", months)


def _files(card_file: str) -> tuple[File, ...]:
    def file(
        key: str, size: int, pages: int, source: Any, quality: Mapping[str, Any], rotation: int = 0
    ) -> File:
        read = tuple(Page(key, n, source, rotation, quality) for n in range(1, pages + 1))
        return File(key, f"{len(key) * 7919:064x}", size, key.rpartition(".")[2], read)

    photo = {"dpi": 210.0, "sharpness": 0.8123, "brightness": 0.66}
    duplicate = Finding(
        "FILE_DUPLICATE",
        "info",
        {"same_as": "工资条.pdf"},
        (Evidence("工资条 (1).pdf"),),
        key="工资条 (1).pdf",
    )
    return (
        file(card_file, 1_840_233, 1, "ocr", photo, 90),
        file("结婚证/结婚证.pdf", 3_120_400, 2, "ocr", {"dpi": 300, "sharpness": 0.93}),
        file("收入证明.jpg", 902_113, 1, "ocr", photo),
        file("工资条.pdf", 88_120, 1, "text", {}),
        replace(file("工资条 (1).pdf", 88_120, 0, "text", {}), findings=(duplicate,)),
        file("流水/工商银行流水.pdf", 412_000, 6, "text", {}),
    )


def _application() -> dict[str, Any]:
    return {
        "applicants": [
            {"name": MAIN, "id_number": MAIN_ID, "role": "borrower", "marital_status": "married", "employment": "salaried",
             "employer": "成都天府软件有限公司", "monthly_income": "25000.00", "income_basis": "gross"},
            {"name": SPOUSE, "id_number": SPOUSE_ID, "role": "spouse"},
        ],
        "loan": {"amount": "1200000.00", "years": 30, "annual_rate": "0.0345", "method": "equal_installment", "existing_monthly_debt": "0.00"},
        "property": {"kind": "new", "price": "1800000.00", "down_payment": "600000.00", "city": "成都市", "use": "residential", "monthly_fee": "300.00"},
        "homes_owned": 0,
        "passwords": ["geheim-9"],
        "officer": "张三",
        "branch": "高新支行",
        "submitted_on": date(2026, 6, 10),
    }  # fmt: skip
