"""Writes the syntax trees of files: base64 texts in, as a JSON list; trees or the reason why there is none out.

A node is [type, {field: value}, start, end]; its place in bytes of the file, null where CPython gives none.
"""

import ast
import base64
import json
import re
import sys
import warnings

warnings.simplefilter("ignore")


class Dumper:
    def __init__(self, source: bytes) -> None:
        self.starts = [0] + [found.end() for found in re.finditer(rb"\r\n|\r|\n", source)]
        self.mark = 3 if source.startswith(b"\xef\xbb\xbf") else 0

    def dump(self, value, placed=True):
        if isinstance(value, list):
            return [self.dump(item, placed) for item in value]
        if not isinstance(value, ast.AST):
            return self.constant(value)
        # Until Python 3.12 what is inside an f-string has the place of the whole.
        inner = placed and not isinstance(value, ast.JoinedStr)
        fields = {name: self.dump(field, inner) for name, field in ast.iter_fields(value)}
        has_place = placed and hasattr(value, "end_lineno")
        place = (
            [self.offset(value.lineno, value.col_offset), self.offset(value.end_lineno, value.end_col_offset)]
            if has_place
            else [None, None]
        )
        return [type(value).__name__, fields, *place]

    def offset(self, line, column):
        return self.starts[line - 1] + column + (self.mark if line == 1 else 0)

    @staticmethod
    def constant(value):
        if isinstance(value, bytes):
            return {"bytes": value.decode("latin-1")}
        if value is ...:
            return {"ellipsis": True}
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return {"number": repr(float(value)) if abs(value) < 1e300 else "large"}
        if isinstance(value, complex):
            return {"number": "complex"}
        return value


def tree(source: bytes):
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {"body": Dumper(source).dump(module.body)}


files = [base64.b64decode(text) for text in json.load(sys.stdin)]
json.dump([tree(source) for source in files], sys.stdout)
