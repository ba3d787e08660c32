import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { UsageError } from '../errors.js'

/** What a file holds that somebody wants to begin with. `sql`: statements, of whatever server. */
export type DumpKind = 'sqlite' | 'archive' | 'sql'

/**
 * Looks at the beginning of a file. Throws `UsageError` where it cannot be read, or is empty.
 *
 * @param path absolute
 */
export function dumpKind(path: string): DumpKind {
  const start = readStart(path)
  if (start.length === 0) throw new UsageError(`${path} is empty`, { help: 'name a dump with --from, or use --empty' })
  if (start.startsWith('SQLite format 3\0')) return 'sqlite'
  if (start.startsWith('PGDMP')) return 'archive'
  // Made by `pg_dump --format=tar`; anything else that is no text is none of ours either.
  if (start.includes('\0')) {
    const help = 'use a SQLite file, an archive of `pg_dump --format=custom`, or a dump in SQL'
    throw new UsageError(`${path} is no dump that onehead can read`, { help })
  }
  return 'sql'
}

function readStart(path: string): string {
  try {
    const file = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(512)
      return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0)).toString('latin1')
    } finally {
      closeSync(file)
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(`${path} cannot be read (${code})`, { help: 'name the file of a dump with --from' })
  }
}

/**
 * The first line of a dump of PostgreSQL that leads somewhere else than into the database it is read into: a command of `psql`
 * (`\connect`, `\!`), or a database being made or dropped. Null where there is none.
 */
export async function leadsElsewhere(path: string): Promise<string | null> {
  const lines = createInterface({ input: createReadStream(path, 'latin1'), crlfDelay: Number.POSITIVE_INFINITY })
  let isData = false
  try {
    for await (const line of lines) {
      if (isData) {
        isData = line !== '\\.'
        continue
      }
      if (/^COPY .* FROM stdin;$/.test(line)) isData = true
      else if (/^\\(?!restrict |unrestrict )/.test(line)) return line.slice(0, 60)
      else if (/^\s*(?:CREATE|DROP|ALTER) DATABASE\b/i.test(line)) return line.slice(0, 60)
    }
  } finally {
    lines.close()
  }
  return null
}
