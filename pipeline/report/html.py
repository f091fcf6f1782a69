"""The report as one self-contained page: no script, no source from elsewhere, Chinese with an English switch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from pipeline.model import File
from pipeline.report import words
from pipeline.report.as_json import plain
from pipeline.report.consistency import comparisons
from pipeline.report.crops import Cutter, Picture
from pipeline.report.masks import visible
from pipeline.report.ratios import borrowed, number, percent, ratios
from pipeline.report.values import value_words
from pipeline.report.view import (
    by_reason,
    check_views,
    counts,
    document_views,
    finding_views,
    id_mask,
    material_views,
    person_mask,
    unread_materials,
)
from pipeline.report.words import Entry, Pair, pair, told
from pipeline.result import CaseResult, MonthIncome, PersonIncome

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Content-Security-Policy: nothing is fetched, nothing runs."""

NOT_OURS = (
    pair("原件核验：纸质原件、钢印与防伪特征", "originals: paper, dry seals and security features"),
    pair("公安联网核查、婚姻登记、征信系统查询", "online checks: identity, marriage registry, credit bureau"),
    pair(
        "个税、社保、公积金的官方验证码核验",
        "verification codes of tax, insurance and fund records at the issuer",
    ),
    pair("收入真实性电话核实、面谈面签", "call to the employer, interview and signing in person"),
    pair(
        "网签备案、不动产登记查询；涉诉与失信查询", "filing and land registry; court and enforcement records"
    ),
)
"""What no program can see in scans: the officer does it, the report reminds."""

QUALITY: Mapping[str, Pair] = {
    "damage": pair("损坏", "damage"),
    "sharpness": pair("清晰度", "sharpness"),
    "glare": pair("反光", "glare"),
    "brightness": pair("亮度", "brightness"),
    "text_height": pair("字高", "text height"),
    "dpi": pair("分辨率", "dpi"),
    "coloured": pair("彩色", "colour"),
    "contrast": pair("对比度", "contrast"),
    "width": pair("宽", "width"),
    "height": pair("高", "height"),
}
"""What is known of a page's picture, the most telling first; `QUALITIES` of them are shown."""
QUALITIES = 6
PAGES_LISTED = 6
INFERRED: Mapping[str, Pair] = {
    "name": pair("姓名", "name"),
    "id_number": pair("证件号", "ID number"),
    "role": pair("角色", "role"),
    "marital_status": pair("婚姻状况", "marital status"),
    "employment": pair("就业类型", "employment"),
}


