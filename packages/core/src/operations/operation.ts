import type { Span } from '../text/span.js'

/** What a script does to a database, read without running it. */
export interface ScriptOperations {
  readonly upgrade: FunctionOperations
  readonly downgrade: FunctionOperations
  /** Everything the file imports, in the order in which it stands there. */
  readonly imports: readonly ImportedName[]
  /** Where the file asks the database about itself, in the order in which that would run. */
  readonly inspections: readonly Inspection[]
}

/** `import module as alias`, or one name of `from module import name as alias`. */
export interface ImportedName {
  /** As written: `sqlalchemy.dialects`; empty for `from . import x`. */
  readonly module: string
  /** Dots before the module: 0 for an absolute import. */
  readonly level: number
  /** The name taken out of the module, `*` for all of them; null where the module itself is imported. */
  readonly name: string | null
  /** The whole statement. */
  readonly span: Span
  /** Stands at the top of the file, not inside a function. */
  readonly topLevel: boolean
}

/** A question to a live database: its inspector, `has_table`, rows that a query returns. */
export interface Inspection {
  readonly span: Span
  /** Never reached with `--sql`: under `if not context.is_offline_mode()`, or behind an early return. */
  readonly offlineGuarded: boolean
  readonly direction: 'upgrade' | 'downgrade'
}

/** One of the two functions of a script. */
export interface FunctionOperations {
  /** The whole `def`; null where the script has no such function. */
  readonly span: Span | null
  /** In the order in which they run. Anything whose effect is not known is among them as `opaque`, never left out. */
  readonly operations: readonly Operation[]
  /** True where the function does nothing at all: `pass`, a docstring, `...`, a bare return. */
  readonly isEmpty: boolean
  /** True where it ends in `raise NotImplementedError` or the like: no way back on purpose. */
  readonly raises: boolean
}

/** A field whose value only Python can tell stands in `unresolved` and is null; null and not there means absent. */
interface Placed {
  /** The whole call. The same call may stand for several operations: in a loop, in a helper function, in SQL text. */
  readonly span: Span
  /** The statement's own call in `upgrade()` or `downgrade()`: differs from `span` where a helper function does it. */
  readonly callSite: Span
  /** Read out of the SQL text of the `execute` before it: there is no call to edit. */
  readonly fromSql: boolean
  /** What was passed, by Alembic's name of the parameter (`table_name`, `type_`, …); a list of columns is `columns`. */
  readonly arguments: ReadonlyMap<string, ArgumentSpan>
  /** Names of the fields of this operation that only Python can tell; `keywords`: a `**` of something unknown may hold more. */
  readonly unresolved: readonly string[]
  readonly context: OperationContext
}

/** One argument of a call. */
export interface ArgumentSpan {
  readonly value: Span
  /** With `name=` before it; the same as `value` where it is passed by position. */
  readonly whole: Span
}

/** Under which circumstances an operation runs. */
export interface OperationContext {
  /**
   * `exists`: `if_exists`/`if_not_exists`/`checkfirst`, or inside a condition that asks the database whether the thing is
   * there; `offline`: inside `if (not) context.is_offline_mode()`; `dialect`: inside a condition on the dialect; `condition`:
   * inside any other condition, loop over unknown things, `try` or `while`. Innermost that is not `offline` wins.
   */
  readonly guard: 'exists' | 'offline' | 'dialect' | 'condition' | null
  /** Dialect names that a `dialect` guard lets through; empty where unknown or not guarded so. */
  readonly dialects: readonly string[]
  /** Dialect names that a `dialect` guard keeps out: `!= 'sqlite'`, the `else` of `== 'sqlite'`. */
  readonly excludedDialects: readonly string[]
  /** The condition, loop or `try` that the guard was read from; null where it is an argument (`if_exists=True`) or none. */
  readonly guardSpan: Span | null
  /** Which database of a multi-database script: `engine1` inside `upgrade_engine1()`; null in ordinary scripts. */
  readonly database: string | null
  /** Inside `batch_alter_table`. */
  readonly batch: boolean
  /** Inside `autocommit_block()`. */
  readonly autocommit: boolean
  /** True where it, or the condition it stands under, needs answers of a live database and nothing keeps it from `--sql`. */
  readonly online: boolean
}

/** A type as it is written: `sa.String(length=50)` → `{ name: 'String', text: 'sa.String(length=50)', length: 50 }`. */
export interface ColumnType {
  /** Last part of the name, as written: `String`, `BOOLEAN`, `Enum`, `UUID`. */
  readonly name: string
  readonly text: string
  /** `String(50)`, `CHAR(length=2)`; null where none is said. */
  readonly length: number | null
  /** Of an enum: its name, else null. */
  readonly enumName: string | null
  /** Of an enum: its values, where all are known. */
  readonly enumValues: readonly string[] | null
  /** `create_type=False`, `native_enum=False`: no type is created in the database. */
  readonly createsType: boolean
  readonly span: Span
}

/** A `server_default=` (or `default=`) as it is written. */
export interface DefaultValue {
  /** `text`: `sa.text('…')`; `string`: a string literal; `none`: an explicit None; else an expression (`sa.false()`, `sa.func.now()`, …). */
  readonly kind: 'text' | 'string' | 'none' | 'expression'
  /** What stands in the string or in the text; null for others. */
  readonly value: string | null
  /** As written. */
  readonly text: string
  readonly span: Span
}

