"""Things of PostgreSQL, in the server's own words."""

OTHERS = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'onehead_rehearsal_canary') AND left(n.nspname, 3) <> 'pg_'"
# What an extension brought comes and goes with it.
FREE = "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = %s.oid AND d.classid = '%s'::regclass AND d.deptype = 'e')"

INDEXES = """SELECT n.nspname, t.relname, i.relname, pg_get_indexdef(i.oid)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid AND c.contype IN ('p', 'u', 'x'))
AND t.relkind IN ('r', 'p', 'm') AND """ + OTHERS

CONSTRAINTS = """SELECT n.nspname, t.relname, c.conname, pg_get_constraintdef(c.oid)
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE c.contype IN ('c', 'x') AND """ + OTHERS

TRIGGERS = """SELECT n.nspname, t.relname, g.tgname, pg_get_triggerdef(g.oid)
FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE NOT g.tgisinternal AND """ + OTHERS

ENUMS = """SELECT n.nspname, t.typname, string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_enum e ON e.enumtypid = t.oid
WHERE t.typtype = 'e' AND %s AND %s GROUP BY 1, 2""" % (FREE % ("t", "pg_type"), OTHERS)

# One that belongs to a column is a part of it.
SEQUENCES = """SELECT n.nspname, t.relname, format_type(s.seqtypid, NULL) || ' increment ' || s.seqincrement
FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_sequence s ON s.seqrelid = t.oid
WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND d.classid = 'pg_class'::regclass
AND d.deptype IN ('a', 'i', 'e')) AND """ + OTHERS

FUNCTIONS = """SELECT n.nspname, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
coalesce(pg_get_function_result(p.oid), 'procedure') || ' ' || md5(p.prosrc)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE %s AND %s""" % (FREE % ("p", "pg_proc"), OTHERS)

VIEWS = """SELECT n.nspname, t.relname, pg_get_viewdef(t.oid) FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE t.relkind = 'm' AND """ + OTHERS


def postgresql_things(shape, own):
    """`own`: tables that are none of the project's, with their schemas."""
    connection = shape.connection
    default = shape.inspector.default_schema_name

    def asked(statement):
        return sorted(tuple(row) for row in connection.exec_driver_sql(statement).fetchall())

    def place(schema, name):
        return name if schema == default else "%s.%s" % (schema, name)

    for kind, statement in (("index", INDEXES), ("check constraint", CONSTRAINTS), ("trigger", TRIGGERS)):
        for schema, table, name, text in asked(statement):
            if (schema, table) not in own:
                shape.add(kind, place(schema, table), name, without_name(kind, text))
    for schema, name, text in asked(VIEWS):
        shape.add("view", place(schema, name), "", " ".join(text.split()))
    for kind, statement in (("enum", ENUMS), ("sequence", SEQUENCES), ("function", FUNCTIONS)):
        for schema, name, text in asked(statement):
            shape.add(kind, None, place(schema, name), text or "")
    for name, version in asked("SELECT extname, extversion FROM pg_extension WHERE extname <> 'plpgsql'"):
        shape.add("extension", None, name, version)


def without_name(kind, text):
    """`CREATE UNIQUE INDEX name ON table USING btree (a)` → `unique btree (a)`."""
    if kind != "index" or " USING " not in text:
        return " ".join(text.split())
    unique = "unique " if text.startswith("CREATE UNIQUE") else ""
    way = text.split(" USING ", 1)[1]
    return unique + (way[len("btree ") :] if way.startswith("btree ") else way)
