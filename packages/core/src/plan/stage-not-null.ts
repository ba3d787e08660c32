import { type NewScriptSettings, placeOf, renderNewScript, whyNotAsWanted } from '../new-script/index.js'
import type { Operation } from '../operations/operation.js'
import { backfillCode, callCode, quoted } from '../rules/support/lint/code.js'
import type { Script } from '../script/script.js'
import type { Edit } from '../text/span.js'
import type { PlanContext } from './context.js'
import { Draft } from './draft.js'
import { parentEdits } from './parents.js'
import type { FileChange, Move, Repair } from './plan.js'
import { type StagedColumn, valueInText } from './staged-columns.js'

/** Everything that the plan is made from, for one history. */
export interface StageContext extends Pick<PlanContext, 'history' | 'source' | 'read'> {
  readonly settings: NewScriptSettings
  /** As people call it; null without one. */
  readonly target: string | null
  readonly newRevisionId: () => string
}

/** A column, and what its rows get: an expression in SQL. */
export interface StagedValue {
  readonly column: StagedColumn
  readonly value: string
}

export interface PlannedStages {
  readonly repair: Repair
  readonly changes: readonly FileChange[]
}

/**
 * Plans the safe way to NOT NULL for columns of scripts that nobody else has: the script adds them nullable, a revision above
 * fills them, another one above that makes them NOT NULL, and what stood on the script stands on that. Where the column was there
 * before, the revision that fills it comes below. Proven by reading what it leaves; or why there is no such plan: lower case, no full stop.
 */
export function planStages(context: StageContext, values: readonly StagedValue[]): PlannedStages | { why: string } {
  const draft = new Draft(context)
  const parts: Parts = { moves: [], mended: [], notes: [] }
  // First what has its place in the files as they are: everything after that reads them anew.
  draft.edit(ofKind(values, 'add_column').map(({ column }) => nullableEdit(column)))
  for (const script of context.history.scripts) {
    const own = values.filter(({ column }) => column.script === script)
    const why =
      fillAbove(draft, context, script, ofKind(own, 'add_column'), parts) ??
      fillBelow(draft, context, script, ofKind(own, 'alter_column'), parts)
    if (why !== null) return { why }
  }
  const { history } = draft
  if (history.error !== null || history.uncertain || history.map.heads.length !== context.history.map.heads.length) {
    return { why: 'the history would not be whole afterwards' }
  }
  return { repair: repairOf(context, draft, values, parts), changes: draft.changes }
}

interface Parts {
  readonly moves: Move[]
  readonly mended: Repair['mended'][number][]
  readonly notes: string[]
}

type Of<Kind extends StagedColumn['operation']['kind']> = StagedValue & {
  readonly column: { readonly operation: Extract<Operation, { readonly kind: Kind }> }
}

function ofKind<Kind extends StagedColumn['operation']['kind']>(
  values: readonly StagedValue[],
  kind: Kind,
): readonly Of<Kind>[] {
  return values.filter((one): one is Of<Kind> => one.column.operation.kind === kind)
}

/** Nullable in the script itself; filled, and then NOT NULL, in two revisions above. */
function fillAbove(
  draft: Draft,
  context: StageContext,
  script: Script,
  values: readonly Of<'add_column'>[],
  { moves, mended, notes }: Parts,
): string | null {
  if (values.length === 0) return null
  const children = draft.history.scripts.filter(({ downRevisions }) => downRevisions.includes(script.revision))
  const names = columnNames(values)
  const fill = values.map(backfillOf)
  const filled = add(draft, context, script, [script.revision], `fill ${names}`, { upgrade: fill, downgrade: [] })
  if ('why' in filled) return filled.why
  const narrow = add(draft, context, script, [filled.revision], `make ${names} not null`, {
    // Rows that were inserted in between have nothing either.
    upgrade: [...fill, ...values.flatMap(({ column }) => nullableCode(column, false))],
    downgrade: values.toReversed().flatMap(({ column }) => nullableCode(column, true)),
  })
  if ('why' in narrow) return narrow.why
  for (const child of children) moves.push(moveOnto(draft, child, script.revision, narrow.revision))
  mended.push({
    rule: 'not-null-without-server-default',
    path: script.path,
    text: `${script.revision} adds ${names} nullable, ${filled.revision} fills, ${narrow.revision} makes it NOT NULL`,
  })
  notes.push(
    ...values.map((one) => `${filled.revision} runs ${sayStatement(one)}`),
    `before ${narrow.revision} runs, everything that inserts must give a value`,
    `a database that has run ${script.revision} as it was needs nothing: there it is NOT NULL already`,
  )
  return null
}

