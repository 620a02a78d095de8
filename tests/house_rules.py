"""The rules of the house as functions: each takes a project folder and returns what breaks the rule, as sentences."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

ROOMS = (
    "journal",
    "organisations",
    "tour",
    "accounts",
    "mail",
    "registration",
    "attendance",
    "fiches",
    "privacy",
)
DOORS = ("public", "organiser", "api", "commands")
LIMIT = 300
# What templates/parts/messages.html knows how to show; a flash without a kind is "fait".
FLASH_KINDS = {"fait", "attention", "refus", "info", "retablir"}
WASTE_BASKETS = re.compile(r"^(utils?|helpers?|misc|common|tools?)$")
# The history of the schema is written once and never edited, whatever its length.
HISTORY = ("migrations", "versions")


def _code(root: Path) -> Iterator[Path]:
    for top in ("tourpaca", "tests", "migrations", "bench"):
        yield from sorted((root / top).rglob("*.py"))
    yield from sorted(root.glob("*.py"))


def _written(root: Path) -> Iterator[Path]:
    """The pages and what dresses and moves them: not Python, but written here all the same."""
    for pattern in ("static/**/*.css", "static/js/*.js", "templates/**/*.*"):
        yield from sorted(root.glob(pattern))


def _in(root: Path, folders: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((root / "tourpaca" / folder).rglob("*.py"))


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def unannounced_files(root: Path) -> list[str]:
    """Every .py opens with a docstring whose first paragraph is one line ending like a sentence."""
    found = []
    for path in _code(root):
        first = (ast.get_docstring(_tree(path)) or "").split("\n\n")[0]
        if not first.endswith((".", "?", "!")) or "\n" in first:
            found.append(f"{_name(path, root)} does not open with one sentence")
    return found


def long_files(root: Path) -> list[str]:
    """A file is read in one sitting: 300 lines at most."""
    return [
        f"{_name(path, root)} has {lines} lines"
        for path in (*_code(root), *_written(root))
        if path.relative_to(root).parts[:2] != HISTORY
        and (lines := len(path.read_text().splitlines())) > LIMIT
    ]


def stray_commits(root: Path) -> list[str]:
    """The only commit of the house is in db.py."""
    return [
        f"{_name(path, root)}:{node.lineno} commits"
        for path in sorted((root / "tourpaca").rglob("*.py"))
        if path != root / "tourpaca" / "db.py"
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]


def empty_rooms(root: Path) -> list[str]:
    """A room appears with its first inhabitant; a folder with nothing but its __init__ is an empty promise."""
    found = []
    for folder in sorted(path for path in (root / "tourpaca").rglob("*") if path.is_dir()):
        inhabitants = [path for path in folder.iterdir() if path.name not in {"__init__.py", "__pycache__"}]
        if folder.name != "__pycache__" and not inhabitants:
            found.append(f"{_name(folder, root)} is empty")
    return found


def waste_baskets(root: Path) -> list[str]:
    """No file or folder is named after what it does not say."""
    paths = [*_code(root), *(path for path in (root / "tourpaca").rglob("*") if path.is_dir())]
    return [
        f"{_name(path, root)} says nothing by its name" for path in paths if WASTE_BASKETS.match(path.stem)
    ]


def doors_on_the_session(root: Path) -> list[str]:
    """Doors never touch the session: they read queries and do actions."""
    banned = {"db", "session", "transaction"}
    found = []
    for path in _in(root, DOORS):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ImportFrom):
                names = {alias.name for alias in node.names}
                if (node.module == "tourpaca.db" and names & banned) or (
                    (node.module or "").split(".")[0] == "sqlalchemy"
                ):
                    found.append(f"{_name(path, root)}:{node.lineno} reaches for the database")
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "db.session":
                found.append(f"{_name(path, root)}:{node.lineno} uses the session")
    return found


def rooms_on_flask(root: Path) -> list[str]:
    """Domain rooms never import Flask: they know nothing of requests."""
    return [
        f"{_name(path, root)}:{node.lineno} imports {name}"
        for path in _in(root, ROOMS)
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
        if name.split(".")[0] in {"flask", "flask_login", "flask_wtf", "werkzeug", "wtforms"}
    ]


def _calls(tree: ast.Module, names: set[str]) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in names
    ]


def writing_queries(root: Path) -> list[str]:
    """queries.py reads: no transaction, no add, no insert, update or delete."""
    verbs = {"transaction", "add", "add_all", "insert", "update", "delete", "flush"}
    return [
        f"{_name(path, root)}:{call.lineno} writes ({ast.unparse(call.func)})"
        for path in _in(root, ROOMS)
        if path.name == "queries.py"
        for call in _calls(_tree(path), verbs)
        # `set.add` and `dict.update` on a local name are not the database's.
        if not (isinstance(call.func, ast.Attribute) and _is_local(call.func))
    ]


def _is_local(function: ast.Attribute) -> bool:
    return isinstance(function.value, ast.Name) and function.value.id not in {"session", "db", "current"}


def chained_actions(root: Path) -> list[str]:
    """An action never calls an action: two of them share a private function."""
    files = [path for path in _in(root, ROOMS) if "actions" in (path.stem, path.parent.name)]
    return [f"{_name(path, root)}{fault}" for path in files for fault in _chains(_tree(path), root)]


def _chains(tree: ast.Module, root: Path) -> list[str]:
    verbs = _verbs(tree)
    called = [call for call in _calls(tree, verbs) if isinstance(call.func, ast.Name)]
    found = [f":{call.lineno} calls the action {ast.unparse(call.func)}" for call in called]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            module = node.module or ""
            if names & ({"actions"} | _verbs_of(module, root)) or any(
                _verbs_of(f"{module}.{name}", root) for name in names
            ):
                found.append(f":{node.lineno} imports an action")
    return found


def _verbs(tree: ast.Module) -> set[str]:
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and _commits(node)}


def _verbs_of(module: str, root: Path) -> set[str]:
    """The actions defined by a module of actions; what it shares with its neighbours opens no transaction."""
    file = root / (module.replace(".", "/") + ".py")
    return _verbs(_tree(file)) if ".actions" in module and file.exists() else set()


def _commits(function: ast.FunctionDef) -> bool:
    return any(
        ast.unparse(node.func) == "transaction" for node in ast.walk(function) if isinstance(node, ast.Call)
    )


def clocks_in_rooms(root: Path) -> list[str]:
    """Time is told in doors and commands only and passed down."""
    readers = {"datetime.now", "datetime.utcnow", "date.today", "time.time", "clock.now"}
    return [
        f"{_name(path, root)}:{node.lineno} reads the clock"
        for path in _in(root, ROOMS)
        if path.name != "worker.py"  # the worker is the clock's own customer: leases are due by the hour
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in readers
    ]


def orphan_templates(root: Path) -> list[str]:
    """Every template is rendered, included, extended or imported by something."""
    templates = root / "templates"
    said = "\n".join(
        path.read_text()
        for folder in (root / "tourpaca", templates)
        for path in folder.rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".xml", ".typ", ".jinja"}
    )
    files = sorted(path for path in templates.rglob("*") if path.is_file())
    return [
        f"templates/{name} is used by nothing"
        for name in (path.relative_to(templates).as_posix() for path in files)
        if not _is_said(name, said)
    ]


def _is_said(name: str, said: str) -> bool:
    # A letter is named without its ending: one name, one .txt and one .html.
    stem = name.rsplit(".", 1)[0]
    # A document that is typeset names its parts from the root of the templates.
    wanted = {f'"{name}"', f"'{name}'", f'"{stem}"', f"'{stem}'", f'"/{name}"'}
    if name.startswith("mail/"):
        wanted.add(f'"{stem.removeprefix("mail/")}"')
    return any(text in said for text in wanted)


def unknown_flashes(root: Path) -> list[str]:
    """A message flashed says its kind as a literal word that the pages know how to show."""
    return [
        f"{_name(path, root)}:{call.lineno} flashes an unknown kind"
        for path in _in(root, DOORS)
        for call in _calls(_tree(path), {"flash"})
        if not _said_kinds(call) <= FLASH_KINDS
    ]


def _said_kinds(call: ast.Call) -> set[object]:
    given = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "category")]
    return {node.value if isinstance(node, ast.Constant) else ast.unparse(node) for node in given}


RULES: tuple[Callable[[Path], list[str]], ...] = (
    unannounced_files,
    long_files,
    stray_commits,
    empty_rooms,
    waste_baskets,
    doors_on_the_session,
    rooms_on_flask,
    writing_queries,
    chained_actions,
    clocks_in_rooms,
    orphan_templates,
    unknown_flashes,
)
