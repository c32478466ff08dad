"""
Reads eddy.h: what it declares, each with its comment. This knows the form of that header, not C.

A comment is of what follows it without an empty line, which is all of a paragraph; behind a declaration it is of that one.
"""
import re
from dataclasses import dataclass, field


@dataclass
class Declared:
    kind: str  # "function", "type", "enumerator", "member" or "macro"
    name: str
    line: int
    comment: str = ""
    text: str = ""
    members: list = field(default_factory=list)


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


class Source:
    """A header's text: its comments by line, and its code without them."""

    def __init__(self, text):
        self.text = text
        self.alone, self.behind = {}, {}  # a comment by its last line; one behind code, by its first
        for match in re.finditer(r"/\*.*?\*/", text, re.S):
            first = text.count("\n", 0, match.start()) + 1
            begin = text.rfind("\n", 0, match.start()) + 1
            if text[begin : match.start()].strip():
                self.behind[first] = match.group()
            else:
                self.alone[first + match.group().count("\n")] = match.group()
        code = re.sub(r"/\*.*?\*/", blank, text, flags=re.S)
        code = re.sub(r"^#ifdef __cplusplus$.*?^#endif$", blank, code, flags=re.M | re.S)  # this is about C
        self.directives = list(re.finditer(r"^[ \t]*#(?:\\\n|[^\n])*", code, re.M))
        code = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", blank, code, flags=re.M)
        self.code = re.sub(r'extern "C" \{|^\}$', blank, code, flags=re.M)

    def section(self, line):
        """What the comments of a line's section say of all that is in it."""
        titles = [at for at, comment in self.alone.items() if at < line and re.search(r"-{20,} \*/$", comment)]
        lines = self.text.split("\n")
        return "".join(
            comment for at, comment in self.alone.items() if max(titles) < at < line and not lines[at].strip()
        )

    def line(self, at):
        return self.text.count("\n", 0, at) + 1

    def split(self, begin, end, separator):
        """(text, first line, comment) of what `separator` ends between two places of the code, outside of braces."""
        depth, start = 0, begin
        above, below = "", 0  # the paragraph's comment, and the last line that it is for
        for at in range(begin, end):
            depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(self.code[at], 0)
            if depth or (self.code[at] != separator and at != end - 1):
                continue
            text = self.code[start : at + 1]
            if text.strip():
                first = self.line(start + len(text) - len(text.lstrip()))
                last = self.line(at)
                if first - 1 in self.alone:
                    above = self.alone[first - 1]
                elif first - 1 != below:
                    above = ""
                below = last
                yield text.strip(), start + len(text) - len(text.lstrip()), first, self.behind.get(last) or above
            start = at + 1


def members_of(source, at, text, comment):
    """What is between the braces of a struct or an enum, at that place of the code."""
    begin = source.code.index("{", at) + 1
    end = at + text.rindex("}")
    if re.match(r"(typedef )?enum", text):
        for member, _, line, own in source.split(begin, end, ","):
            yield Declared("enumerator", re.match(r"\w+", member).group(), line, own, member)
        return
    for member, _, line, own in source.split(begin, end, ";"):
        pointer = re.search(r"\(\*(\w+)\)", member)
        names = [pointer.group(1)] if pointer else re.findall(r"(\w+)(?=\s*[,;]|\s*$)", member)
        for name in names:
            said = own or (comment if re.search(rf"\b{name}\b", comment) else "")
            yield Declared("member", name, line, said, member)


def declared(text):
    """All that a header declares."""
    source = Source(text)
    for match in source.directives:
        macro = re.match(r"\s*#\s*define\s+(\w+)", match.group())
        line = source.line(match.start())
        if macro and macro.group(1) != "EDDY_H":
            last = line + match.group().count("\n")
            comment = source.alone.get(line - 1) or source.behind.get(last, "")
            yield Declared("macro", macro.group(1), line, comment, match.group())
    for text, at, line, comment in source.split(0, len(source.code), ";"):
        if re.fullmatch(r"struct (\w+);", text) and "eddy" not in text:
            continue  # somebody else's
        one = Declared("type", "", line, comment, text)
        if text.startswith("EDDY_API"):
            one.kind = "function"
            one.name = re.search(r"\b(eddy_\w+)\(", text).group(1)
        elif "{" in text:
            one.members = list(members_of(source, at, text, comment))
            one.name = re.search(r"(\w+)\s*;$", text).group(1) if text.startswith("typedef") else text.split()[1]
        else:
            one.name = re.search(r"(\w+)\s*(\(.*\))?;$", text, re.S).group(1)
        yield one
