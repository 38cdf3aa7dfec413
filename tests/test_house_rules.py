"""Patterns that open doors: each rule reads the whole code, and each is shown to catch a planted example.

ruff's `S` rules look for what is dangerous in any Python; these know the house. A place that has a reason is listed
with it here, so a new one is a decision and not a habit.
"""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = [pytest.mark.wide, pytest.mark.sqlite]

ROOT = Path(__file__).resolve().parent.parent
APPS = ("bra", "meetings", "actions", "imports", "finding", "reports", "records", "demo")

Rule = Callable[[ast.AST], Iterator[ast.AST]]

# Where a pattern stands with a reason: (rule, file) and why.
REASONS = {
    ("mark_safe", "bra/templatetags/bra_ui.py"): "digits of a date, and a fixed attribute",
    ("mark_safe", "bra/moulds.py"): "marks that the program makes itself",
    ("mark_safe", "bra/markdown.py"): "what nh3 has cleaned",
    ("mark_safe", "actions/filters.py"): "every value and word is escaped there",
    ("mark_safe", "finding/snippets.py"): "every piece of the text is escaped there",
    ("csrf_exempt", "bra/views.py"): "a mail program posts there by itself (RFC 8058)",
    ("pickle", "reports/spool.py"): "reads what the same object wrote, from a nameless file",
    ("environ", "bra/settings.py"): "the one place that reads it",
    ("environ", "bra/wsgi.py"): "names the settings, as Django's own template does",
    (
        "pk in a view",
        "bra/administering_views.py",
    ): "administrators reach all councils and log-ins, never content",
    (
        "pk in a view",
        "bra/second_step_views.py",
    ): "the row of the user who asks, and the step just used",
    ("sql", "actions/reminders/planning.py"): "a query that the ORM wrote, with its parameters apart",
}


def named(node: ast.AST) -> str:
    """The last name of what is called or read: `a.b.c` is "c"."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """The calls of anything with one of those names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and named(node.func) in names:
            yield node


def unescaped(tree: ast.AST) -> Iterator[ast.AST]:
    """Text that is called safe without having been escaped."""
    yield from calls(tree, "mark_safe", "SafeString", "SafeText")


def own_sql(tree: ast.AST) -> Iterator[ast.AST]:
    """SQL beside the ORM, or put together from pieces."""
    yield from calls(tree, "raw", "extra", "RawSQL")
    for call in calls(tree, "execute", "executemany"):
        if call.args and not isinstance(call.args[0], ast.Constant | ast.Name):
            yield call


def without_token(tree: ast.AST) -> Iterator[ast.AST]:
    """A view that takes forms without their token."""
    yield from (node for node in ast.walk(tree) if named(node) == "csrf_exempt")


def running(tree: ast.AST) -> Iterator[ast.AST]:
    """Text that is run as a program, or bytes that are."""
    for call in calls(tree, "eval", "exec", "compile", "__import__"):
        if isinstance(call.func, ast.Name):
            yield call
    for call in calls(tree, "load", "loads", "dumps", "Unpickler"):
        if isinstance(call.func, ast.Attribute) and named(call.func.value) in ("pickle", "marshal", "yaml", "shelve"):
            yield call
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "shell" and ast.unparse(node.value) != "False":
            yield node
    yield from calls(tree, "system", "popen")


def past_the_door(tree: ast.AST) -> Iterator[ast.AST]:
    """A single row fetched from a whole table: a view reaches one only through what its member may see."""
    for call in calls(tree, "get_object_or_404", "get_list_or_404"):
        if call.args and isinstance(call.args[0], ast.Name) and not _has_council(call) and call.args[0].id[0].isupper():
            yield call
    for call in calls(tree, "get", "first", "last"):
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value).endswith(".objects"):
            yield call


def _has_council(call: ast.Call) -> bool:
    return any((keyword.arg or "").split("__")[-1] in ("council", "council_id") for keyword in call.keywords)


def led_away(tree: ast.AST) -> Iterator[ast.AST]:
    """A redirect to where the request says."""
    for call in calls(tree, "redirect", "HttpResponseRedirect", "HttpResponseClientRedirect"):
        text = " ".join(ast.unparse(one) for one in call.args)
        if re.search(r"request\.(GET|POST|META|COOKIES|headers|htmx)", text):
            yield call


def written_out(tree: ast.AST) -> Iterator[ast.AST]:
    """A log line whose text holds values: they would escape the formatter that keeps content out."""
    for call in calls(tree, "debug", "info", "warning", "error", "exception", "critical", "log"):
        if isinstance(call.func, ast.Attribute) and named(call.func.value) in ("log", "logger", "logging"):
            yield from (one for one in call.args[:2] if isinstance(one, ast.JoinedStr | ast.BinOp))


