import type { Operation, OperationKind } from '../../../operations/operation.js'
import type { Script } from '../../../script/script.js'
import type { RuleContext } from '../../rule.js'
import { type NewScript, newScripts } from './new-operations.js'

/** An operation of `upgrade()`, and the script that it stands in. */
export interface Placed<Kind extends OperationKind = OperationKind> {
  readonly script: Script
  readonly operation: Extract<Operation, { readonly kind: Kind }>
}

/**
 * The new scripts that are not published as one line, for what lies below each of them. Rules ask for every operation, so that
 * nothing here may take longer the longer the line is: operations are listed by kind once, and a question begins with those that
 * could be meant at all.
 */
export class Slice {
  readonly #context: RuleContext
  readonly #scripts: readonly NewScript[]
  readonly #byKind = new Map<OperationKind, Placed[]>()
  readonly #below = new Map<Script, readonly NewScript[]>()

  constructor(context: RuleContext) {
    this.#context = context
    this.#scripts = newScripts(context).filter(({ script }) => !context.mayBePublished(script.revision))
    for (const { script, operations } of this.#scripts) {
      for (const operation of operations.upgrade.operations) {
        const known = this.#byKind.get(operation.kind)
        if (known === undefined) this.#byKind.set(operation.kind, [{ script, operation }])
        else known.push({ script, operation })
      }
    }
  }

  /** All of them, parents first. */
  get scripts(): readonly NewScript[] {
    return this.#scripts
  }

  /** Operations of one kind in all of them, parents first. */
  ofKind<Kind extends OperationKind>(kind: Kind): readonly Placed<Kind>[] {
    return (this.#byKind.get(kind) ?? []) as unknown as readonly Placed<Kind>[]
  }

  isBelow(one: Script, other: Script): boolean {
    return one !== other && ancestorsOf(this.#context, other.revision).has(one.revision)
  }

  /** Those below a script, parents first. */
  below(script: Script): readonly NewScript[] {
    const known = this.#below.get(script) ?? this.#scripts.filter((one) => this.isBelow(one.script, script))
    this.#below.set(script, known)
    return known
  }
}

/** One for all rules. */
export function sliceOf(context: RuleContext): Slice {
  const slice = slices.get(context) ?? new Slice(context)
  slices.set(context, slice)
  return slice
}

const slices = new WeakMap<RuleContext, Slice>()

/** Everything below a revision, and itself. */
export function ancestorsOf(context: RuleContext, revision: string): ReadonlySet<string> {
  const ofAll = ancestors.get(context) ?? new Map<string, ReadonlySet<string>>()
  ancestors.set(context, ofAll)
  const known = ofAll.get(revision) ?? context.history.map.ancestors([revision])
  ofAll.set(revision, known)
  return known
}

const ancestors = new WeakMap<RuleContext, Map<string, ReadonlySet<string>>>()
