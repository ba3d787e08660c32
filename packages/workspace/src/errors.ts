/**
 * Our own flags, `onehead.json`, or nothing to judge: exit code 2. Carries data; the edge chooses the words around it.
 * `message` is lower case without a full stop; `help` starts with a verb.
 */
export class UsageError extends Error {
  readonly help: string | null
  /** `path:line:column` of the text at fault, where there is one. */
  readonly place: string | null
  constructor(message: string, options: { help?: string; place?: string } = {}) {
    super(message)
    this.name = 'UsageError'
    this.help = options.help ?? null
    this.place = options.place ?? null
  }
}
