import type { Operation, OperationKind, ScriptOperations } from '../../../operations/operation.js'
import type { Script } from '../../../script/script.js'
import type { RuleContext } from '../../rule.js'
import { mayRun, meantDialects } from './dialects.js'

/** A script that is judged, and what it does. */
export interface NewScript {
  readonly script: Script
  readonly operations: ScriptOperations
}

/** One operation of one kind, where it stands. */
export interface NewOperation<Kind extends OperationKind = OperationKind> {
  readonly script: Script
  readonly operations: ScriptOperations
  readonly operation: Extract<Operation, { readonly kind: Kind }>
  /** Its place among the operations of its function, which stand in the order in which they run. */
  readonly index: number
  readonly direction: 'upgrade' | 'downgrade'
}

/** Where an operation stands, whatever it does. */
export type OperationPlace = Pick<NewOperation, 'script' | 'operations' | 'index' | 'direction'>

const read = new WeakMap<RuleContext, readonly NewScript[]>()

/** Every script that is judged, parents first; without those that cannot be parsed, which another rule tells of. */
export function newScripts(context: RuleContext): readonly NewScript[] {
  const known = read.get(context)
  if (known !== undefined) return known
  const judged = context.history.scripts.filter(({ revision }) => context.isJudged(revision))
  const scripts = parentsFirst(context, judged).flatMap((script) => {
    const operations = context.operations(script.path)
    return operations === null ? [] : [{ script, operations }]
  })
  read.set(context, scripts)
  return scripts
}

/** Operations of these kinds in `upgrade()` of every new script, in the order in which they run; all kinds where none is named. */
export function newOperations<Kind extends OperationKind = OperationKind>(
  context: RuleContext,
  ...kinds: readonly Kind[]
): readonly NewOperation<Kind>[] {
  return operationsOf(context, 'upgrade', kinds)
}

/** The same of `downgrade()`. */
export function newDowngradeOperations<Kind extends OperationKind = OperationKind>(
  context: RuleContext,
  ...kinds: readonly Kind[]
): readonly NewOperation<Kind>[] {
  return operationsOf(context, 'downgrade', kinds)
}

/** The same by script: for rules that look at one script after the other. */
export function byScript<At extends Pick<NewOperation, 'script'>>(
  places: readonly At[],
): ReadonlyMap<Script, readonly At[]> {
  const grouped = new Map<Script, At[]>()
  for (const at of places) {
    const known = grouped.get(at.script)
    if (known === undefined) grouped.set(at.script, [at])
    else known.push(at)
  }
  return grouped
}

/** What runs before this operation in the same function. */
export function before({ operations, direction, index }: OperationPlace): readonly Operation[] {
  return operations[direction].operations.slice(0, index)
}

/** What runs in one direction, in its order, and its places in there by kind. */
interface Listed {
  readonly all: readonly NewOperation[]
  readonly byKind: ReadonlyMap<OperationKind, readonly number[]>
}

type Direction = NewOperation['direction']

const listed = new WeakMap<RuleContext, Partial<Record<Direction, Listed>>>()

function operationsOf<Kind extends OperationKind>(
  context: RuleContext,
  direction: Direction,
  kinds: readonly Kind[],
): readonly NewOperation<Kind>[] {
  const known = listed.get(context) ?? {}
  known[direction] ??= listOperations(context, direction)
  listed.set(context, known)
  const { all, byKind } = known[direction]
  if (kinds.length === 0) return all as unknown as readonly NewOperation<Kind>[]
  const places = [...new Set(kinds)].flatMap((kind) => byKind.get(kind) ?? [])
  if (kinds.length > 1) places.sort((a, b) => a - b)
  return places.map((place) => all[place] as unknown as NewOperation<Kind>)
}

/** Once for all rules, of which every one asks for some. */
function listOperations(context: RuleContext, direction: Direction): Listed {
  const all: NewOperation[] = []
  const byKind = new Map<OperationKind, number[]>()
  for (const { script, operations } of newScripts(context)) {
    const meant = meantDialects(context, operations)
    for (const [index, operation] of operations[direction].operations.entries()) {
      if (!mayRun(meant, operation.context)) continue
      const places = byKind.get(operation.kind)
      if (places === undefined) byKind.set(operation.kind, [all.length])
      else places.push(all.length)
      all.push({ script, operations, operation, index, direction })
    }
  }
  return { all, byKind }
}

/** In the order of an upgrade; as they were loaded where Alembic cannot order them. */
function parentsFirst({ history }: RuleContext, scripts: readonly Script[]): readonly Script[] {
  const walk = history.map.history()
  if ('error' in walk) return scripts
  const place = new Map([...walk.order].reverse().map((id, index) => [id, index]))
  return [...scripts].sort((a, b) => (place.get(a.revision) ?? -1) - (place.get(b.revision) ?? -1))
}
