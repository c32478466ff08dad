"""
The lines that eddyd and eddy-worker log at warning or above, as their sources have them: each format with "…" for what is
put in. packaging/operations.md explains every one of them, and tests/docs/check compares the two.
"""
import re
from pathlib import Path

# Calls that log, with what of their arguments says how grave it is.
CALLS = {"log_error": 1, "log_warning": 1, "log_write": 2, "log_write_at": 3, "conf_errors_add": 2, "eddy_log": 2}
CALLS |= {"eddy_process_fatal": 2}
CALLS |= {"text_put": None, "link_log": None, "link_log_send": None, "link_log_aside": None, "worker_say": 2}
CALL = re.compile(rf"\b({'|'.join(CALLS)})\(")
ALWAYS = ("log_error", "log_warning", "conf_errors_add", "worker_say", "eddy_process_fatal")
GRAVE = re.compile(r"\bLOG_(?:WARNING|ERR|CRIT|ALERT|EMERG)\b")
PRINTS = {"snprintf": 2, "asprintf": 1}
PRINT = re.compile(rf"\b({'|'.join(PRINTS)})\(")
DIRECTIVE = re.compile(r"%(?:[-+ 0#]*[\d.*]*(?:hh|h|ll|l|z|j|t)?[a-zA-Z]|%)")
STRING = r'"(?:[^"\\]|\\.)*"'

# Where a call's format is no more than "%s", or its text is made elsewhere: the functions that make it, or what it looks
# like. A call of that kind that is not here is an error, so that none is forgotten.
MADE_IN = {
    ("daemon/backtrace.c", "on_late"): ["daemon/backtrace.c:on_late"],
    ("daemon/reload.c", "reload_errors_tell"): [],  # conf_errors_add, and what conf/ and the workers say of the conf
    ("daemon/reload.c", "reload_candidate_failed"): ["daemon/generation.c:candidate_died"],
    ("daemon/reopen.c", "on_late"): ["daemon/reopen.c:on_late"],
    ("daemon/upgrade.c", "upgrade_refuse"): [],  # the reason, before "upgrade failed"
    ("daemon/workers.c", "workers_kept"): ["daemon/workers.c:workers_kept"],
    ("worker/accept.c", "worker_say"): [],
    ("worker/api.c", "api_misuse_as"): "eddy_…: …",
    ("worker/api.c", "api_lost"): "eddy_…: … where … is due",
    ("worker/api.c", "api_here"): "eddy_…: called on thread …: eddy's functions are for the loop's thread alone",
    ("worker/http/response.c", "response_misuse_as"): "eddy_…: …",
    ("worker/http/send_file.c", "piece_log"): "eddy_…: …",
    ("worker/module/log.c", "eddy_process_fatal"): [],
    ("worker/net/server.c", "server_call_error"): ["worker/net/server.c:server_call_error"],
    ("worker/worker.c", "worker_report_access"): ["worker/http/access.c:access_report"],
}


def strip_comments(text):
    """Comments out of C, at the same lines."""
    return re.sub(
        rf"{STRING}|/\*.*?\*/|'(?:[^'\\]|\\.)'",
        lambda match: re.sub(r"[^\n]", " ", match[0]) if match[0].startswith("/*") else match[0],
        text,
        flags=re.S,
    )


def macros(texts):
    """Names that stand for a text."""
    found = {}
    for text in texts:
        for name, value in re.findall(rf"^#define (\w+) ((?:{STRING}\s*)+)", text, re.M):
            found[name] = value
    return found


def arguments(text, start):
    """The arguments of the call whose parenthesis has just been opened."""
    depth, parts, at, i = 0, [], start, start
    while True:
        string = re.compile(STRING).match(text, i)
        if string:
            i = string.end()
            continue
        c = text[i]
        if c in "([{":
            depth += 1
        elif c in ")]}":
            if depth == 0:
                return parts + [text[at:i]]
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[at:i])
            at = i + 1
        i += 1


def choices(argument):
    """Both texts of a choice (a ? b : c), or the one there is."""
    parts, at, i = [], 0, 0
    while i < len(argument):
        string = re.compile(STRING).match(argument, i)
        if string:
            i = string.end()
            continue
        if argument[i] in "?:":
            parts.append(argument[at:i])
            at = i + 1
        i += 1
    return parts + [argument[at:]]


