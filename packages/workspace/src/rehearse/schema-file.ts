import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { compareLines, formatSchemaMarkdown, type RehearsalFinding, type RehearsedEnvironment } from '@onehead/core'
import { UsageError } from '../errors.js'

/** So many lines of what differs are told. */
const MOST_LINES = 20

/** Writes the schema after the last revision; what is to be said about it. Throws `UsageError` where it cannot be written. */
export function writeSchemaFile(
  path: string,
  { name, schemas }: RehearsedEnvironment,
  root: string,
): readonly string[] {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, formatSchemaMarkdown(name, schemas))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(`${path} cannot be written (${code})`, { help: 'name another file with --write-schema' })
  }
  return [`the schema is written: ${show(path, root)}`]
}

/**
 * What differs between the file and the schema after the last revision, or that nothing does. Throws `UsageError` where the file cannot
 * be read.
 */
export function checkSchemaFile(
  path: string,
  { name, schemas }: RehearsedEnvironment,
  root: string,
): { readonly findings: readonly RehearsalFinding[]; readonly notes: readonly string[] } {
  const expected = read(path, name).replaceAll('\r\n', '\n').split('\n')
  const found = formatSchemaMarkdown(name, schemas).split('\n')
  const compared = compareLines(expected, found).filter(({ sign }) => sign !== ' ')
  const shown = show(path, root)
  if (compared.length === 0)
    return { findings: [], notes: [`the schema after the last revision is the one in ${shown}`] }
  const lines = compared.slice(0, MOST_LINES).map(({ sign, line }) => `${sign} ${line}`)
  const more = compared.length - lines.length
  const finding: RehearsalFinding = {
    ...{ kind: 'schema-differs', severity: 'error', database: null, revision: null, step: null },
    ...{ path: shown, line: null, differences: [], data: [], statement: null, cause: null },
    message: `the schema after the last revision is not the one in ${shown}`,
    lines: more > 0 ? [...lines, `  and ${more} more`] : lines,
    help: `see that the change is meant, then: \`onehead rehearse ${name} --write-schema ${shown}\``,
  }
  return { findings: [finding], notes: [] }
}

const show = (path: string, root: string): string => relative(root, path).replaceAll('\\', '/')

function read(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(`${path} cannot be read (${code})`, {
      help: `write it first: \`onehead rehearse ${name} --write-schema ${path}\``,
    })
  }
}