def environment(tree: ast.AST) -> Iterator[ast.AST]:
    """A setting that settings.py doesn't know of."""
    yield from (node for node in ast.walk(tree) if named(node) in ("environ", "getenv"))


def printed(tree: ast.AST) -> Iterator[ast.AST]:
    """Output that no log knows of."""
    yield from (call for call in calls(tree, "print", "pprint") if isinstance(call.func, ast.Name))


def whole_models(tree: ast.AST) -> Iterator[ast.AST]:
    """A form that takes whatever columns a model has or will get."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and named(node.targets[0]) == "fields":
            if isinstance(node.value, ast.Constant) and node.value.value == "__all__":
                yield node
        elif isinstance(node, ast.Assign) and named(node.targets[0]) == "exclude":
            yield node


RULES: dict[str, tuple[Rule, str]] = {
    "mark_safe": (unescaped, "def f(x):\n    return mark_safe(f'<b>{x}</b>')"),
    "sql": (own_sql, "cursor.execute('SELECT * FROM t WHERE a = %s' % a)"),
    "csrf_exempt": (without_token, "@csrf_exempt\ndef view(request): ..."),
    "pickle": (running, "pickle.loads(request.body)"),
    "pk in a view": (past_the_door, "def view(request, pk):\n    return get_object_or_404(Case, pk=pk)"),
    "redirect": (led_away, "def view(request):\n    return redirect(request.GET['next'])"),
    "log": (written_out, "log.warning(f'no {title}')"),
    "environ": (environment, "KEY = os.environ['KEY']"),
    "print": (printed, "print(member)"),
    "form": (whole_models, "class Meta:\n    fields = '__all__'"),
}
MORE_EXAMPLES = [
    ("sql", "Case.objects.raw(query)"),
    ("sql", "cursor.execute(f'DROP TABLE {name}')"),
    ("pickle", "eval(text)"),
    ("pickle", "subprocess.run(command, shell=True)"),
    ("pickle", "yaml.load(text)"),
    ("pk in a view", "Case.objects.get(pk=pk)"),
    ("redirect", "redirect(request.htmx.current_url)"),
    ("log", "logger.info('no ' + title)"),
    ("form", "class Meta:\n    exclude = ['council']"),
]


@cache
def sources() -> list[tuple[str, ast.Module]]:
    """Every module of ours but the migrations: its path and tree."""
    return [
        (path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def in_scope(rule: str, path: str) -> bool:
    """Doors stand before views; the rest is everywhere but in commands, which speak to the operator."""
    if rule == "pk in a view":
        return path.endswith("views.py") and not path.startswith("demo/")
    return True


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_code_keeps_the_rule(rule: str) -> None:
    found = {path for path, tree in sources() if in_scope(rule, path) and any(True for _ in RULES[rule][0](tree))}
    assert sorted(path for path in found if (rule, path) not in REASONS) == []


@pytest.mark.parametrize(("rule", "example"), [(rule, example) for rule, (_, example) in RULES.items()] + MORE_EXAMPLES)
def test_the_rule_catches_what_it_is_for(rule: str, example: str) -> None:
    assert len(list(RULES[rule][0](ast.parse(example)))) >= 1


def test_each_reason_has_its_place() -> None:
    kept = {
        (rule, path) for rule, (read, _) in RULES.items() for path, tree in sources() if any(True for _ in read(tree))
    }
    assert sorted(set(REASONS) - kept) == []


# Templates

SAFE_HERE = {
    "templates/includes/_field.html": "help texts are the program's own, or escaped where they are made",
    "templates/includes/_field_words.html": "likewise",
}


def unescaped_html(path: str, text: str) -> list[str]:
    """Words of users that would be HTML. Text mails and subjects are no HTML."""
    if not path.endswith(".html") or path in PLAIN_TEXT:
        return []
    return re.findall(r"\|\s*(?:safe|safeseq)\b|\{%-?\s*autoescape off", text)


PLAIN_TEXT = {"templates/registration/password_reset_email.html"}


def inline(path: str, text: str) -> list[str]:
    """Scripts and styles that the Content-Security-Policy would stop."""
    if path.startswith("templates/emails/"):
        return []  # mail programs know no style sheets
    handlers = re.findall(r"<[^>]*\s(?:on[a-z]+|style|hx-on[:\w-]*)\s*=", text)
    scripts = [
        tag for tag in re.findall(r"<script\b[^>]*>", text) if "application/json" not in tag and "src=" not in tag
    ]
    return [*handlers, *scripts, *re.findall(r"<style\b|javascript:", text)]


def nameless_scripts(_path: str, text: str) -> list[str]:
    """Scripts that wouldn't run, because they lack their page's nonce."""
    tags = re.findall(r"<script\b(?:[^>{]|\{(?!%)|\{%.*?%\})*>", text)
    return [tag for tag in tags if "nonce=" not in tag and "application/json" not in tag]


def tokenless(path: str, text: str) -> list[str]:
    """Forms that are posted without their token."""
    if path == "templates/unsubscribe.html":
        return []  # its address takes a mail program's own POST, so a token would guard nothing
    forms = re.findall(r"<form\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\}|\{(?![{%]))*>.*?(?:</form>|\Z)", text, flags=re.DOTALL)
    return [
        form[:60]
        for form in forms
        if re.search(r"method=[\"']?post", form.partition(">")[0] + form[:300], flags=re.IGNORECASE)
        and "csrf_token" not in form
    ]


def open_windows(_path: str, text: str) -> list[str]:
    """Links to elsewhere that give the new page a hold on ours."""
    tags = re.findall(r"<a\b[^>]*target=\"_blank\"[^>]*>", text)
    return [tag for tag in tags if "{% url" not in tag and "noopener" not in tag]


def from_elsewhere(path: str, text: str) -> list[str]:
    """What would be fetched from somebody else's host."""
    if path.startswith("templates/emails/"):
        return []
    return re.findall(r"<(?:script|link|img|iframe|object|embed)\b[^>]*(?:src|href|data)=\"(?:https?:)?//[^\"]*", text)