def formats(argument, known):
    """The texts that an argument can be, as far as it is made of literals."""
    for name, value in known.items():
        argument = re.sub(rf"\b{name}\b", lambda _: value, argument)
    made = []
    for piece in choices(argument):
        text = "".join(string[1:-1] for string in re.findall(STRING, piece))
        if text:
            made.append(text.replace('\\"', '"').replace("\\\\", "\\").replace("\\n", ""))
    return made


def shape(fmt):
    """A format with "…" for what is put in."""
    text = DIRECTIVE.sub(lambda match: "%" if match[0] == "%%" else "…", fmt)
    text = re.sub(r"…(?:[ ;,.:]*…)+", "…", text)
    return re.sub(r"(?<=\w)…(?= |$)|…(?=s )", "…", text).strip()


# What the libraries of the module js log.
JS_CALL = re.compile(r'native\.log\((?:LOG_ERR|LOG_WARNING|[0-4]), (?:"([^"]+)"|`([^`$]*\$\{[^`]*)`)')


def script_lines(top):
    """(shape, file, line) of what is said in JavaScript; what a script says itself is no text there."""
    for path in sorted(top.glob("worker/modules/js/lib/**/*.js")):
        text = path.read_text()
        for match in JS_CALL.finditer(text):
            said = re.sub(r"\$\{[^}]*\}", "…", match[2]) if match[2] else f"{match[1]}…"
            if "${" not in said and len(re.sub(r"[^A-Za-z]+", "", said)) > 3:
                yield re.sub(r"(?<=[\w:]) ?…$", " …", said), str(path.relative_to(top)), text.count("\n", 0, match.start()) + 1


def functions(text):
    """(name, line, body) of each function."""
    for match in re.finditer(r"^(\w+)\([^;{]*?\)\n\{\n(.*?)^\}", text, re.M | re.S):
        yield match[1], text.count("\n", 0, match.start()) + 1, match[2]


def is_text(fmt):
    """Whether it says anything by itself."""
    return len(re.sub(r"[^A-Za-z]+", "", DIRECTIVE.sub("", fmt))) > 3


def lines(top):
    """(shape, file, line) of each, and what is wrong, as text."""
    files = sorted(path for path in [*top.glob("daemon/*.c"), *top.glob("worker/**/*.c")] if path.parent.name != "modules")
    headers = [*top.glob("daemon/*.h"), *top.glob("worker/*.h"), *top.glob("worker/*/*.h")]
    shared = macros(strip_comments(path.read_text()) for path in headers)
    bodies, calls = {}, []
    for path in files:
        name = str(path.relative_to(top))
        text = strip_comments(path.read_text())
        known = {**shared, **macros([text])}
        for function, line, body in functions(text):
            bodies[f"{name}:{function}"] = (line, body, known)
            for match in CALL.finditer(body):
                given = arguments(body, match.end())
                if match[1] in ALWAYS or any(map(GRAVE.search, given)):
                    calls.append((name, function, line + 2 + body.count("\n", 0, match.start()), match[1], given, known))
    found, wrong = [], []
    for name, function, line, call, given, known in calls:
        at, sources = CALLS[call], MADE_IN.get((name, function))
        if isinstance(sources, str):
            found.append((sources, name, line))
            continue
        texts = [text for text in formats(given[at], known) if is_text(text)] if at is not None else []
        if texts:
            found += [(shape(text), name, line) for text in texts]
            continue
        if sources is None and at is None:
            sources = [f"{name}:{function}"]
        if sources is None:
            wrong.append((name, line, f"{function} logs what is made elsewhere: say where in MADE_IN of tests/docs/loglines.py"))
            continue
        for source in sources:
            made = []
            first, body, there = bodies.get(source, (0, "", {}))
            for match in PRINT.finditer(body):
                one = arguments(body, match.end())[PRINTS[match[1]]]
                made += [(shape(text), source.partition(":")[0], first) for text in formats(one, there) if is_text(text)]
            if not made:
                wrong.append((name, line, f"no text is found in {source}, which {function} logs: see MADE_IN of tests/docs/loglines.py"))
            found += made
    return sorted({*found, *script_lines(top)}), wrong


if __name__ == "__main__":
    there, bad = lines(Path(__file__).resolve().parents[2])
    for one in there:
        print(*one, sep="\t")
    for one in bad:
        print("WRONG", *one)
