"""Models against schema, as `alembic check` compares them."""

from onehead_rehearse_words import CANARY

MOST = 50


def compare_models(context):
    metadata = context.opts.get("target_metadata")
    if metadata is None or (isinstance(metadata, (list, tuple)) and not metadata):
        return {"state": "none", "differences": []}
    from alembic.autogenerate import compare_metadata

    differences = []
    for one in compare_metadata(context, metadata):
        for change in one if isinstance(one, list) else [one]:
            told = describe(change)
            if told is not None:
                differences.append(told)
    return {"state": "differ" if differences else "equal", "differences": differences[:MOST]}


def describe(change):
    """One difference in words; None for what is ours."""
    operation = change[0]
    words = operation.replace("_", " ")
    if operation in ("add_table", "remove_table"):
        table = change[1]
        return about(table.schema, table.name, None, words, "")
    if operation in ("add_column", "remove_column"):
        schema, table, column = change[1:4]
        return about(schema, table, column.name, words, str(column.type))
    if operation.startswith("modify_"):
        schema, table, column = change[1:4]
        return about(schema, table, column, words, "%s, in the models %s" % (said(change[-2]), said(change[-1])))
    thing = change[1]
    table = getattr(thing, "table", None)
    name = getattr(thing, "name", None)
    return about(getattr(table, "schema", None), getattr(table, "name", None), None, words, str(name or ""))


def said(value):
    """The default of a column holds its text one level below."""
    inner = getattr(value, "arg", value)
    return str(getattr(inner, "text", inner))


def about(schema, table, column, words, text):
    if CANARY in (schema, table):
        return None
    where = ".".join(str(one) for one in (schema, table) if one)
    return {"operation": words, "table": where or None, "column": column, "text": text}
