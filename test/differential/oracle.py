"""Reads a JSON list of base64 files on stdin; writes what CPython makes of the module level of each.

Not a model of Alembic: it only says which literal the last plain assignment of a name gives ("values"), which names are
bound in any other way ("dynamic"), the docstring, or the class of the error with which CPython refuses the file; and, where
the file runs to its end among mocks, what the names are then ("ran").
"""
import ast
import base64
import builtins
import json
import signal
import sys
import typing
import warnings
from unittest.mock import MagicMock

warnings.simplefilter("ignore")
signal.signal(signal.SIGALRM, lambda *_: stop())
NAMES = ("revision", "down_revision", "branch_labels", "depends_on")


def encode(value):
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    if isinstance(value, (tuple, list)):
        return {"seq": [encode(item) for item in value]}
    if isinstance(value, (set, frozenset)):
        return {"set": sorted((encode(item) for item in value), key=repr)}
    if isinstance(value, dict):
        return {"dict": [encode(key) for key in value]}
    if value is None or isinstance(value, (str, bool)):
        return value
    if value is ... or isinstance(value, (int, float, complex)):
        return {"number": repr(value)}
    return {"other": type(value).__name__}


def stored(node, inner=False):
    """Names that a statement may bind at module level, by any means."""
    found = set()
    bind = found.update if not inner else (lambda names: None)
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        bind([node.id])
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        bind([node.name])
    elif isinstance(node, ast.alias):
        bind([(node.asname or node.name).split(".")[0]])
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        bind([node.name])
    elif isinstance(node, ast.MatchMapping) and node.rest:
        bind([node.rest])
    elif isinstance(node, ast.Global) and inner:
        found.update(node.names)
    own = {"FunctionDef": "body", "AsyncFunctionDef": "body", "ClassDef": "body", "Lambda": "body"}.get(type(node).__name__)
    for field, value in ast.iter_fields(node):
        if isinstance(node, ast.comprehension) and field == "target":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                found |= stored(child, inner or field == own)
    return found


class Namespace(dict):
    """Names that nothing binds are mocks, so that most files run to their end."""

    def __missing__(self, name):
        if hasattr(builtins, name):
            raise KeyError(name)
        return MagicMock()


def stop(*_):
    raise TimeoutError


def run(source):
    """The four names after running the file with every import, file and print replaced by a mock; None if it raises."""
    safe = {name: getattr(builtins, name) for name in dir(builtins) if not name.startswith("_")}
    for name in ("open", "print", "input", "exit", "quit", "breakpoint", "help", "exec", "eval", "compile"):
        safe[name] = MagicMock()
    safe["__import__"] = lambda name, *_: typing if name == "typing" else MagicMock()
    safe["__build_class__"] = builtins.__build_class__
    names = Namespace(__name__="script", __annotations__={})
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        code = compile(source, "script", "exec", dont_inherit=True)
        module = {"__builtins__": safe}
        exec(code, module, names)
    except BaseException:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    names.update((name, module[name]) for name in NAMES if name in module)
    return {name: encode(names[name]) for name in NAMES if name in names}


def read(source):
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return {"error": type(error).__name__ if isinstance(error, SyntaxError) else "SyntaxError", "message": str(error)}
    values, dynamic, star = {}, set(), False
    for node in tree.body:
        targets, value = [], None
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        elif isinstance(node, ast.AnnAssign):
            continue
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            star = True
        for name in stored(node):
            values.pop(name, None)
            dynamic.add(name)
        for target in targets:
            if isinstance(target, ast.Name):
                try:
                    values[target.id] = encode(ast.literal_eval(value))
                    dynamic.discard(target.id)
                except Exception:
                    pass
    result = {
        "doc": ast.get_docstring(tree, clean=False),
        "values": {name: values[name] for name in NAMES if name in values},
        "dynamic": sorted(name for name in NAMES if name in dynamic),
        "star": star,
        "ran": run(source),
    }
    try:
        compile(source, "script", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as error:
        result["compileError"] = str(error)
    return result


json.dump([read(base64.b64decode(item)) for item in json.load(sys.stdin)], sys.stdout)
