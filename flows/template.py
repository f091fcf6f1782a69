"""The application.yaml that `dossier new` writes: every key of it, explained, nothing filled in."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import UsageError

TEXT = """\
# 贷款申请表。每一项都可以不填；填写后删去行首的 #。
# The application. Every key may be left out; take the # away from those that you fill in.

# applicants:                        # 第一位是主贷人 the first is the main borrower
#   - name: ""
#     id_number: ""
#     role: borrower                 # borrower 主贷人 | co_borrower 共同借款人 | spouse 配偶 | guarantor 保证人
#     marital_status: married        # single | married | divorced | widowed
#     employment: salaried           # salaried | self_employed | company_owner | freelance | retired
#     employer: ""
#     monthly_income: "0.00"         # 申报月收入，默认税前 before tax unless income_basis says net
#     income_basis: gross            # gross 税前 | net 税后
#     phone: ""
# loan:
#   amount: "0.00"
#   years: 30
#   annual_rate: "0.0345"            # 或 or lpr_bp: -45
#   method: equal_installment        # equal_installment 等额本息 | equal_principal 等额本金
#   existing_monthly_debt: "0.00"    # 现有月供 what is paid for other debts each month
#   parts: []                        # 组合贷 combined loans: [{kind: commercial, amount: "0.00", years: 30}]
# property:
#   kind: new                        # new 新房 | second_hand 二手房
#   price: "0.00"
#   down_payment: "0.00"
#   address: ""
#   city: ""
#   use: residential                 # residential 住宅 | commercial 商业
#   monthly_fee: "0.00"              # 物业费
# homes_owned: 0                     # 家庭在本市已有住房套数 homes of the household in the city
# documented_payers: []              # 可代付首付的人 [{name: "", relation: ""}]
# passwords: []                      # 加密文件的密码，不入日志、不入报告 never logged, never in a report
# officer: ""
# branch: ""
# submitted_on: 2026-01-31
"""


def write_template(folder: Path) -> Path:
    """Makes the folder and the file in it; UsageError where there is one already, or no folder can be made."""
    from pipeline.application import NAME_OF_FILE

    path = folder / NAME_OF_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as out:
            out.write(TEXT)
    except FileExistsError:
        raise UsageError(f"{path} is there already", "It was left as it is.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror})") from None
    return path