@cache
def environment() -> Environment:
    """The templates of this package: everything escaped, an unknown name an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("pipeline.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(t=both, words=words, POLICY=POLICY, INFERRED=INFERRED, value_words=value_words)
    made.filters.update(money=_money, percent=percent, seen=visible, who=person_mask, id_mask=id_mask)
    made.filters.update(slug=slug, groupby_in_order=_grouped, signed=lambda value: f"{value:+,.2f}")
    return made


def case_html(
    result: CaseResult, catalogue: Mapping[str, Entry], picture: Picture | None, lang: str = "zh"
) -> str:
    """The report of one case; `lang` is the language that shows first. `picture` None leaves the cut-outs out."""
    findings = finding_views(result, catalogue, Cutter(picture) if picture else None)
    materials = material_views(result, findings)
    checks = check_views(result, catalogue)
    done = [check for check in result.judgement.checks if check.outcome == "passed"]
    page = environment().get_template("case.html").render(
        lang=lang,
        result=result,
        judged=result.judgement,
        facts=_facts(result.application),
        counts=counts(result.judgement.findings),
        findings=findings,
        since=_since(result),
        materials=[row for row in materials if row.state != "switched_off"],
        unread=unread_materials(materials),
        comparisons=comparisons(result),
        incomes=[_income(one) for one in result.judgement.income],
        ratios=ratios(result),
        checks=by_reason([check for check in checks if check.reason != "not_applicable"]),
        aside=[check for check in checks if check.reason == "not_applicable"],
        passed=sorted({check.code for check in done}),
        passed_count=len(done),
        titles={code: entry.title for code, entry in catalogue.items()},
        reminders=NOT_OURS,
        documents=document_views(result),
        files=[_file(file, catalogue) for file in result.files],
        parameters=_flat(plain(result.judgement.parameters)),
    )  # fmt: skip
    return tidy(page)


def both(text: Pair) -> Markup:
    """A text in both languages, of which the style sheet shows one; once where they are the same."""
    if text["zh"] == text["en"]:
        return Markup("<bdi>{}</bdi>").format(text["zh"])
    return Markup('<span class="zh" lang="zh">{}</span><span class="en" lang="en">{}</span>').format(
        text["zh"], text["en"]
    )


def tidy(page: str) -> str:
    """The page without the empty lines that templates leave, and encodable whatever was read."""
    lines = (line.rstrip() for line in page.splitlines())
    return "\n".join(line for line in lines if line).encode("utf-8", "replace").decode() + "\n"


def _money(value: Decimal | None) -> str:
    return "—" if value is None else f"{value:,.2f}"


def _facts(application: Mapping[str, Any] | None) -> list[tuple[Pair, Pair]]:
    """The loan and the property in a few words; what is not declared is left out."""
    loan, house = ((application or {}).get(key) or {} for key in ("loan", "property"))
    price, amount = number(house.get("price")), borrowed(loan)
    rate = number(loan.get("annual_rate"))
    basis = loan.get("lpr_bp")
    rows: list[tuple[Pair, Pair | str | None]] = [
        (pair("贷款金额", "Loan"), None if amount is None else f"¥ {amount:,.2f}"),
        (pair("期限", "Term"), pair(f"{loan['years']} 年", f"{loan['years']} years") if loan.get("years") else None),
        (
            pair("年利率", "Rate"),
            f"{rate * 100:.2f} %" if rate is not None else f"LPR {int(basis):+d} BP" if basis is not None else None,
        ),
        (pair("还款方式", "Method"), told(words.LOAN_METHOD, loan["method"]) if loan.get("method") else None),
        (
            pair("房屋", "Property"),
            _joined(words.PROPERTY_KIND, house.get("kind"), words.PROPERTY_USE, house.get("use"), house.get("city")),
        ),
        (pair("总价", "Price"), None if price is None else f"¥ {price:,.2f}"),
        (
            pair("首付款", "Down payment"),
            None if (paid := number(house.get("down_payment"))) is None else f"¥ {paid:,.2f}",
        ),
        (pair("受理日", "Submitted"), _text((application or {}).get("submitted_on"))),
        (pair("经办", "Officer"), " · ".join(filter(None, map(_text, ((application or {}).get("branch"), (application or {}).get("officer"))))) or None),
    ]  # fmt: skip
    return [
        (title, words.same(visible(v)) if isinstance(v, str) else v) for title, v in rows if v is not None
    ]


def _since(result: CaseResult) -> tuple[int, ...] | None:
    """How many findings were cleared, are still open and are new; None where there was no run before."""
    known = [len(result.since_last.get(key, ())) for key in ("cleared", "open", "new")]
    return tuple(known) if known[0] or known[1] else None


def _text(value: object) -> str | None:
    return None if value is None or value == "" else visible(str(value))


def _joined(
    kinds: Mapping[str, Pair], kind: str | None, uses: Mapping[str, Pair], use: str | None, city: str | None
) -> Pair | None:
    parts = [told(kinds, kind)] if kind else []
    parts += [told(uses, use)] if use else []
    parts += [words.same(visible(city))] if city else []
    return {lang: " · ".join(part[lang] for part in parts) for lang in ("zh", "en")} if parts else None


def _income(
    one: PersonIncome,
) -> tuple[PersonIncome, list[tuple[MonthIncome, Decimal | None, str]], MonthIncome, bool]:
    """A person's income, each month with what was deposited beyond the slip's net and how that looks, the means,
    and whether a month without a deposit says anything: not where no statement gives any."""
    months = []
    for month in one.months:
        off = None
        if month.deposited is not None and month.payslip_net is not None:
            off = month.deposited - month.payslip_net
        months.append((month, off, "fine" if off is not None and abs(off) <= 1 else "off"))
    return one, months, _means(one.months), any(month.deposited is not None for month in one.months)


def _means(months: tuple[MonthIncome, ...]) -> MonthIncome:
    """The mean of each column over the months that have a value."""

    def mean(values: list[Decimal | None]) -> Decimal | None:
        there = [value for value in values if value is not None]
        return sum(there, Decimal(0)) / len(there) if there else None

    return MonthIncome(
        period="",
        payslip_gross=mean([m.payslip_gross for m in months]),
        payslip_net=mean([m.payslip_net for m in months]),
        deposited=mean([m.deposited for m in months]),
        tax=mean([m.tax for m in months]),
    )


def _file(file: File, catalogue: Mapping[str, Entry]) -> dict[str, Any]:
    """A file's row: its pages in words, its worst pages first, and what is to be said of it."""
    sources = [page.source for page in file.pages]
    return {
        "key": visible(file.key),
        "kind": file.kind,
        "size": _size(file.size),
        "sha256": file.sha256,
        "count": len(file.pages),
        "sources": [(told(words.SOURCE, s), sources.count(s)) for s in ("text", "ocr") if s in sources],
        "pages": [(page.number, page.rotation, _quality(page.quality)) for page in file.pages][:PAGES_LISTED],
        "more": max(0, len(file.pages) - PAGES_LISTED),
        "findings": [
            (f.severity, f.code, catalogue[f.code].title) for f in file.findings if f.code in catalogue
        ],
    }


