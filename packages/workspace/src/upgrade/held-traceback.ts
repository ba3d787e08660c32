/** How Python begins to say where an exception came from. */
const TRACEBACK = 'Traceback (most recent call last):'

/**
 * Passes the lines of a run on as they come, but keeps the traceback that it may end with: a report of the failure says the same in
 * a few lines, with the user's own line.
 */
export class HeldTraceback {
  readonly #pass: (line: string) => void
  #held: string[] = []

  constructor(pass: (line: string) => void) {
    this.#pass = pass
  }

  take(line: string, stream: 'stdout' | 'stderr'): void {
    if (stream === 'stdout') this.#pass(line)
    else if (this.#held.length > 0 || line === TRACEBACK) this.#held.push(line)
    else this.#pass(line)
  }

  /** It was not the end, or nobody else says what it says. */
  release(): void {
    for (const line of this.#held) this.#pass(line)
    this.#held = []
  }
}
