import { joined, unknown, type Value } from './value.js'

/**
 * The names that a piece of code sees. A branch that may or may not run is a layer of its own, so that what it binds can be
 * joined with what holds without it.
 */
export class Scope {
  readonly #names = new Map<string, Value>()
  readonly #parent: Scope | null
  /** Modules of `from … import *` at the top of the file. */
  readonly stars: string[] = []
  /** Names that the function of this scope declares `global` or `nonlocal`. */
  readonly elsewhere = new Set<string>()
  /** The body of a class: functions defined in it do not see its names. */
  readonly #isClass: boolean

  constructor(parent: Scope | null, isClass = false) {
    this.#parent = parent
    this.#isClass = isClass
  }

  /** What a function defined here sees besides its own names. */
  get enclosing(): Scope {
    return this.#isClass && this.#parent !== null ? this.#parent : this
  }

  /** The outermost scope: the module. */
  get module(): Scope {
    let scope: Scope = this
    while (scope.#parent !== null) scope = scope.#parent
    return scope
  }

  lookUp(name: string): Value | undefined {
    for (let scope: Scope | null = this; scope !== null; scope = scope.#parent) {
      const value = scope.#names.get(name)
      if (value !== undefined) return value
    }
    return undefined
  }

  bind(name: string, value: Value): void {
    if (!this.#isElsewhere(name)) this.#names.set(name, value)
    else this.#forget(name)
  }

  /** The names bound in this scope itself, not in those around it. */
  get own(): ReadonlyMap<string, Value> {
    return this.#names
  }

  /** A layer for a branch that may not run. */
  branch(): Scope {
    return new Scope(this)
  }

  /** Takes over what branches bound. `exhaustive`: one of them ran for certain. */
  join(branches: readonly Scope[], exhaustive: boolean): void {
    const names = new Set(branches.flatMap((branch) => [...branch.#names.keys()]))
    for (const name of names) {
      const values = branches.map((branch) => branch.lookUp(name) ?? unknown)
      if (!exhaustive) values.push(this.lookUp(name) ?? unknown)
      this.bind(name, joined(values))
    }
  }

  #isElsewhere(name: string): boolean {
    for (let scope: Scope | null = this; scope !== null; scope = scope.#parent)
      if (scope.elsewhere.has(name)) return true
    return false
  }

  /** Whoever else sees the name cannot be sure of it any more. */
  #forget(name: string): void {
    for (let scope: Scope | null = this; scope !== null; scope = scope.#parent) {
      if (scope.#names.has(name) || scope.#parent === null) scope.#names.set(name, unknown)
    }
  }
}
