"""Rows, labels and the values beside them."""

from __future__ import annotations

from pipeline.layout import Reader, below, find_labels, flow, rows
from pipeline.model import Line
from tests.lay import line, sheet

LABELS = {"name": ("姓名",), "number": ("公民身份号码", "身份号码"), "address": ("住址",)}


def found(*lines: Line, strict: bool = False) -> dict[str, str]:
    return {label.name: label.text for label in find_labels(rows(lines), LABELS, strict=strict)}


def test_lines_side_by_side_are_a_row_from_left_to_right():
    """Their order in the reading does not matter, nor a few units up or down; the next line is the next row."""
    table = rows([line("张三", 120, 3), line("姓名", 40, 0), line("性别", 40, 20), line("男", 120, 19)])
    assert [row.text for row in table] == ["姓名张三", "性别男"]


def test_lines_that_cover_each_other_are_no_row():
    """Text stamped across a line does not run into it."""
    assert len(rows([line("公民身份号码", 40, 0), line("仅供贷款", 60, 3)])) == 2


def test_seals_and_empty_lines_are_no_print():
    """The ring of a seal is asked for by its own kind."""
    lines = [line("某某公司", 40, 0), line("某某有限公司", 60, 0, kind="seal"), line("  ", 0, 0)]
    assert [row.text for row in rows(lines)] == ["某某公司"]
    assert [row.text for row in rows(lines, "seal")] == ["某某有限公司"]


def test_a_value_is_found_glued_to_its_label_and_apart():
    """In one line, in the next line of the row, behind a colon: the same value."""
    for lines in (
        [line("姓名张三", 40, 0)],
        [line("姓名", 40, 0), line("张三", 90, 1)],
        [line("姓 名 ：", 40, 0), line("张三", 100, 0)],
        [line("姓名：张三", 40, 0)],
    ):
        assert found(*lines) == {"name": "张三"}


def test_a_value_ends_where_the_next_label_begins():
    """Two labels in a row have a value each."""
    assert found(line("姓名张三住址某市某路", 40, 0)) == {"name": "张三", "address": "某市某路"}


def test_a_long_label_may_have_one_character_misread():
    """公民身份号码 with a wrong stroke is still the label; a short one is not guessed at, a digit belongs to the value."""
    assert found(line("公民身份号玛110105", 40, 0)) == {"number": "110105"}
    assert found(line("姓各张三", 40, 0)) == {}
    assert found(line("公民身份号1码", 40, 0)) == {}


def test_words_of_running_text_are_no_labels_where_it_is_strict():
    """A label opens a line, or stands behind a gap or punctuation."""
    assert found(line("请填写姓名张三", 40, 0), strict=True) == {}
    assert found(line("请填写。姓名张三", 40, 0), strict=True) == {"name": "张三"}
    assert found(line("请填写", 40, 0), line("姓名张三", 100, 0), strict=True) == {"name": "张三"}


def test_a_piece_has_its_own_place():
    """The box of a value glued to its label is that of its characters alone, and so is its confidence."""
    glued = Line("姓名张三", (40, 0, 80, 10), 0.5, (40, 50, 60, 70, 80), (0.99, 0.5, 0.98, 0.97))
    (label,) = find_labels(rows([glued]), LABELS)
    (piece,) = label.value
    assert piece.box == (60, 0, 80, 10)
    assert piece.confidence == 0.97


def test_text_that_breaks_over_rows_is_whole_in_the_flow():
    """A word cut by the end of a row is found, and its pieces are one of each row."""
    running = flow(rows([line("兹证明张三在我单位月收", 40, 0), line("入25000元", 40, 20)]))
    at = running.text.index("收入")
    assert [p.text for p in running.cut(at, at + 2)] == ["收", "入"]
    assert [p.box[1] for p in running.cut(at, at + 2)] == [0, 20]


def test_what_stands_below_a_label_is_found_in_its_column():
    """Nearest first, between the two x, until a gap of more than two lines."""
    table = rows(
        [
            line("住址", 40, 0),
            line("某市某路", 40, 15),
            line("别的", 300, 15),
            line("某号", 40, 30),
            line("页脚", 40, 90),
        ]
    )
    (label,) = find_labels(table, {"address": ("住址",)})
    assert ["".join(p.text for p in row) for row in below(table, label, 20, 120)] == ["某市某路", "某号"]


def test_a_doubtful_value_is_unread_and_not_given():
    """Below 0.80 a field is named as printed but unread, with its place; a later sure reading takes that back."""
    reader = Reader(sheet(width=200, height=100))
    weak, sure = line("张三", 40, 20, 0.79), line("张三", 40, 20, 0.81)
    assert not reader.put("name", [weak], "张三")
    assert [(u.name, u.box) for u in reader.unread] == [("name", (0.2, 0.2, 0.3, 0.3))]
    assert reader.put("name", [sure], "张三")
    assert reader.unread == []
    assert not reader.put("name", [line("李四", 0, 0)], "李四")
    assert reader.fields["name"].value == "张三"


def test_ink_without_a_value_is_unread_and_no_ink_is_nothing():
    """A field that is printed and cannot be understood is told; a field that is not there is not."""
    reader = Reader(sheet())
    reader.put("name", [line("※※", 0, 0)], None)
    reader.put("address", [], None)
    assert [u.name for u in reader.unread] == ["name"]
