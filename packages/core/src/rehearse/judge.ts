import { recogniseSentence } from '../explain/index.js'
import type { ScriptOperations } from '../operations/operation.js'
import type { Severity } from '../rules/rule.js'
import type { Span } from '../text/span.js'
import { findPlace } from './places.js'
import type {
  PlacedDifference,
  RehearsalFinding,
  RehearsedBranches,
  RehearsedRevision,
  StepOutcome,
} from './rehearsal.js'
import type { DataDifference, SchemaDifference } from './schema.js'
import type { FailedStep, RehearsalStep, SeenModels, SeenRehearsal, SeenRevision } from './seen.js'

/** What is known about a script that was rehearsed. */
export interface ScriptFacts {
  readonly message: string
  /** Workspace-relative; null for one that comes from another branch. */
  readonly path: string | null
  /** Null where it cannot be parsed. */
  readonly operations: ScriptOperations | null
  /** From 1. */
  readonly lineOf: (span: Span) => number
}

export interface JudgeOptions {
  readonly script: (revision: string) => ScriptFacts | null
  /** The ref whose scripts were added, or null. */
  readonly mergedWith: string | null
}

export interface Judged {
  readonly revisions: readonly RehearsedRevision[]
  readonly findings: readonly RehearsalFinding[]
  readonly branches: readonly RehearsedBranches[]
  readonly models: 'equal' | 'differ' | 'none' | 'unasked'
}

/** What a rehearsal means: which revisions do not go up, down and up again, and where in their scripts. Pure. */
export function judgeRehearsal(seen: SeenRehearsal, options: JudgeOptions): Judged {
  const judge = new Judge(seen, options)
  const findings = [
    ...seen.order.flatMap((revision) => judge.revision(revision)),
    ...judge.otherOrder(),
    ...seen.models.flatMap((models, database) => (models === null ? [] : judge.models(models, database))),
  ]
  return {
    revisions: seen.revisions.map((one) => judge.outcome(one)),
    findings,
    branches: judge.branches(),
    models: modelsOf(seen.models),
  }
}

/** Nothing is asked where it did not come to the last revision. */
function modelsOf(all: SeenRehearsal['models']): Judged['models'] {
  const known = all.flatMap((one) => one ?? [])
  if (known.length === 0) return 'unasked'
  if (known.some(({ state }) => state === 'differ')) return 'differ'
  return known.some(({ state }) => state === 'equal') ? 'equal' : 'none'
}

const NOTHING = {
  ...{ database: null, revision: null, step: null, path: null, line: null },
  ...{ differences: [], data: [], lines: [], statement: null, cause: null, help: null },
} as const satisfies Partial<RehearsalFinding>

const STEPS: readonly RehearsalStep[] = ['up', 'down', 'up-again']

class Judge {
  readonly #seen: SeenRehearsal
  readonly #options: JudgeOptions

  constructor(seen: SeenRehearsal, options: JudgeOptions) {
    this.#seen = seen
    this.#options = options
  }