/** In a revision below the script, which stays as it is. */
function fillBelow(
  draft: Draft,
  context: StageContext,
  script: Script,
  values: readonly Of<'alter_column'>[],
  { moves, mended, notes }: Parts,
): string | null {
  if (values.length === 0) return null
  const names = columnNames(values)
  const body = { upgrade: values.map(backfillOf), downgrade: [] }
  const parents = draft.history.map.get(script.revision)!.downRevisions
  const filled = add(draft, context, script, parents, `fill ${names}`, body)
  if ('why' in filled) return filled.why
  moves.push(moveOnto(draft, script, parents[0]!, filled.revision))
  mended.push({
    rule: 'alter-nullable',
    path: script.path,
    text: `${filled.revision} fills ${names} before ${script.revision} makes it NOT NULL`,
  })
  notes.push(
    ...values.map((one) => `${filled.revision} runs ${sayStatement(one)}`),
    `a database that has run ${script.revision} already needs nothing: no row was NULL there`,
  )
  return null
}

/** A new script, read again from its own bytes; or why there is none. */
function add(
  draft: Draft,
  { settings, read, newRevisionId }: StageContext,
  beside: Script,
  parents: readonly string[],
  message: string,
  body: { readonly upgrade: readonly string[]; readonly downgrade: readonly string[] },
): { readonly revision: string } | { readonly why: string } {
  const versionLocation = placeOf(settings, beside.path)
  if (versionLocation === null) return { why: `${beside.path} lies in none of the version locations` }
  const wanted = { revision: newRevisionId(), message, parents, versionLocation, body }
  const rendered = renderNewScript(settings, wanted)
  if ('viaAlembic' in rendered)
    return { why: `only the project's own Alembic can write scripts: ${rendered.viaAlembic}` }
  const text = new TextDecoder().decode(rendered.bytes)
  for (const name of ['from alembic import op', 'import sqlalchemy as sa']) {
    if (!text.includes(name)) return { why: `script.py.mako does not say \`${name}\`` }
  }
  const wrong = whyNotAsWanted(rendered.path, read(rendered.bytes), wanted)
  if (wrong !== null) return { why: wrong }
  if (draft.source(rendered.path).length > 0) return { why: `${rendered.path} is there already` }
  draft.add(rendered.path, rendered.bytes)
  return wanted
}

function moveOnto(draft: Draft, { revision }: Script, from: string, to: string): Move {
  const script = draft.history.map.get(revision)!
  const parents = script.downRevisions.map((id) => (id === from ? to : id))
  draft.edit(parentEdits(draft, script, parents))
  return { revision, path: script.path, from: script.downRevisions, to: parents }
}

function nullableEdit({ script, operation }: Of<'add_column'>['column']): Edit {
  return { path: script.path, span: operation.column.arguments.get('nullable')!.value, text: 'True' }
}

function backfillOf({ column, value }: StagedValue): string {
  return backfillCode(column, column.name, valueInText(value))
}

/** The file shows it too, but far down. */
function sayStatement({ column: { operation, name }, value }: StagedValue): string {
  return `\`UPDATE ${operation.table} SET ${name} = ${value.trim()} WHERE ${name} IS NULL\``
}

function nullableCode({ operation, name, type, inBatch }: StagedColumn, nullable: boolean): readonly string[] {
  const existing = type === null ? [] : [`existing_type=${type}`]
  const given = [quoted(name), ...existing, `nullable=${nullable ? 'True' : 'False'}`]
  const { table, schema, context } = operation
  return callCode({ operation: { table, schema, context: { ...context, batch: inBatch } } }, 'alter_column', ...given)
}

/** `invoice.country`, `invoice.country and invoice.currency`, as in the name of a file. */
function columnNames(values: readonly StagedValue[]): string {
  const names = values.map(({ column }) => `${column.operation.table}.${column.name}`)
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function repairOf(
  { history, target }: StageContext,
  draft: Draft,
  values: readonly StagedValue[],
  { moves, mended, notes }: Parts,
): Repair {
  const revisions = [...new Set(values.map(({ column }) => column.script.revision))]
  return {
    environment: history.environment,
    decision: 'mend',
    headsBefore: history.map.heads,
    headsAfter: draft.history.map.heads,
    reasons: [{ kind: 'asked' }, { kind: 'unpublished', revisions, target }],
    moves,
    renamed: [],
    merged: [],
    dropped: [],
    mended,
    ways: [],
    refusals: [],
    notes: [...new Set(notes)],
  }
}
