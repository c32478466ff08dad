"""
Conf files for the tests, as text.

What a test does not say gets a value that suits tests: one port of its own, two workers, a short
drain.
"""


def quote(text):
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "{ " + ", ".join(quote(item) for item in value) + " }"
    return quote(value)


def _block(settings):
    return "{ " + "  ".join(f"{key} = {_value(value)}" for key, value in settings.items()) + " }"


def build(control, listens, modules, routes, workers=2, http=None, extra="", drain_timeout="2s"):
    """
    listens: {address: {setting: value}}. modules: {name: {"path": …, options…}}.
    routes: {path: "module" | {"module": …, …}}. extra: lines put at the top as they are.
    """
    lines = [extra] if extra else []
    lines.append(f"workers = {workers}")
    lines.append(f"control = {quote(control)}")
    lines.append(f"drain_timeout = {quote(drain_timeout)}")
    for address, settings in listens.items():
        lines.append(f"listen {quote(address)} {_block(settings)}")
    if http:
        lines.append(f"http {_block(http)}")
    for name, settings in modules.items():
        options = {key: value for key, value in settings.items() if key != "path"}
        block = f"path = {quote(settings['path'])}"
        if options:
            block += f" options {_block({key: str(value) for key, value in options.items()})}"
        lines.append(f"module {quote(name)} {{ {block} }}")
    for path, settings in routes.items():
        if isinstance(settings, str):
            settings = {"module": settings}
        lines.append(f"route {quote(path)} {_block(settings)}")
    return "\n".join(lines) + "\n"