  revision(revision: string): readonly RehearsalFinding[] {
    const failed = this.#seen.failed.filter((one) => one.revision === revision && isStep(one.step))
    const seen = this.#seen.revisions.filter((one) => one.revision === revision)
    const again = failed.find(({ step }) => step === 'up-again')
    const differences = seen.flatMap((one) => this.#differences(one, again))
    // Where the downgrade is to blame, what the second upgrade stumbles over is told with it.
    const own = differences.some(isToBlame) ? failed.filter((one) => one !== again) : failed
    return [...own.map((one) => this.#failure(one)), ...differences]
  }

  outcome({ revision, database, done, notRestored, data, again, isDataOther }: SeenRevision): RehearsedRevision {
    const facts = this.#options.script(revision)
    const told = (step: RehearsalStep, differs: boolean): StepOutcome => {
      const failed = this.#seen.failed.find((one) => one.revision === revision && one.step === step)
      if (failed?.irreversible && step === 'down') return 'irreversible'
      if (failed !== undefined) return 'failed'
      if (!done.includes(step)) return 'skipped'
      return differs ? 'differs' : 'well'
    }
    const isLeft = (notRestored?.length ?? 0) > 0 || data.some((one) => severityOf(one) === 'error')
    const [up, down, upAgain] = STEPS.map((step) =>
      told(step, step === 'down' ? isLeft : step === 'up-again' && ((again?.length ?? 0) > 0 || isDataOther)),
    )
    const about = { message: facts?.message ?? '', path: facts?.path ?? null }
    return { database: this.#name(database), revision, ...about, up: up!, down: down!, upAgain: upAgain! }
  }

  branches(): readonly RehearsedBranches[] {
    const { otherOrder, databases, ends } = this.#seen
    if (otherOrder === null) return []
    return databases.map(({ name }, index) => {
      const differences = otherOrder.differences[index] ?? null
      const isThere = differences !== null && ends[index] != null
      const outcome = !isThere ? 'failed' : differences.length === 0 ? 'same' : 'differs'
      return { database: name, heads: otherOrder.heads, mergedWith: this.#options.mergedWith, outcome }
    })
  }

  otherOrder(): readonly RehearsalFinding[] {
    const { otherOrder, failed, ends } = this.#seen
    if (otherOrder === null) return []
    const heads = `${otherOrder.heads.slice(0, -1).join(', ')} and ${otherOrder.heads.at(-1)}`
    const help = 'put one branch on top of the other, so that there is one order: `onehead fix`'
    const order = (more: Partial<RehearsalFinding>, message: string): RehearsalFinding => ({
      ...NOTHING,
      ...{ kind: 'order-matters', severity: 'error', message, help },
      ...more,
    })
    const stopped = failed.find(({ step }) => step === 'other-order')
    if (stopped !== undefined) {
      const { message, statement, revision } = stopped
      const where = this.#place(stopped)
      return [order({ ...where, revision, statement, cause: message }, `${heads} do not run in the other order`)]
    }
    if (ends.every((one) => one === null) && otherOrder.differences.some((one) => one !== null))
      return [order({}, `${heads} run in one order only: the other one`)]
    return otherOrder.differences.flatMap((differences, index) =>
      differences === null || differences.length === 0
        ? []
        : [
            order(
              { database: this.#name(index), differences: differences.map(unplaced) },
              `${heads} make another schema in the other order`,
            ),
          ],
    )
  }

  models({ state, differences }: SeenModels, database: number): readonly RehearsalFinding[] {
    if (state !== 'differ') return []
    const told = differences.map(({ operation, table, column, text }) => {
      const place = [table, column].filter((one) => one !== null).join('.')
      return `${operation} ${[place, text].filter((one) => one !== '').join(': ')}`.trim()
    })
    const message = `models and schema differ after the last revision: ${told.slice(0, 8).join('; ')}`
    return [
      {
        ...NOTHING,
        ...{ kind: 'models-differ', severity: 'error', database: this.#name(database) },
        message: told.length > 8 ? `${message}; and ${told.length - 8} more` : message,
        help: 'write the revision that is missing: `onehead revision --autogenerate -m "…"`',
      },
    ]
  }

  #failure(failed: FailedStep): RehearsalFinding {
    const { revision, message, statement, type, irreversible } = failed
    const step = failed.step as RehearsalStep
    const about = { ...NOTHING, ...this.#place(failed), revision, step, statement }
    if (step === 'down' && irreversible) {
      const words = message === '' || message === type ? '' : ` (${message})`
      return { ...about, kind: 'irreversible', severity: 'warn', message: `${revision} has no way back${words}` }
    }
    const advice = recogniseSentence(`${type}: ${message}`)?.known
    const what = step === 'up' ? 'upgrade()' : step === 'down' ? 'downgrade()' : 'upgrade(), run again,'
    return {
      ...about,
      ...{ kind: 'fails', severity: 'error', message: `${what} of ${revision} fails: ${type}: ${message}` },
      ...{ cause: advice?.cause ?? null, help: advice?.cure ?? null },
    }
  }

  #differences(seen: SeenRevision, stumbles: FailedStep | undefined): readonly RehearsalFinding[] {
    const { revision, database, notRestored, data, again, isDataOther } = seen
    const about = { ...NOTHING, database: this.#name(database), revision }
    const facts = this.#options.script(revision)
    const down = facts?.operations?.downgrade.span ?? null
    const place = (span: Span | null) =>
      facts?.path == null || span === null
        ? { path: facts?.path ?? null, line: null }
        : { path: facts.path, line: facts.lineOf(span) }
    const placed = (one: SchemaDifference): PlacedDifference => ({
      ...one,
      ...place((facts?.operations && findPlace(one, facts.operations)) ?? down),
    })
    const findings: RehearsalFinding[] = []
    const cause =
      stumbles === undefined ? null : `so upgrade() fails when it runs again: ${stumbles.type}: ${stumbles.message}`
    if (notRestored !== null && notRestored.length > 0) {
      const message = `downgrade() of ${revision} does not restore what was there`
      const differences = notRestored.map(placed)
      const help = 'undo in downgrade() everything that upgrade() does, in the other direction'
      const where = { ...place(down), step: 'down' as const }
      findings.push({ ...about, ...where, kind: 'not-restored', severity: 'error', message, differences, cause, help })
    }
    const bySeverity = (['error', 'warn', 'info'] as const).map(
      (severity) => [severity, data.filter((one) => severityOf(one) === severity)] as const,
    )
    for (const [severity, some] of bySeverity) {
      if (some.length === 0) continue
      const where = { ...place(down), step: 'down' as const }
      const message = `${DATA_WORDS[severity](revision)}`
      findings.push({
        ...about,
        ...where,
        kind: 'data-not-restored',
        severity,
        message,
        data: some,
        cause: severity === 'error' ? cause : null,
      })
    }
    if (!findings.some(isToBlame) && ((again?.length ?? 0) > 0 || isDataOther)) {
      const span = facts?.operations?.upgrade.span ?? null
      const message = `the second upgrade() of ${revision} makes something else than the first`
      const differences = (again ?? []).map(placed)
      const where = { ...place(span), step: 'up-again' as const }
      findings.push({ ...about, ...where, kind: 'differs-again', severity: 'error', message, differences })
    }
    return findings
  }

  #place({ revision, line }: FailedStep): { readonly path: string | null; readonly line: number | null } {
    const path = revision === null ? null : (this.#options.script(revision)?.path ?? null)
    return { path, line: path === null ? null : line }
  }

  #name(database: number): string | null {
    return this.#seen.databases[database]?.name ?? null
  }
}

const isToBlame = ({ kind, severity }: RehearsalFinding): boolean =>
  severity === 'error' && (kind === 'not-restored' || kind === 'data-not-restored')

const isStep = (step: FailedStep['step']): boolean => (STEPS as readonly string[]).includes(step)

const unplaced = (one: SchemaDifference): PlacedDifference => ({ ...one, path: null, line: null })

const DATA_WORDS: Readonly<Record<'error' | 'warn' | 'info', (revision: string) => string>> = {
  error: (revision) => `downgrade() of ${revision} does not restore the rows that were there`,
  warn: (revision) => `what upgrade() of ${revision} takes away does not come back`,
  info: (revision) => `values that upgrade() of ${revision} fills in stay after downgrade()`,
}

/** What the upgrade took already, no downgrade brings back; what the downgrade itself takes or leaves is its fault. */
function severityOf({ column, before, between, after }: DataDifference): Severity {
  if (after > before) return column === null ? 'error' : 'info'
  return between === null || between < before ? (between !== null && after < between ? 'error' : 'warn') : 'error'
}