def _quality(quality: Mapping[str, Any]) -> list[tuple[Pair, Pair]]:
    ranks = {key: at for at, key in enumerate(QUALITY)}
    flat = [key for key in quality if isinstance(quality[key], str | int | float)]
    flat.sort(key=lambda key: (ranks.get(key, len(ranks)), key))
    return [(told(QUALITY, key), _short(quality[key])) for key in flat[:QUALITIES]]


def _short(value: object) -> Pair:
    if isinstance(value, bool):
        return pair("是", "yes") if value else pair("否", "no")
    return words.same(visible(f"{value:.4g}" if isinstance(value, float) else str(value)))


def _size(size: int) -> str:
    for unit, power in (("MB", 1_000_000), ("KB", 1_000)):
        if size >= power:
            return f"{size / power:.1f} {unit}"
    return f"{size} B"


def _flat(value: Any, head: str = "") -> list[tuple[str, str]]:
    """Nested parameters as dotted lines; a dated one on one line with its day and source."""
    if isinstance(value, Mapping) and set(value) == {"value", "from", "source"}:
        dated = " · ".join(str(value[key]) for key in ("value", "from", "source") if value[key])
        return [(visible(head), visible(dated))]
    if isinstance(value, Mapping):
        return [
            line for key, part in value.items() for line in _flat(part, f"{head}.{key}" if head else str(key))
        ]
    if isinstance(value, list):
        value = ", ".join(str(part) for part in value)
    return [(visible(head), visible(str(value)))]


def _grouped(members: Sequence[Any], name: str) -> list[tuple[str, list[Any]]]:
    """Members by an attribute, groups in the order in which they first come."""
    groups: dict[str, list[Any]] = {}
    for member in members:
        groups.setdefault(getattr(member, name), []).append(member)
    return list(groups.items())


def slug(text: str) -> str:
    """A text as an identifier in the page."""
    return re.sub(r"[^0-9A-Za-z_-]", "-", str(escape(text)))
