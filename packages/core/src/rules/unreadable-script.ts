import type { History } from '../history/history.js'
import { hasUnknownDependency } from '../history/unknown-dependency.js'
import type { Script, UnreadableScript } from '../script/script.js'
import type { Span } from '../text/span.js'
import { misspeltIn } from './misspelt-identifier.js'
import { defineRule, type Finding } from './rule.js'
import { isStray, mayDeclare } from './support/unreadable.js'
import { count, list } from './support/words.js'

type Cause = UnreadableScript['cause']

const HEADLINES: Record<Cause, string> = {
  syntax: 'this script is not valid Python',
  'merge-markers': 'this script still has merge markers',
  encoding: 'this script cannot be decoded',
  'null-byte': 'this script contains null bytes',
  'too-complex': 'this script is nested too deeply to be read',
  dynamic: 'cannot tell what this script declares without running it',
  'no-revision': 'this script declares no revision id',
  'no-down-revision': 'this script declares no down_revision',
  'wrong-type': 'this script declares an id of a type that Alembic cannot use',
  empty: 'this script is empty',
  'not-readable': 'this script cannot be read',
  'not-downloaded': 'this script is not in this partial clone yet',
  'too-large': 'this script is too large to be read',
  'broken-link': 'this link leads nowhere',
  outside: 'this link leads out of the workspace',
}

const HELP: Record<Cause, string> = {
  syntax: 'correct the script; `python -m py_compile` shows the same place',
  'merge-markers': 'keep one side, or both as two revisions, and delete the marker lines',
  encoding: 'save the file as UTF-8, or name its encoding in the first line: `# -*- coding: latin-1 -*-`',
  'null-byte': 'restore the file from git, or delete it',
  'too-complex': 'write the identifiers as plain literals at the top of the script',
  dynamic: 'write the id as a literal',
  'no-revision': 'declare `revision`, or move the file out of the version location',
  'no-down-revision': 'declare `down_revision`: the id of the parent, or None for a base',
  'wrong-type': 'write ids as strings, several as a tuple of strings',
  empty: 'delete the file, or move it out of the version location',
  'not-readable': 'make the file readable for the user who runs the check',
  'not-downloaded': 'let onehead download what a partial clone lacks',
  'too-large': 'move the data out of the script',
  'broken-link': 'restore what the link points to, or delete the link',
  outside: 'put the script itself into the version location',
}

const DOWNLOAD = 'git config onehead.fetch auto'

export const unreadableScript = defineRule({
  name: 'unreadable-script',
  severity: 'error',
  scope: 'graph',
  summary: 'a script cannot be read, or only Python can tell what it declares',
  check({ history }) {
    const files = history.unreadable.filter((file) => !isStray(file) && misspeltIn(file.reading, null).length === 0)
    const consequences = files.length === 0 ? [] : consequencesOf(history)
    return [...files.map((file) => unreadable(file, consequences)), ...history.scripts.flatMap(unknownParts)]
  },
})

function unreadable(file: UnreadableScript, consequences: readonly string[]): Finding {
  const { error } = file
  return {
    message: headlineOf(file),
    labels: [{ path: file.path, span: file.span, text: file.detail }],
    notes: [
      ...(error === null ? [] : [`every Alembic command on this history ends in \`${error.kind}\``]),
      ...consequences,
    ],
    help: HELP[file.cause],
    fix: file.cause === 'not-downloaded' ? { applicability: 'ask', edits: [], command: DOWNLOAD } : null,
    key: [file.path, file.cause],
    stopsAlembic: error !== null,
    hidesFacts: true,
  }
}

function headlineOf(file: UnreadableScript): string {
  if (file.cause !== 'dynamic') return HEADLINES[file.cause]
  if (file.reading?.revision.kind === 'dynamic') return "cannot tell this script's revision id without running it"
  if (file.reading?.downRevision.kind === 'dynamic') return 'cannot tell what this script revises without running it'
  return HEADLINES.dynamic
}

/** What cannot be said as long as these files are in the way; said here, because the rules it belongs to keep silent. */
function consequencesOf(history: History): string[] {
  const read = history.scripts.length
  const total = read + history.unreadable.length
  const hidden = new Set(
    history.map.missing.filter(({ id, via }) => via === 'down_revision' && mayDeclare(history, id)).map(({ id }) => id),
  )
  const notes = [
    `${read} of ${count(total, 'script')} ${read === 1 ? 'was' : 'were'} read; heads and bases cannot be told`,
  ]
  if (hidden.size > 0) notes.push(`other scripts revise ${list([...hidden])}, which may be declared here`)
  return notes
}

/** A script of which the history is known, but not its labels or dependencies. */
function unknownParts(script: Script): Finding[] {
  return script.unknown.map((name) => ({
    message: `cannot tell the ${name} of this script without running it`,
    labels: [{ path: script.path, span: spanOf(script, name), text: 'not a literal' }],
    notes: [name === 'depends_on' ? 'resolved heads cannot be told' : 'branch labels cannot be told'],
    help: 'write the value as a literal',
    key: [script.path, name],
    // A dependency that nobody knows may be missing, which stops Alembic; labels hide no head.
    hidesFacts: name === 'depends_on' && hasUnknownDependency(script),
  }))
}

function spanOf(script: Script, name: Script['unknown'][number]): Span {
  const reading = name === 'depends_on' ? script.reading.dependsOn : script.reading.branchLabels
  if (reading.kind === 'dynamic') return reading.span
  return reading.kind === 'value' ? reading.literal.span : { start: 0, end: 0 }
}
