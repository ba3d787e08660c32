import type { Operation, OperationKind, ScriptOperations } from '../../../operations/operation.js'
import type { Script } from '../../../script/script.js'
import type { RuleContext } from '../../rule.js'
import { mayRun, meantDialects } from './dialects.js'
import { oncePer } from './once.js'

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

/** Every script that is judged, parents first; without those that cannot be parsed, which another rule tells of. */
export const newScripts = oncePer((context: RuleContext): readonly NewScript[] => {
  const judged = context.history.scripts.filter(({ revision }) => context.isJudged(revision))
  return parentsFirst(context, judged).flatMap((script) => {
    const operations = context.operations(script.path)
    return operations === null ? [] : [{ script, operations }]
  })
})

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

/** What runs in one direction, in its order, and by the kinds that were asked for. */
interface Listed {
  readonly all: readonly NewOperation[]
  readonly ofKinds: Map<string, readonly NewOperation[]>
}

type Direction = NewOperation['direction']

/** Once for all rules, of which every one asks for some. */
const listed = {
  upgrade: oncePer((context: RuleContext) => listOperations(context, 'upgrade')),
  downgrade: oncePer((context: RuleContext) => listOperations(context, 'downgrade')),
}

function operationsOf<Kind extends OperationKind>(
  context: RuleContext,
  direction: Direction,
  kinds: readonly Kind[],
): readonly NewOperation<Kind>[] {
  const { all, ofKinds } = listed[direction](context)
  const key = kinds.join()
  const found =
    ofKinds.get(key) ??
    (kinds.length === 0 ? all : all.filter(({ operation }) => kinds.includes(operation.kind as Kind)))
  ofKinds.set(key, found)
  return found as unknown as readonly NewOperation<Kind>[]
}

function listOperations(context: RuleContext, direction: Direction): Listed {
  const all: NewOperation[] = []
  for (const { script, operations } of newScripts(context)) {
    const meant = meantDialects(context, operations)
    operations[direction].operations.forEach((operation, index) => {
      if (mayRun(meant, operation.context)) all.push({ script, operations, operation, index, direction })
    })
  }
  return { all, ofKinds: new Map() }
}

/** In the order of an upgrade; as they were loaded where Alembic cannot order them. */
function parentsFirst({ history }: RuleContext, scripts: readonly Script[]): readonly Script[] {
  const walk = history.map.history()
  if ('error' in walk) return scripts
  const place = new Map([...walk.order].reverse().map((id, index) => [id, index]))
  return [...scripts].sort((a, b) => (place.get(a.revision) ?? -1) - (place.get(b.revision) ?? -1))
}
