"""
Takes the guide apart: the programs in it, with the confs that load them.

What is fenced as c in one section, from heading to heading, is one file; what is fenced as c++, another.
"""
import re
from dataclasses import dataclass


@dataclass
class Program:
    title: str  # of the section
    line: int
    language: str
    text: str
    confs: list


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


def programs(text):
    """The programs, in their order."""
    made = {}
    for title, language, line, piece in blocks(text):
        if language in ("c", "c++"):
            one = made.setdefault((title, language), Program(title, line, language, "", []))
            one.text += piece
        elif language == "eddy":
            for one in made.values():
                if one.title == title:
                    one.confs.append(piece)
    return list(made.values())
