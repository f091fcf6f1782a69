"""The report as a workbook: the same tables as the page, all rows of the papers' tables, nothing that could calculate."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from pipeline.model import Document
from pipeline.report.masks import mask_counterparty, masked, visible
from pipeline.report.ratios import number, ratios
from pipeline.report.values import place, value_words
from pipeline.report.view import (
    check_views,
    counts,
    document_views,
    finding_views,
    id_mask,
    material_views,
    person_mask,
)
from pipeline.report.words import (
    BASIS,
    CATEGORY,
    FIELD,
    INCOME_METHOD,
    MATERIAL,
    MONEY,
    NIGHT_STATE,
    OUTCOME,
    ROLE,
    SEVERITIES,
    SEVERITY,
    STATE,
    VERDICT,
    Entry,
    Pair,
    fault,
    pair,
    told,
)
from pipeline.result import CaseResult

JSON, HTML = "application/json; charset=utf-8", "text/html; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

CREATED = datetime(2000, 1, 1)
"""A fixed day, so that the same case gives the same bytes."""
LONGEST = 32_000
"""Characters of one cell; the format ends at 32,767."""
FORMULA = re.compile(r"^[=+\-@\t\r\n|%]")
"""What some spreadsheet programs take for a formula at the start of a text."""
MOST_ROWS = 1_048_000

Cell = str | int | Decimal | None
Rows = Iterable[Sequence[Cell]]


class _Row(Protocol):
    """What the workbook of a batch asks of its rows."""

    @property
    def case(self) -> str: ...
    @property
    def shown(self) -> str: ...
    @property
    def counts(self) -> Mapping[Any, int]: ...
    @property
    def why(self) -> Pair: ...
    @property
    def state(self) -> str: ...
    @property
    def seconds(self) -> float: ...
    @property
    def error(self) -> str: ...


class Book:
    """A workbook in memory whose texts are always texts: nothing in it becomes a formula, a link or a number by itself."""

    def __init__(self) -> None:
        import xlsxwriter

        self.out = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self.out,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self.book.set_properties({"created": CREATED, "author": "", "comments": ""})
        plain = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
        self.text = self.book.add_format({**plain, "text_wrap": True})
        self.quoted = self.book.add_format({**plain, "text_wrap": True, "quote_prefix": True})
        self.money = self.book.add_format({**plain, "num_format": "#,##0.00"})
        self.head = self.book.add_format(
            {**plain, "bold": True, "font_color": "#FFFFFF", "bg_color": "#12344D", "text_wrap": True}
        )

    def sheet(self, title: str, heads: Sequence[str], rows: Rows, widths: Sequence[int]) -> None:
        """A sheet with a fixed head line and filters."""
        sheet = self.book.add_worksheet(title)
        sheet.hide_gridlines(2)
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self.head)
        last = 0
        for last, row in enumerate(rows, start=1):
            if last > MOST_ROWS:
                break
            for column, value in enumerate(row):
                self.cell(sheet, last, column, value)
        if last:
            sheet.autofilter(0, 0, last, len(heads) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def cell(self, sheet: Any, row: int, column: int, value: Cell) -> None:
        """A number as a number, anything else as a text; a text that looks like a formula is marked as quoted."""
        if value is None:
            return
        if isinstance(value, Decimal):
            sheet.write_number(row, column, float(value), self.money)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, self.text)
        else:
            text = visible(value)[:LONGEST]
            sheet.write_string(row, column, text, self.quoted if FORMULA.match(value) else self.text)

    def bytes(self) -> bytes:
        """The finished workbook."""
        self.book.close()
        return self.out.getvalue()


def case_xlsx(result: CaseResult, catalogue: Mapping[str, Entry], lang: str = "zh") -> bytes:
    """The workbook of one case, in one language."""
    book, findings = Book(), finding_views(result, catalogue, None)

    def w(zh: str, en: str) -> str:
        return zh if lang == "zh" else en

    book.sheet(
        w("概览", "Summary"), (w("项目", "Item"), w("内容", "Value")), _summary(result, lang), (24, 90)
    )
    book.sheet(
        w("发现", "Findings"),
        [w(*h) for h in (("严重程度", "Severity"), ("章节", "Chapter"), ("代码", "Code"), ("标题", "Title"), ("当事人", "Person"), ("说明", "What"), ("如何解除", "What clears it"), ("证据", "Evidence"))],
        (
            (
                SEVERITY[one.severity][lang],
                CATEGORY[one.category][lang],
                one.code,
                one.title[lang],
                person_mask(one.person),
                one.sentence[lang],
                one.clears[lang],
                "\n".join(places),
            )
            for one, places in zip(findings, _places(result, [one.id for one in findings], lang), strict=True)
        ),
        (10, 10, 26, 20, 10, 60, 50, 40),
    )  # fmt: skip
    book.sheet(
        w("材料清单", "Materials"),
        [w(*h) for h in (("材料", "Material"), ("当事人", "Person"), ("要求", "Needed"), ("状态", "State"), ("文件与页", "File and pages"), ("日期", "Dates"), ("问题", "Problems"))],
        (
            (
                row.title[lang],
                person_mask(row.person),
                w("必备", "required") if row.required else w("建议", "asked for"),
                told(STATE, row.state)[lang],
                "\n".join(row.pages),
                row.dates[lang],
                "\n".join(title[lang] for _, _, title in row.problems),
            )
            for row in material_views(result, findings)
        ),
        (18, 12, 10, 14, 44, 26, 40),
    )  # fmt: skip
    book.sheet(
        w("收入", "Income"),
        [w(*h) for h in (("当事人", "Person"), ("月份", "Month"), ("申报", "Declared"), ("口径", "Basis"), ("工资条应发", "Slip gross"), ("工资条实发", "Slip net"), ("流水入账", "Deposited"), ("差额", "Difference"), ("个税", "Tax"))],
        _income(result, lang),
        (12, 10, 14, 10, 14, 14, 14, 14, 12),
    )  # fmt: skip
    book.sheet(
        w("字段", "Fields"),
        [w(*h) for h in (("材料", "Document"), ("编号", "Id"), ("当事人", "Person"), ("文件与页", "File and pages"), ("字段", "Field"), ("值", "Value"), ("置信度", "Confidence"))],
        (
            (view.title[lang], view.id, person_mask(view.person), view.pages, name[lang], value[lang], None if sure is None else Decimal(f"{sure:.2f}"))
            for view in document_views(result)
            for name, value, sure, _ in view.fields
        ),
        (18, 8, 12, 36, 18, 44, 11),
    )  # fmt: skip
    for document_type, table in _tables(result.judgement.documents):
        _table(book, result, document_type, table, lang)
    book.sheet(
        w("未核查", "Not checked"),
        [w(*h) for h in (("代码", "Code"), ("检查", "Check"), ("当事人", "Person"), ("结果", "Outcome"), ("原因", "Why"))],
        ((c.code, c.title[lang], person_mask(c.person), OUTCOME[c.outcome][lang], c.why[lang]) for c in check_views(result, catalogue)),
        (30, 26, 12, 12, 60),
    )  # fmt: skip
    book.sheet(
        w("文件", "Files"),
        [w(*h) for h in (("文件", "File"), ("类型", "Kind"), ("字节", "Bytes"), ("页数", "Pages"), ("SHA-256", "SHA-256"))],
        ((file.key, file.kind, file.size, len(file.pages), file.sha256) for file in result.files),
        (50, 10, 12, 8, 70),
    )  # fmt: skip
    return book.bytes()


def batch_xlsx(batch: str, rows: Sequence[_Row], lang: str = "zh") -> bytes:
    """The workbook of one night."""

    def w(zh: str, en: str) -> str:
        return zh if lang == "zh" else en

    book = Book()
    book.sheet(
        w("批次", "Batch"),
        [w("卷宗", "Case"), w("结论", "Verdict"), *(SEVERITY[s][lang] for s in SEVERITIES), w("为何", "Why"), w("状态", "State"), w("秒", "Seconds"), w("错误", "Error"), w("批次", "Batch")],
        (
            (row.case, told(VERDICT, row.shown)[lang], *(row.counts.get(s, 0) for s in SEVERITIES), fault(row.error)[lang] if row.error else row.why[lang], told(NIGHT_STATE, row.state)[lang], Decimal(f"{row.seconds:.2f}"), row.error or None, batch)
            for row in rows
        ),
        (26, 18, 8, 8, 8, 8, 70, 10, 10, 20, 26),
    )  # fmt: skip
    return book.bytes()


def _summary(result: CaseResult, lang: str) -> list[tuple[Cell, Cell]]:
    judged, afford = result.judgement, result.judgement.affordability
    total = counts(judged.findings)
    lines: list[tuple[Pair, Cell]] = [
        (pair("卷宗", "Case"), result.case),
        (pair("评判日", "Judged as of"), result.as_of.isoformat()),
        (pair("结论", "Verdict"), VERDICT[judged.verdict][lang]),
        (pair("为何", "Why"), judged.why[lang]),
        *((SEVERITY[s], total[s]) for s in SEVERITIES),
        (pair("月供", "Payment"), afford.payment),
        (pair("认定月收入", "Recognised income"), afford.recognised_income),
    ]
    for ratio in ratios(result):
        lines.append((ratio.title, f"{ratio.value * 100:.2f} %  {ratio.filled or ratio.formula[lang]}"))
    for person in judged.people:
        told_of = f"{person_mask(person.name)}  {id_mask(person.id_number)}"
        lines.append((told(ROLE, person.role), told_of))
    for one in judged.income:
        words = f"{person_mask(one.person)}  {told(BASIS, one.basis)[lang]}  {told(INCOME_METHOD, one.method)[lang]}"
        lines += [
            (pair("核实收入依据", "Verified by"), words),
            (pair("核实月收入", "Verified income"), one.verified),
        ]
    lines += [(pair(name, name), str(value)) for name, value in sorted(result.versions.items())]
    return [(title[lang], value) for title, value in lines]


def _places(result: CaseResult, ids: Sequence[str], lang: str) -> list[list[str]]:
    """The places of each finding, in the order of the ids."""
    by_id = {found.id: found for found in result.judgement.findings}
    return [list(dict.fromkeys(place(e)[lang] for e in by_id[one].evidence)) for one in ids]


def _income(result: CaseResult, lang: str) -> Rows:
    for one in result.judgement.income:
        for month in one.months:
            both = month.deposited is not None and month.payslip_net is not None
            yield (
                person_mask(one.person),
                month.period,
                one.declared,
                told(BASIS, one.basis)[lang],
                month.payslip_gross,
                month.payslip_net,
                month.deposited,
                (month.deposited or Decimal(0)) - (month.payslip_net or Decimal(0)) if both else None,
                month.tax,
            )


def _tables(documents: Sequence[Document]) -> list[tuple[str, str]]:
    """Every (type, table) that has rows, in order."""
    return sorted({(d.type, name) for d in documents for name, rows in d.tables.items() if any(rows)})


def _table(book: Book, result: CaseResult, kind: str, table: str, lang: str) -> None:
    """All rows of one table of all documents of a type, under the mask."""
    papers = [d for d in result.judgement.documents if d.type == kind and d.tables.get(table)]
    columns = list(dict.fromkeys(name for d in papers for row in d.tables[table] for name in row))
    page = "文件与页" if lang == "zh" else "File and page"
    heads = [told(MATERIAL, kind)[lang], page, *(told(FIELD, name)[lang] for name in columns)]
    title = f"{told(MATERIAL, kind)[lang]}-{told(FIELD, table)[lang]}"

    def rows() -> Rows:
        for paper in papers:
            for row in paper.tables[table]:
                first = next(iter(row.values()), None)
                at = None if first is None else f"{first.file} · {first.page}"
                yield (
                    paper.id,
                    at,
                    *(_cell(name, row[name].value if name in row else None, lang) for name in columns),
                )

    book.sheet(re.sub(r"[\[\]:*?/\\']", "", title)[:31], heads, rows(), (10, 30, *([15] * len(columns))))


def _cell(name: str, value: Any, lang: str) -> Cell:
    if value is None:
        return None
    amount = number(value) if name in MONEY and isinstance(value, str) else None
    if amount is not None:
        return amount
    if isinstance(value, str):
        value = mask_counterparty(value) if name == "counterparty" else masked(name, value)
    return value_words(name, value)[lang]
