import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  compareData,
  compareSchemas,
  type FailedStep,
  hasSameData,
  type RehearsalRefusal,
  type RehearsalStep,
  type RehearsedDatabase,
  recogniseSentence,
  type SchemaItem,
  type SchemaKind,
  type SeenModels,
  type SeenRehearsal,
  type SeenRevision,
  type Shape,
  type TableData,
} from '@onehead/core'
import { innermostOwn } from '../alembic/own-place.js'
import type { Moment, RehearsalNote } from './notes.js'

/** One revision on one database, while it runs. */
type Running = { -readonly [key in keyof SeenRevision]: SeenRevision[key] }

/**
 * Makes of notes what was seen. Of what databases hold it keeps only what is still to be compared: a long history has thousands of such
 * moments.
 */
export class Collector {
  readonly failed: FailedStep[] = []
  readonly notes: string[] = []
  readonly #copies = new Map<string, Extract<RehearsalNote, { note: 'copy' }>>()
  readonly #databases: Extract<RehearsalNote, { note: 'database' }>[] = []
  readonly #revisions: Running[] = []
  readonly #models: SeenModels[] = []
  readonly #ends: (readonly SchemaItem[])[] = []
  readonly #things: Map<string, string | TableData>[] = []
  readonly #latest: Shape[] = []
  readonly #before: Shape[] = []
  readonly #up: Shape[] = []
  #pending: readonly (readonly string[])[] = []
  #order: readonly string[] = []
  #now: { readonly revision: string; readonly step: FailedStep['step'] } | null = null
  #other: { readonly heads: readonly string[]; readonly shapes: (readonly SchemaItem[])[] } | null = null
  #refusal: RehearsalRefusal | null = null
  #ended = false
  #dropped = false
  /** Copies of earlier runs that are gone now. */
  readonly swept: string[] = []
  /** Copies that are still there though nobody wants them. */
  readonly left = new Set<string>()
  readonly #work: string
  readonly #root: string

  /**
   * @param work the folder with the files that notes speak of; absolute
   * @param root of the workspace; absolute
   */
  constructor(work: string, root: string) {
    this.#work = work
    this.#root = root
  }

  /** How many revisions there are to run. */
  get length(): number {
    return this.#order.length
  }

  /** From 1; 0 for one that is not to be run. */
  numberOf(revision: string): number {
    return this.#order.indexOf(revision) + 1
  }

  get current(): { readonly revision: string; readonly step: FailedStep['step'] } | null {
    return this.#now
  }

  /** Why it did not come to its end; null where it did. */
  get refusal(): RehearsalRefusal | null {
    return this.#refusal
  }

  get isEnded(): boolean {
    return this.#ended
  }

  /** True where all copies were dropped by whoever made them, or kept on purpose. */
  get isDropped(): boolean {
    return this.#dropped
  }