TEMPLATE_RULES: dict[str, tuple[Callable[[str, str], list[str]], str]] = {
    "unescaped": (unescaped_html, "<p>{{ note|safe }}</p>"),
    "inline": (inline, '<button onclick="go()">'),
    "nonce": (nameless_scripts, '<script type="module" src="{% static "a.js" %}"></script>'),
    "token": (tokenless, '<form method="post" action="{% url "x" %}"><button>A</button></form>'),
    "window": (open_windows, '<a href="https://example.org" target="_blank">A</a>'),
    "elsewhere": (from_elsewhere, '<script src="https://cdn.example.org/a.js"></script>'),
}
MORE_TEMPLATES = [
    ("unescaped", "{% autoescape off %}{{ note }}{% endautoescape %}"),
    ("inline", '<p style="color: red">'),
    ("inline", "<script>alert(1)</script>"),
    ("inline", '<div hx-on:click="x()">'),
    ("token", '<form action="{{ a }}" method="POST">{{ form }}</form>'),
]


def templates() -> Iterator[tuple[str, str]]:
    """Every template: its path and text."""
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt", ".subject"):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", sorted(TEMPLATE_RULES))
def test_the_templates_keep_the_rule(rule: str) -> None:
    found = [(path, what) for path, text in templates() for what in TEMPLATE_RULES[rule][0](path, text)]
    assert [(path, what) for path, what in found if not (rule == "unescaped" and path in SAFE_HERE)] == []


@pytest.mark.parametrize(
    ("rule", "example"), [(rule, example) for rule, (_, example) in TEMPLATE_RULES.items()] + MORE_TEMPLATES
)
def test_the_rule_catches_the_template_it_is_for(rule: str, example: str) -> None:
    assert len(TEMPLATE_RULES[rule][0]("templates/x.html", example)) >= 1


# Scripts

SINKS = re.compile(
    r"\.(?:innerHTML|outerHTML)\s*=|insertAdjacentHTML|document\.write|createContextualFragment|\beval\(|new Function"
    r"|setTimeout\(\s*[\"'`]|\.on[a-z]+\s*=|postMessage|\bimport\("
)


def test_no_script_of_ours_makes_html_or_programs_of_text() -> None:
    scripts = sorted((ROOT / "bra" / "static" / "bra" / "js").glob("*.js"))
    assert [(path.name, found) for path in scripts for found in SINKS.findall(path.read_text(encoding="utf-8"))] == []
    assert len(SINKS.findall("a.innerHTML = b; eval(c); setTimeout('d')")) == 3


def test_no_setting_is_said_twice() -> None:
    """The second would silently take back what the first says."""
    tree = ast.parse((ROOT / "bra" / "settings.py").read_text(encoding="utf-8"))
    names = [ast.unparse(one) for node in tree.body if isinstance(node, ast.Assign) for one in node.targets]
    assert sorted({name for name in names if names.count(name) > 1}) == []
