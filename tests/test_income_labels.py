"""Labels of income certificates in the wordings of many employers, and sentences that say the same in other words."""

from __future__ import annotations

import pytest

from extractors.income_certificate import MATERIAL
from tests.lay import line, sheet, text, values

NUMBER = "510107199001150010"
COMPANY = "成都天府软件有限公司"


@pytest.mark.parametrize(
    ("label", "value", "name", "truth"),
    [
        ("受雇人姓名", "王小明", "name", "王小明"), ("证明对象", "王小明", "name", "王小明"), ("证件类型及号码", NUMBER, "id_number", NUMBER),
        ("二代身份证号码", NUMBER, "id_number", NUMBER), ("就业单位", COMPANY, "employer", COMPANY), ("发薪单位", COMPANY, "employer", COMPANY),
        ("到职日", "2016年4月1日", "employed_since", "2016-04-01"), ("本单位任职起始时间", "2016年4月", "employed_since", "2016-04"),
        ("服务起始日期", "2016-04-01", "employed_since", "2016-04-01"), ("在岗职务", "软件工程师", "position", "软件工程师"),
        ("从事工作", "软件工程师", "position", "软件工程师"), ("职业", "软件工程师", "position", "软件工程师"),
        ("折合大写", "壹万捌仟元整", "monthly_income_words", "壹万捌仟元整"), ("签署日期", "2026-09-03", "issue_date", "2026-09-03"),
        ("咨询热线", "028-85551234", "contact_phone", "028-85551234"), ("总机", "028-85551234", "contact_phone", "028-85551234"),
    ],
)  # fmt: skip
def test_a_label_is_known_in_other_wordings(label: str, value: str, name: str, truth: str) -> None:
    """The value beside such a label is read, with a colon and in a column of its own."""
    colon = text("员工收入证明", f"{label}：{value}", "月收入：18000元", step=30)
    column = sheet(line("员工收入证明", 200, 40), line(label, 60, 100), line(value, 320, 100))
    for page in (colon, column):
        (found,) = MATERIAL.extract([page])
        assert values(found)[name] == truth


@pytest.mark.parametrize("label", ["起薪日期", "任现职时间", "申请日期"])
def test_other_dates_are_no_day_of_entry_or_issue(label: str) -> None:
    """The day from which somebody is paid, holds an office or asked for the paper is neither."""
    (found,) = MATERIAL.extract([text("员工收入证明", f"{label}：2016年4月1日", "姓名：王小明", step=30)])
    assert not {"employed_since", "issue_date"} & set(found.fields)


@pytest.mark.parametrize(
    "title",
    [
        "某某市住房公积金管理中心借款申请人及配偶收入证明", "收入证明（用于办理个人住房贷款）", "借款人收入情况表", "Employment and Income Certificate",
        "在职证明 Certificate of Employment", "关于我单位职工王小明收入情况的函", "附件3：收入证明", "证明",
    ],
)  # fmt: skip
def test_a_certificate_is_known_by_a_title_of_another_form(title: str) -> None:
    """Long, annexed and foreign titles count where the paper says who earns what and where, a number or none."""
    said = ["姓名：王小明", f"工作单位：{COMPANY}", "岗位：软件工程师", "月收入：18000元"]
    assert MATERIAL.recognise(text(title, *said, step=30))
    if "证明" not in title:
        assert not MATERIAL.recognise(text(title, *said[:2], step=30))


@pytest.mark.parametrize(
    "title", ["工资薪金所得个人所得税完税证明", "住房公积金缴存证明", "社会保险参保证明"]
)
def test_records_of_other_offices_are_no_income_certificate(title: str) -> None:
    """Papers on tax, fund and insurance name a person, an employer and a monthly wage, and are none."""
    said = ["姓名：王小明", f"身份证号码：{NUMBER}", f"工作单位：{COMPANY}", "月工资基数：18000元"]
    assert not MATERIAL.recognise(text(title, *said, step=30))


@pytest.mark.parametrize(
    ("said", "truth"),
    [
        ("兹有我单位职工王小明，于二〇一六年四月一日到岗，任车间主任。", {"name": "王小明", "employed_since": "2016-04-01"}),
        (f"王小明系我村村民，身份证号{NUMBER}，从事木工工作。", {"name": "王小明", "position": "木工"}),
        (f"兹证明我公司聘用王小明（身份证号：{NUMBER}）从事销售经理工作。", {"name": "王小明", "position": "销售经理"}),
        ("兹证明王小明同志为我公司员工，现任部门经理，入职多年。", {"name": "王小明", "position": "部门经理"}),
        ("王小明同志是我院护士，2016年4月来院工作至今，加入我院以来任职多个科室。", {"name": "王小明", "employed_since": "2016-04"}),
        ("王小明同志年收入为人民币贰拾肆万元整，月收入为贰万元整。", {"annual_income": "240000.00", "monthly_income": "20000.00"}),
    ],
)  # fmt: skip
def test_sentences_say_the_same_in_other_words(said: str, truth: dict[str, str]) -> None:
    """Arrival, village, hiring, a head of a department; sums that are written in words alone."""
    (found,) = MATERIAL.extract([text("收入证明", said, step=30)])
    assert {name: values(found).get(name) for name in truth} == truth
    assert values(found)["name"] == "王小明"


def test_a_part_in_words_alone_is_no_income() -> None:
    """A bonus in words is not the month's income, and of two months in words none is taken."""
    for said in ("其中奖金为人民币贰万元整。", "月收入为人民币贰万元整，近三个月月收入为叁万元整。"):
        (found,) = MATERIAL.extract([text("收入证明", f"王小明同志{said}", step=30)])
        assert "monthly_income" not in found.fields
