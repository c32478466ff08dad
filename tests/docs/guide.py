"""
Takes a document apart: the programs in it, with the confs that load them and the commands that try them.

What is fenced as c in one section, from heading to heading, is one file, and what is fenced as c++, another. With a conf
(fenced as eddy) it is a module; a session (fenced as console) is what its user types, behind "$ ", and is answered.
Other languages are programs and confs of other servers.
"""
import re
from dataclasses import dataclass, field


@dataclass
class Program:
    title: str  # of the section
    line: int
    language: str
    text: str
    conf: str = ""
    session: list = None  # of (command, answer)


def blocks(text):
    """(section, language, line, text) of what is fenced."""
    title, language, began, lines = "", None, 0, []
    for number, line in enumerate(text.split("\n"), 1):
        if language is None and line.startswith("#"):
            title = line.lstrip("# ")
        elif language is None and line.startswith("```"):
            language, began, lines = line[3:].strip(), number, []
        elif line == "```":
            yield title, language, began, "\n".join(lines) + "\n"
            language = None
        elif language is not None:
            lines.append(line)


@dataclass
class Section:
    title: str
    line: int
    texts: dict = field(default_factory=dict)  # by language; one block after the other
    session: list = field(default_factory=list)  # of (command, answer)


def sections(text):
    """What is fenced, section by section; those without any are left out."""
    made = {}
    for title, language, line, piece in blocks(text):
        one = made.setdefault(title, Section(title, line))
        if language == "console":
            one.session += list(commands(piece))
        else:
            one.texts[language] = one.texts.get(language, "") + piece
    return list(made.values())


def blocks_of(text, title, language):
    """The texts of a section's blocks of that language, one by one."""
    return [piece for at, kind, _, piece in blocks(text) if (at, kind) == (title, language)]


def programs(text):
    """The programs, in their order."""
    made = {}
    for title, language, line, piece in blocks(text):
        if language in ("c", "c++"):
            one = made.setdefault((title, language), Program(title, line, language, ""))
            one.text += piece
            continue
        for one in made.values():
            if one.title == title and language == "eddy":
                one.conf += piece
            elif one.title == title and language == "console":
                one.session = (one.session or []) + list(commands(piece))
    return list(made.values())


def commands(text):
    """(command, answer) of a session."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, answer = part.partition("\n")
        while command.endswith("\\"):
            more, _, answer = answer.partition("\n")
            command = f"{command}\n{more}"
        yield command, answer
