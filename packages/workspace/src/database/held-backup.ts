import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { readBackupName } from './backup-name.js'

/**
 * Keeps a backup while what was run behind it has not ended well: whoever tries again and again backs up what the first try has left,
 * and the last few backups would hold nothing else. A kill in the middle leaves it held too.
 *
 * @returns the backup that is held: this one, or one of an earlier try
 */
export function holdBackup(path: string): string {
  const held = heldBackup(dirname(path), labelOf(path))
  if (held !== null) return held
  writeFileSync(notePath(path), `${JSON.stringify({ version: 1, backup: basename(path) })}\n`, { mode: 0o600 })
  return path
}

/** Lets go what is held of the database that this is a backup of. */
export function letBackupGo(path: string): void {
  rmSync(notePath(path), { force: true })
}

/** The backup of a database that is held; null where none is, or where it is gone. */
export function heldBackup(folder: string, label: string): string | null {
  try {
    const { backup } = JSON.parse(readFileSync(noteIn(folder, label), 'utf8')) as { backup: unknown }
    const path = join(folder, basename(String(backup)))
    return existsSync(path) ? path : null
  } catch {
    return null
  }
}

function notePath(path: string): string {
  return noteIn(dirname(path), labelOf(path))
}

function noteIn(folder: string, label: string): string {
  return join(folder, `${label}.held.json`)
}

function labelOf(path: string): string {
  return readBackupName(basename(path))?.label ?? basename(path)
}