export interface Column {
  readonly name: string | null
  readonly type: ColumnType | null
  /** As written: null where nothing is said (SQLAlchemy then takes True, False for a primary key). */
  readonly nullable: boolean | null
  readonly serverDefault: DefaultValue | null
  /** The Python-side `default=`: does not reach existing rows. */
  readonly clientDefault: DefaultValue | null
  readonly primaryKey: boolean
  readonly unique: boolean
  readonly index: boolean
  readonly autoincrement: boolean | null
  /** `Computed(…)`, `Identity(…)`. */
  readonly generated: 'computed' | 'identity' | null
  /** Foreign keys declared in the column: `table.column` as written. */
  readonly references: readonly string[]
  /** What was passed, by name (`name`, `type_`, `nullable`, `server_default`, …). */
  readonly arguments: ReadonlyMap<string, ArgumentSpan>
  readonly unresolved: readonly string[]
  readonly span: Span
}

export interface Constraint {
  readonly type: 'primary' | 'foreign' | 'unique' | 'check' | 'exclude'
  /** Null: unnamed, or unresolved. */
  readonly name: string | null
  /** Null where only Python can tell (or an expression). */
  readonly columns: readonly (string | null)[]
  /** Of a foreign key. */
  readonly referredTable: string | null
  readonly referredSchema: string | null
  readonly referredColumns: readonly (string | null)[]
  /** `postgresql_not_valid=True`. */
  readonly notValid: boolean
  readonly unresolved: readonly string[]
  readonly span: Span
}

/** `sa.Index(…)` among the arguments of `create_table`. */
export interface TableIndex {
  readonly name: string | null
  /** Null for an expression. */
  readonly columns: readonly (string | null)[]
  readonly unique: boolean
  readonly span: Span
}

interface OnTable extends Placed {
  readonly table: string | null
  readonly schema: string | null
}

/** One effect on a database. `schema` is null for the default one. */
export type Operation =
  | (OnTable & {
      readonly kind: 'create_table'
      readonly columns: readonly Column[]
      readonly constraints: readonly Constraint[]
      /** `sa.Index(…)` among the arguments. */
      readonly indexes: readonly TableIndex[]
    })
  | (OnTable & { readonly kind: 'drop_table' })
  | (OnTable & { readonly kind: 'rename_table'; readonly newName: string | null })
  | (OnTable & { readonly kind: 'add_column'; readonly column: Column })
  | (OnTable & { readonly kind: 'drop_column'; readonly column: string | null })
  | (OnTable & {
      readonly kind: 'alter_column'
      readonly column: string | null
      readonly newName: string | null
      readonly type: ColumnType | null
      readonly nullable: boolean | null
      /** What the call sets; null where it leaves it alone. */
      readonly serverDefault: DefaultValue | null
      readonly existingType: ColumnType | null
      readonly existingNullable: boolean | null
      readonly hasUsing: boolean
      readonly comment: boolean
    })
  | (OnTable & {
      readonly kind: 'create_index'
      readonly name: string | null
      /** Null for an expression. */
      readonly columns: readonly (string | null)[]
      readonly unique: boolean
      readonly concurrently: boolean
    })
  | (OnTable & { readonly kind: 'drop_index'; readonly name: string | null; readonly concurrently: boolean })
  | (OnTable & { readonly kind: 'create_constraint'; readonly constraint: Constraint })
  | (OnTable & {
      readonly kind: 'drop_constraint'
      readonly name: string | null
      readonly type: string | null
    })
  | (OnTable & { readonly kind: 'table_comment' })
  | (Placed & {
      readonly kind: 'create_type' | 'drop_type'
      readonly name: string | null
      readonly schema: string | null
      readonly values: readonly string[] | null
    })
  | (Placed & {
      /** `ALTER TYPE … ADD VALUE`, `RENAME`, `sync_enum_values`. */
      readonly kind: 'alter_type'
      readonly name: string | null
      readonly schema: string | null
      readonly addedValues: readonly string[]
      /** Of `RENAME TO`. */
      readonly newName: string | null
    })
  | (Placed & {
      readonly kind: 'execute'
      /** SQL text where it is known. Simple DDL in it is listed as operations of its own right behind, with this span. */
      readonly sql: string | null
      /** Tables that the text names, where that is certain; null: unknown. */
      readonly tables: readonly string[] | null
      /** `data`: INSERT/UPDATE/DELETE; `ddl`: fully listed as operations behind; `none`: SELECT, SET, comments; else unknown. */
      readonly effect: 'data' | 'ddl' | 'none' | 'unknown'
      /** `op.execute`, or a connection, cursor or session taken from it. */
      readonly through: 'op' | 'connection'
    })
  | (OnTable & { readonly kind: 'bulk_insert' })
  | (Placed & {
      /** Something that may do anything: a bound connection handed on, a helper that cannot be followed, a custom operation. */
      readonly kind: 'opaque'
      /** Lower case, no full stop: `calls helpers.backfill()`, `uses the connection`. */
      readonly reason: string
    })

export type OperationKind = Operation['kind']
