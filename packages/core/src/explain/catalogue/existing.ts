import type { KnownError } from '../known-error.js'

const AHEAD =
  'The database is ahead of its version table: an earlier run stopped half-way, create_all() or another branch made it, or two scripts do.'
const CURE =
  'compare what is there with the script: drop the leftover, or stamp the revision if all of it is there; keep one of two scripts that make the same'

/** Something is there already. */
export const existingErrors: readonly KnownError[] = [
  {
    kind: 'batch-leftover',
    patterns: [/table "?(?<table>_alembic_tmp_\w{1,120})"? already exists/i],
    cause: 'A batch operation failed before and left its temporary table, because SQLite takes nothing back.',
    cure: 'see that the table itself still has its rows, then drop the temporary one: it is a copy',
    rules: ['sqlite-needs-batch'],
    facts: ['makers'],
    next: 'status',
  },
  {
    kind: 'version-table-exists',
    patterns: [/(?:table|relation) ["']?alembic_version["']? already exists/i],
    cause: 'Two programs made the version table at once, or it is in a schema that env.py does not look into.',
    cure: 'let one upgrade run at a time, and set version_table_schema where the table is not in the default schema',
    rules: [],
    facts: [],
    next: 'status',
  },
  {
    kind: 'index-exists',
    patterns: [/index "?(?<name>[\w$.-]{1,120})"? already exists/i, /Duplicate key name '(?<name>[^']{1,120})'/],
    codes: ['mysql:1061'],
    headings: [/index already exists/],
    cause: `${AHEAD} Names of indexes are unique in a whole schema of PostgreSQL and SQLite.`,
    cure: CURE,
    rules: ['same-name-on-two-tables', 'created-twice-in-lineage', 'overlapping-operations'],
    facts: ['makers', 'rules'],
    next: 'status',
  },
  {
    kind: 'index-exists',
    patterns: [/(?<!(?:of|for) )relation "(?<name>[^"]{1,120})" already exists/],
    codes: ['42P07', 'DuplicateTable'],
    statement: /^CREATE (?:UNIQUE )?INDEX\b/i,
    onlyInStatement: true,
    cause: `${AHEAD} Names of indexes are unique in a whole schema of PostgreSQL and SQLite.`,
    cure: CURE,
    rules: ['same-name-on-two-tables', 'created-twice-in-lineage', 'overlapping-operations'],
    facts: ['makers', 'rules'],
    next: 'status',
  },
  {
    kind: 'table-exists',
    patterns: [
      /(?<!(?:of|for) )table "?(?<table>[\w$.-]{1,120})"? already exists/i,
      /(?<!(?:of|for) )relation "(?<table>[^"]{1,120})" already exists/,
      /Table '(?<table>[^']{1,120})' already exists/,
    ],
    codes: ['42P07', 'DuplicateTable', 'mysql:1050', 'ORA-00955'],
    headings: [/table\/column already exists|table already exists|missing existence checks?/],
    cause: AHEAD,
    cure: CURE,
    rules: ['created-twice-in-lineage', 'overlapping-operations', 'missing-existence-check'],
    facts: ['makers', 'rules'],
    next: 'status',
  },
  {
    kind: 'column-exists',
    patterns: [
      /duplicate column name: "?(?<column>[\w$.-]{1,120})/,
      /column "(?<column>[^"]{1,120})" of relation "(?<table>[^"]{1,120})" already exists/,
      /Duplicate column name '(?<column>[^']{1,120})'/,
    ],
    codes: ['42701', 'DuplicateColumn', 'mysql:1060'],
    headings: [/table\/column already exists|column already exists/],
    cause: AHEAD,
    cure: CURE,
    rules: ['created-twice-in-lineage', 'overlapping-operations', 'missing-existence-check'],
    facts: ['makers', 'rules'],
    next: 'status',
  },
  {
    kind: 'type-exists',
    patterns: [/type "(?<name>[^"]{1,120})" already exists/],
    codes: ['42710', 'DuplicateObject'],
    statement: /^CREATE (?:TYPE|DOMAIN)\b/i,
    headings: [/(?:enum|type) already exists/],
    cause:
      'The enum type is there: an earlier revision made it, or a downgrade dropped its table and not the type, or two tables share it.',
    cure: 'give the second use `postgresql.ENUM(…, create_type=False)`, and drop the type in the downgrade that drops its last table',
    rules: ['enum-left-behind'],
    facts: ['makers', 'rules'],
    next: 'check',
  },
  {
    kind: 'constraint-exists',
    patterns: [
      /constraint "(?<name>[^"]{1,120})" for relation "(?<table>[^"]{1,120})" already exists/,
      /Duplicate (?:foreign key|CHECK) constraint name '(?<name>[^']{1,120})'/i,
      /Duplicate key on write or update|errno: 121/,
      /multiple primary keys for table "(?<table>[^"]{1,120})" are not allowed/,
      /Multiple primary key defined/,
    ],
    codes: ['42710', 'DuplicateObject', 'mysql:1826', 'mysql:3822', 'mysql:1068', '42P16', 'InvalidTableDefinition'],
    statement: /^(?:ALTER|CREATE) TABLE\b/i,
    headings: [/constraint already exists/],
    cause: `${AHEAD} After a merge it is often both branches.`,
    cure: CURE,
    rules: ['overlapping-operations', 'created-twice-in-lineage', 'same-name-on-two-tables'],
    facts: ['makers', 'rules'],
    next: 'status',
  },
  {
    kind: 'object-exists',
    patterns: [
      /(?:trigger|policy|rule|extension|operator|function|sequence|view) "?(?<name>[\w$.-]{1,120})"?.{0,80}? already exists/i,
    ],
    codes: ['42710', 'DuplicateObject', '42723', 'DuplicateFunction', '42P06', 'DuplicateSchema'],
    cause: AHEAD,
    cure: CURE,
    rules: ['created-twice-in-lineage', 'overlapping-operations'],
    facts: ['makers'],
    next: 'status',
  },
]
