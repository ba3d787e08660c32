import { isFailure } from '../snapshot/snapshot.js'
import type { Ini, IniError } from './ini.js'
import { type DecodeError, decode, readIni } from './sources.js'
import { readToml, type TomlReading } from './toml.js'
import { join, nameOf, type Tree } from './tree.js'

/** What a partial clone lacks; Alembic would find nothing wrong. */
export const NOT_DOWNLOADED = 'NotDownloaded'

/** A file that cannot be read as what its name says. */
export interface FileFailure {
  readonly kind: IniError['kind'] | DecodeError['kind'] | 'OSError' | typeof NOT_DOWNLOADED
  readonly message: string
  /** Starts with a verb; null where nothing can be advised. */
  readonly help: string | null
  readonly span: { readonly start: number; readonly end: number }
}

export type IniFile =
  | { readonly config: string; readonly ini: Ini; readonly failure: null }
  | { readonly config: string; readonly ini: null; readonly failure: FileFailure }

export function isPyproject(config: string): boolean {
  return nameOf(config) === 'pyproject.toml'
}

const NOWHERE = { start: 0, end: 0 }

/** The configuration files of a snapshot, each read and parsed at most once. */
export class ConfigurationFiles {
  readonly #tree: Tree
  readonly #inis = new Map<string, IniFile | null>()
  readonly #tomls = new Map<string, TomlReading>()

  constructor(tree: Tree) {
    this.#tree = tree
  }

  /** Reads many files in one batch. */
  async load(paths: readonly string[]): Promise<void> {
    const fresh = paths.filter((path) => !this.#inis.has(path) && !this.#tomls.has(path))
    for (const [path, content] of await this.#tree.read(fresh)) {
      const bytes = isFailure(content) ? null : content
      if (isPyproject(path)) this.#tomls.set(path, bytes === null ? tomlFailure(content) : await parseToml(bytes))
      else this.#inis.set(path, bytes === null ? iniFailure(path, content) : parse(path, bytes))
    }
  }

  /** `null` where there is no such file. */
  ini(path: string): IniFile | null {
    return this.#inis.get(path) ?? null
  }

  async toml(directory: string): Promise<TomlReading> {
    const path = join(directory, 'pyproject.toml')
    if (!this.#tomls.has(path)) await this.load([path])
    return this.#tomls.get(path)!
  }
}

function parse(config: string, bytes: Uint8Array): IniFile {
  const read = readIni(bytes)
  if (read.error === null) return { config, ini: read.ini, failure: null }
  const { kind, message, span } = read.error
  return { config, ini: null, failure: { kind, message, help: null, span } }
}

function iniFailure(config: string, content: unknown): IniFile | null {
  const failure = fileFailure(content)
  return failure && { config, ini: null, failure }
}

/** `null` where there is no such file. */
function fileFailure(content: unknown): FileFailure | null {
  const { code, message: reason } = content as { code: string; message: string }
  if (code === 'missing') return null
  const message = `the file cannot be read: ${reason}`
  if (code !== 'not-downloaded') return { kind: 'OSError', message, help: null, span: NOWHERE }
  return { kind: NOT_DOWNLOADED, message, help: 'let onehead download what a partial clone lacks', span: NOWHERE }
}

const MENTION = new TextEncoder().encode('alembic')

/** Most pyproject.toml files have nothing to do with Alembic: those are not even parsed. */
async function parseToml(bytes: Uint8Array): Promise<TomlReading> {
  if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(MENTION) === -1) return { kind: 'absent' }
  const decoded = decode(bytes)
  if (decoded.error === null) return readToml(decoded.text)
  const failure = { ...decoded.error, help: null }
  const claims = /^\s*\[\s*tool\s*\.\s*alembic\b/m.test(Buffer.from(bytes).toString('latin1'))
  return { kind: 'broken', failure, claims }
}

function tomlFailure(content: unknown): TomlReading {
  const failure = fileFailure(content)
  return failure === null ? { kind: 'absent' } : { kind: 'broken', failure, claims: true }
}
