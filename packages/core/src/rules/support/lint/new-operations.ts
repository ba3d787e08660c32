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

function operationsOf<Kind extends OperationKind>(
  context: RuleContext,
  direction: NewOperation['direction'],
  kinds: readonly Kind[],
): readonly NewOperation<Kind>[] {
  const wanted = new Set<OperationKind>(kinds)
  return newScripts(context).flatMap(({ script, operations }) => {
    const meant = meantDialects(context, operations)
    return operations[direction].operations.flatMap((operation, index) => {
      if ((wanted.size > 0 && !wanted.has(operation.kind)) || !mayRun(meant, operation.context)) return []
      return [{ script, operations, operation, index, direction } as unknown as NewOperation<Kind>]
    })
  })
}

/** In the order of an upgrade; as they were loaded where Alembic cannot order them. */
function parentsFirst({ history }: RuleContext, scripts: readonly Script[]): readonly Script[] {
  const walk = history.map.history()
  if ('error' in walk) return scripts
  const place = new Map([...walk.order].reverse().map((id, index) => [id, index]))
  return [...scripts].sort((a, b) => (place.get(a.revision) ?? -1) - (place.get(b.revision) ?? -1))
}