  /** The names of all copies. */
  get copies(): readonly string[] {
    return [...this.#copies.keys()]
  }

  /** Why the copies are empty though nobody asked for that. */
  get because(): string | null {
    return [...this.#copies.values()].find(({ because }) => because !== null)?.because ?? null
  }

  take(note: RehearsalNote): void {
    switch (note.note) {
      case 'copy':
        this.#copies.set(note.copy, note)
        return
      case 'database':
        this.#databases[note.database] = note
        return
      case 'plan':
        this.#pending = note.pending
        this.#order = note.order
        return
      case 'begin':
        this.#begin(note)
        return
      case 'done':
        for (const one of this.#running(note.revision)) one.done = [...one.done, note.step as RehearsalStep]
        return
      case 'failed': {
        const { note: _, ...failed } = note
        this.failed.push(failed)
        return
      }
      case 'shape':
        this.#shape(note.database, note.at, note.number)
        return
      case 'models':
        this.#models[note.database] = { state: note.state, differences: note.differences }
        return
      case 'other-order':
        this.#other = { heads: note.heads, shapes: [] }
        return
      case 'swept':
        this.swept.push(note.name)
        this.notes.push(`a copy that an earlier run had left is dropped: ${note.name}`)
        return
      case 'left':
        this.leave(note.name, `${note.name} could not be dropped (${note.message})`)
        return
      case 'refused': {
        const { kind, message, help } = note
        this.#refusal = { kind, message, notes: [], help, command: null }
        return
      }
      case 'broken':
        this.#refusal = this.#broken(note)
        return
      case 'end':
        this.#ended = true
        return
      case 'dropped':
        this.#dropped = true
        return
    }
  }

  leave(copy: string, words: string): void {
    this.left.add(copy)
    this.notes.push(words)
  }

  seen(): SeenRehearsal {
    const databases = this.#databases.map(({ name, copy, rows }): RehearsedDatabase => {
      const { dialect = '', original = '', method = 'empty' as const } = this.#copies.get(copy) ?? {}
      return { name, dialect, original, copy, method, from: rows, isKept: false }
    })
    const all = <T>(values: readonly T[]) => databases.map((_, index) => values[index] ?? null)
    const other = this.#other
    const differences = all(other?.shapes ?? []).map((items, index) =>
      items === null ? null : compareSchemas(this.#ends[index] ?? [], items),
    )
    return {
      databases,
      revisions: this.#revisions,
      failed: this.failed,
      order: this.#order,
      otherOrder: other === null ? null : { heads: other.heads, differences },
      ends: all(this.#ends),
      models: all(this.#models),
    }
  }

  #begin({ revision, step }: Extract<RehearsalNote, { note: 'begin' | 'done' }>): void {
    this.#now = { revision, step }
    if (step !== 'up') return
    for (const [database, pending] of this.#pending.entries()) {
      // Also where the downgrade before it was refused, and nothing had to be made anew.
      if (this.#latest[database] !== undefined) this.#before[database] = this.#latest[database]
      if (!pending.includes(revision)) continue
      const nothing = { notRestored: null, data: [], again: null, isDataOther: false }
      this.#revisions.push({ revision, database, done: [], ...nothing })
    }
  }

  #running(revision: string): readonly Running[] {
    return this.#revisions.filter((one) => one.revision === revision)
  }

  #shape(database: number, at: Moment, number: number): void {
    const items = this.#read(database, number)
    const shape = shapeOf(items)
    const running = this.#now === null ? [] : this.#running(this.#now.revision)
    const own = running.find((one) => one.database === database)
    if (at === 'up') this.#up[database] = shape
    else if (at === 'down' && own !== undefined) {
      const before = this.#before[database]!
      own.notRestored = compareSchemas(before.items, shape.items)
      own.data = compareData(before.data, this.#up[database]!.data, shape.data)
    } else if (at === 'up-again' && own !== undefined) {
      const up = this.#up[database]!
      own.again = compareSchemas(up.items, shape.items)
      own.isDataOther = !hasSameData(up.data, shape.data)
    }
    this.#latest[database] = shape
    if (at === 'end') this.#ends[database] = shape.items
    if (at === 'other-order' && this.#other !== null) this.#other.shapes[database] = shape.items
  }

  /** A file tells what changed since the one before. */
  #read(database: number, number: number): ReadonlyMap<string, string | TableData> {
    const things = this.#things[database] ?? new Map<string, string | TableData>()
    const { set, gone, order } = JSON.parse(readFileSync(join(this.#work, `shape-${number}.json`), 'utf8')) as {
      readonly set: Readonly<Record<string, string | TableData>>
      readonly gone: readonly string[]
      readonly order: readonly string[] | null
    }
    for (const key of gone) things.delete(key)
    for (const [key, value] of Object.entries(set)) things.set(key, value)
    this.#things[database] = order === null ? things : new Map(order.map((key) => [key, things.get(key)!]))
    return this.#things[database]!
  }

  #broken({ type, message, statement, frames }: Extract<RehearsalNote, { note: 'broken' }>): RehearsalRefusal {
    const now = this.#now
    const where = now === null ? '' : `${WHILE[now.step]} ${now.revision}: `
    const words = message === '' ? type : `${type}: ${message}`
    const known = recogniseSentence(words)?.known
    const place = innermostOwn(this.#root, frames)
    const at = place && `${place.path}:${place.line}`
    const notes = [
      ...(statement === null ? [] : [`statement: ${statement}`]),
      ...(known === undefined ? [] : [known.cause]),
      ...(at === null || known === undefined ? [] : [`it comes from ${at}`]),
    ]
    const help = known?.cure ?? (at === null ? null : `mend ${at}, where it comes from`)
    return { kind: 'environment', message: where + words, notes, help, command: null }
  }
}

const WHILE: Readonly<Record<FailedStep['step'], string>> = {
  up: 'after the upgrade of',
  down: 'after the downgrade of',
  'up-again': 'after the second upgrade of',
  back: 'on the way back, undoing',
  replay: 'on a new copy, running',
  'other-order': 'in the other order, running',
}

/** Keys are what a thing is: `["column","refund","total"]`. */
function shapeOf(things: ReadonlyMap<string, string | TableData>): Shape {
  const items: SchemaItem[] = []
  const data: Record<string, TableData> = {}
  for (const [key, value] of things) {
    const [kind, table, name] = JSON.parse(key) as [SchemaKind | 'data', string | null, string]
    if (typeof value === 'string') items.push({ kind: kind as SchemaKind, table, name, text: value })
    else data[table ?? ''] = value
  }
  return { items, data }
}
