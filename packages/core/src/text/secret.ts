const HIDDEN = '***'

/** A text that is for a program and never for a reader: printing it, logging it or writing it as JSON shows `***`. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself, for the program that needs it. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  /** What Node's `console.log` and `util.inspect` show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN
  }
}

/** `scheme://…` up to where no address goes on. */
const ADDRESS = /([a-z][a-z0-9+.-]{0,40}:\/\/)([^\s"'<>`]+)/gi

// Every repetition has a bound: this reads whatever a program prints, and a line may be a megabyte long.
const NAMES = '(?:password|passwd|pwd|passphrase|secret|api[_-]?key|access[_-]?token|auth[_-]?token)[\\w-]{0,40}'
const QUOTED = `'(?:[^'\\\\]|\\\\.)*'|"(?:[^"\\\\]|\\\\.)*"`

/** `password=…` in a connection string, a shell line, a query. */
const ASSIGNED = new RegExp(`(${NAMES}\\s{0,9}=\\s{0,9})(${QUOTED}|[^\\s,;&)'"]+)`, 'gi')

/** `'password': '…'` in a printed dictionary or JSON. */
const ENTRY = new RegExp(`(["'][\\w-]{0,40}${NAMES}["']\\s{0,9}:\\s{0,9})(${QUOTED})`, 'gi')

/** Shorter ones are no secrets, and would take half of a text with them. */
const SHORTEST_KNOWN = 4

/**
 * The text with what looks like a password replaced by `***`: in addresses (`postgresql://app:…@db/shop`), in `password=…` and in
 * `'password': '…'`; and wherever one of `known` stands, also percent-encoded. Rather hides too much than too little.
 */
export function maskSecrets(text: string, known: readonly string[] = []): string {
  let masked = text
  for (const secret of known) {
    if (secret.length < SHORTEST_KNOWN) continue
    for (const form of new Set([secret, encodeURIComponent(secret)])) masked = masked.replaceAll(form, HIDDEN)
  }
  return masked
    .replace(ADDRESS, (_, scheme: string, rest: string) => scheme + withoutPassword(rest))
    .replace(ASSIGNED, `$1${HIDDEN}`)
    .replace(ENTRY, `$1'${HIDDEN}'`)
}

/** What follows `scheme://`. A password may hold `/`, `?` and even `@`: the host stands after the last `@` before its path. */
function withoutPassword(rest: string): string {
  const first = rest.indexOf('@')
  const colon = rest.indexOf(':')
  if (first === -1 || colon === -1 || colon > first) return rest
  const end = rest.slice(first).search(/[/?#,]/)
  const authority = end === -1 ? rest : rest.slice(0, first + end)
  const at = authority.lastIndexOf('@')
  return `${rest.slice(0, colon + 1)}${HIDDEN}${rest.slice(at)}`
}

/** The password in an address such as `postgresql://app:secret@db/shop`, as written and decoded; for `maskSecrets`. */
export function passwordsIn(address: string): readonly string[] {
  const rest = /^[a-z][a-z0-9+.-]*:\/\/(.*)$/is.exec(address)?.[1]
  if (rest === undefined) return []
  const hidden = withoutPassword(rest)
  if (hidden === rest) return []
  const start = rest.indexOf(':') + 1
  const written = rest.slice(start, rest.length - (hidden.length - start - HIDDEN.length))
  return [...new Set([written, decoded(written)])]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
