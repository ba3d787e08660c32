import type { History } from '../../history/history.js'
import type { IgnoreComment } from '../../script/reading.js'
import type { Finding, IgnoreUse, Label, Rule } from '../rule.js'
import type { Places } from './places.js'

/** The registry, as far as it is needed here. */
export interface RuleNames {
  readonly find: (name: string) => Rule | undefined
  readonly nearest: (name: string) => string | null
}

interface Entry {
  readonly path: string
  readonly comment: IgnoreComment
  /** The line that a comment covers; 0 for the whole file. */
  readonly covers: number
  readonly used: Set<string>
}

/** All ignore comments of one history, and which of them silenced something. */
export class Ignores {
  readonly #byPath = new Map<string, Entry[]>()
  readonly #history: History
  readonly #places: Places

  constructor(history: History, places: Places) {
    this.#history = history
    this.#places = places
    for (const script of history.scripts) this.#add(script.path, script.reading.ignores)
    for (const file of history.unreadable) this.#add(file.path, file.reading?.ignores ?? [])
  }

  #add(path: string, comments: readonly IgnoreComment[]): void {
    if (comments.length === 0) return
    const alone = new Set(comments.filter((comment) => comment.alone).map((comment) => comment.line))
    const entries = comments.map((comment): Entry => {
      let covers = comment.scope === 'file' ? 0 : comment.line
      if (covers !== 0 && comment.alone) while (alone.has(covers)) covers++
      return { path, comment, covers, used: new Set() }
    })
    this.#byPath.set(path, entries)
  }

  /** True when a comment at one of the finding's places names the rule; remembers that it did. */
  silences(rule: string, finding: Finding): boolean {
    if (this.#byPath.size === 0) return false
    let silenced = false
    for (const label of finding.labels) {
      for (const entry of this.#byPath.get(label.path) ?? []) {
        if (!entry.comment.rules.includes(rule) || !this.#covers(entry, label)) continue
        entry.used.add(rule)
        silenced = true
      }
    }
    return silenced
  }

  /** A comment covers a label on its line, and one inside an identifier's value that begins or ends there. */
  #covers(entry: Entry, label: Label): boolean {
    if (entry.covers === 0) return true
    const first = this.#places.line(label.path, label.span.start)
    // What is said about the comment itself, its own names may silence.
    if (first === entry.covers || first === entry.comment.line) return true
    const script = this.#history.scripts.find((candidate) => candidate.path === label.path)
    const value = script?.spans.downRevision
    if (value === undefined || label.span.start < value.start || label.span.end > value.end) return false
    const begins = this.#places.line(label.path, value.start)
    const ends = this.#places.line(label.path, value.end)
    return begins === entry.covers || ends === entry.covers
  }

  /**
   * What became of each comment, in path and line order. `couldTell` says of a rule that it ran and that its silence
   * means something.
   */
  uses(names: RuleNames, couldTell: (rule: Rule) => boolean): IgnoreUse[] {
    const entries = [...this.#byPath.values()].flat()
    entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.comment.line - b.comment.line))
    return entries.map(({ path, comment, used }) => ({
      path,
      comment,
      unknown: comment.rules.flatMap((name) =>
        names.find(name) === undefined ? { name, near: names.nearest(name) } : [],
      ),
      unused: comment.rules.flatMap((name) => {
        const rule = names.find(name)
        return rule !== undefined && !used.has(name) && couldTell(rule) ? rule : []
      }),
    }))
  }
}
