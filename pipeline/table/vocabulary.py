"""The words of a table's header: synonyms, morphemes, labels glued together or naming two things."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from rapidfuzz.distance import Levenshtein

from pipeline.table.kinds import Kind, squeezed

_NOISE = re.compile(r"[\s:：;；,，.。·*\"'“”_\[\]【】|]+")
_UNIT = re.compile(r"[(（](?:元|人民币|人民币元|单位:?元|rmb|cny|¥)[)）]$|[(（](?:元|rmb|cny)$", re.I)
_HAN = re.compile(r"[\u3400-\u9fff]")
_BRACKETS = str.maketrans("", "", "()（）/\\、-")
_VARIANTS = str.maketrans("額餘賬帳帐戶對號幣種類備時間記貸", "额余账账账户对号币种类备时间记贷")
"""Forms of characters that fonts and engines give in the place of the simplified ones."""
VALUE = re.compile(r"[:：]\s*[^\s:：]|\d{3}")
"""A label with its value beside it, or a number, is no header word."""


@dataclass(frozen=True)
class Vocabulary:
    """The words of a table's header: synonyms and kind of each role. `dates` and `money` are the roles of which a header
    must show one each; `least` is the number of different roles that make a header; words of roles in `alike` may stand
    together in one label (摘要/附言) and are then not two labels glued. `stems` are patterns of whole labels, tried in
    order where no word fits; `joint` names the role of a column whose label joins two roles."""

    synonyms: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, Kind]
    dates: frozenset[str]
    money: frozenset[str]
    least: int = 3
    alike: tuple[frozenset[str], ...] = ()
    stems: tuple[tuple[str, str], ...] = ()
    joint: Mapping[frozenset[str], str] = field(default_factory=dict)
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By role the words (名称, 账号) that are the other party's under a label of one of these roles."""

    @cached_property
    def others_by_word(self) -> dict[str, str]:
        """The role of each such word."""
        return {key(name): role for role, names in self.others.items() for name in names}

    @cached_property
    def words(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for role, names in self.synonyms.items():
            for name in names:
                if found.setdefault(key(name), role) != role:
                    raise ValueError(f"the header word {name!r} stands for two roles")
        return found

    @cached_property
    def longest(self) -> int:
        return max(map(len, self.words))

    @cached_property
    def _known(self) -> dict[str, str | None]:
        return {}

    def role(self, text: str) -> str | None:
        """The role that a header cell's text stands for, or None."""
        if text not in self._known:
            self._known[text] = None if VALUE.search(text) else self._role(key(text))
        return self._known[text]

    def _role(self, plain: str) -> str | None:
        words = self.words
        if not plain or len(plain) > 40:
            return None
        han = "".join(_HAN.findall(plain))
        latin = re.sub(r"[^a-z]", "", plain)
        for form in (
            plain,
            plain.translate(_BRACKETS),
            re.sub(r"\(.*?\)", "", plain),
            re.sub(r"[a-z().&]", "", plain).strip("/"),
            han,
        ):
            if form in words:
                return words[form]
        if not han:
            return words.get(latin)
        if self._glued_roles(plain):
            return None
        stem = self._stem(plain)
        if stem:
            return stem
        best = ""
        for word in words:
            if len(word) > len(best) and word in han and len(word) >= 0.6 * len(han):
                best = word
        if best:
            return words[best]
        if len(han) >= 4:
            near = [
                w
                for w in words
                if len(w) >= len(han)
                and len(p := w.translate(_BRACKETS)) == len(han)
                and Levenshtein.distance(p, han) == 1
            ]
            roles = {words[w] for w in near}
            if len(roles) == 1:
                return roles.pop()
        return words.get(latin) if latin and len(han) <= 1 else None

    def _stem(self, plain: str) -> str | None:
        """The role that a label's morphemes give (付出金额, 对方单位或个人), where no word of the list fits."""
        bare = re.sub(r"\(.*?\)|[a-z.]", "", plain)
        return next((role for pattern, role in self._stems if pattern.fullmatch(bare)), None)

    @cached_property
    def _stems(self) -> list[tuple[re.Pattern[str], str]]:
        return [(re.compile(pattern), role) for pattern, role in self.stems]

    def several(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The roles of a label that names more than one thing: with a stroke (摘要/交易时间) or one above the other. One
        where the two are one column's (`joint`), none where the label is a word itself or names one thing."""
        whole = key("".join(texts))
        if whole in self.words or whole.translate(_BRACKETS) in self.words:
            return ()
        known: list[str] = []
        for text in texts:
            if not _HAN.search(text):
                continue
            roles = self._of_line(text)
            if not roles:
                return ()
            known += [r for r in roles if r not in known]
        if len(known) < 2:
            return tuple(known) if len(texts) == 1 and "/" in whole else ()
        if frozenset(known) in self.joint:
            return (self.joint[frozenset(known)],)
        if any(frozenset(known) <= family for family in self.alike):
            # 摘要/用途: one column, named by its first word.
            return (next((r for r in known if r != "other"), known[0]),)
        return tuple(known)

    def _of_line(self, text: str) -> tuple[str, ...]:
        """The roles of one line of a label: of the whole, else of the words between its strokes; none where one is unknown."""
        plain = key(text)
        exact = self.words.get(plain) or self.words.get(plain.translate(_BRACKETS))
        if exact:
            return (exact,)
        halves = [key(h) for h in re.split(r"[/／|、]", text) if _HAN.search(h)]
        roles = [self.words.get(h) or self._stem(h) if len(h) > 1 else None for h in halves]
        if None in roles:
            stem = self._stem(plain)
            return (stem,) if stem else ()
        known = tuple(dict.fromkeys(r for r in roles if r))
        return (self.joint[frozenset(known)],) if frozenset(known) in self.joint else known

    @cached_property
    def _glued(self) -> re.Pattern[str]:
        words = "|".join(re.escape(w) for w in sorted(self.words, key=len, reverse=True) if len(w) > 1)
        return re.compile(f"(?:{words}){{2,}}")

    def _glued_roles(self, plain: str) -> bool:
        """Whether a text is nothing but header words, of roles that never share a label."""
        if plain in self.words or not self._glued.fullmatch(plain):
            return False
        roles = {self.words[word] for word in self._word.findall(plain)}
        return len(roles) > 1 and not any(roles <= family for family in self.alike)

    @cached_property
    def _word(self) -> re.Pattern[str]:
        return re.compile(
            "|".join(re.escape(w) for w in sorted(self.words, key=len, reverse=True) if len(w) > 1)
        )

    @cached_property
    def _pieces(self) -> dict[str, list[tuple[int, int]] | None]:
        return {}

    def pieces(self, text: str) -> list[tuple[int, int]] | None:
        """Where a text is two or more header words glued together, the characters of each; else None."""
        if text not in self._pieces:
            self._pieces[text] = self._cut(text)
        return self._pieces[text]

    def _half(self, text: str) -> str | None:
        """The role of a label that a blank parts from the next: a word of the list, or one whose parts tell it (结存额)."""
        plain = key(text)
        if plain in self.words or len(_HAN.findall(plain)) < 3:
            return self.words.get(plain)
        return self._stem(plain) or (next(iter(self.several([text])), None) if "/" in text else None)

    def _cut(self, text: str) -> list[tuple[int, int]] | None:
        halves = [(m.start(), m.end()) for m in re.finditer(r"\S+", text)]
        roles = (
            [self._half(text[a:b]) for a, b in halves]
            if len(halves) > 1 and key(text) not in self.words
            else []
        )
        if len(roles) > 1 and None not in roles and len(set(roles)) == len(roles):
            return halves
        if len(text) < 4 or self.role(text) is not None or not self._glued.fullmatch(key(text)):
            return None
        if len({self.words[word] for word in self._word.findall(key(text))}) < 2:
            return None
        chars = [(i, c) for i, c in enumerate(text) if not c.isspace()]
        plain = "".join(c for _, c in chars)
        spans, at = [], 0
        while at < len(plain):
            for size in range(min(self.longest + 3, len(plain) - at), 1, -1):
                if key(plain[at : at + size]) in self.words:
                    spans.append((chars[at][0], chars[at + size - 1][0] + 1))
                    at += size
                    break
            else:
                return None
        return spans if len(spans) > 1 else None


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """A header word as it is compared: no spaces, no unit, no punctuation, lower case, half-width brackets."""
    return _NOISE.sub("", _UNIT.sub("", squeezed(text).lower().translate(_VARIANTS)))
