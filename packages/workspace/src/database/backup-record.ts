import { createHash } from 'node:crypto'
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import type { Method } from './method.js'

/** Why a backup was made where nobody asked for it. */
export type BackedUpBefore = 'restore' | 'reset'

/** What a backup is of: kept in a small file beside it. Holds no secret. */
export interface BackupRecord {
  /** ISO 8601. */
  readonly takenAt: string
  readonly environment: { readonly name: string; readonly path: string }
  /** What env.py calls the database where it has several, else null. */
  readonly name: string | null
  readonly method: Method['kind']
  /** On the server; a file's path. */
  readonly database: string
  /** Without a password. */
  readonly address: string | null
  /** The rows of the version table, sorted. */
  readonly revisions: readonly string[]
  readonly tables: number
  readonly bytes: number
  /** Of the backup, hexadecimal. */
  readonly sha256: string
  readonly before: BackedUpBefore | null
}

/** Grows when an older onehead could no longer restore by what it reads. */
const VERSION = 1

export function recordPath(backup: string): string {
  return `${backup}.json`
}

/** Only its owner can read it. */
export function writeRecord(backup: string, record: BackupRecord): void {
  writeFileSync(recordPath(backup), `${JSON.stringify({ version: VERSION, ...record }, null, 2)}\n`, { mode: 0o600 })
}

/** Null where there is none, or where it cannot be read; `newer` where only a newer onehead understands it. */
export function readRecord(backup: string): BackupRecord | 'newer' | null {
  try {
    const { version, ...record } = JSON.parse(readFileSync(recordPath(backup), 'utf8'))
    if (typeof version !== 'number') return null
    if (version > VERSION) return 'newer'
    return Array.isArray(record.revisions) && typeof record.sha256 === 'string' ? record : null
  } catch {
    return null
  }
}

/** The fingerprint of a file of any size. */
export async function fingerprint(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
