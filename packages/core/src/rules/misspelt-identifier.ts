import type { Literal, Reading, ScriptReading } from '../script/reading.js'
import type { Script } from '../script/script.js'
import { isOneSlipAway } from '../text/near.js'
import type { Edit, Span } from '../text/span.js'
import { defineRule, type Finding, type Fix, type RuleContext } from './rule.js'
import { bytesAsText } from './support/bytes.js'

type Identifier = 'revision' | 'down_revision' | 'branch_labels' | 'depends_on'

/** A module-level name that is almost one that Alembic reads, and that the script seems to mean. */
export interface Misspelling {
  readonly name: string
  readonly meant: Identifier
  readonly nameSpan: Span
  readonly literal: Literal
}

/** Spellings that are further away than one slip. */
const KNOWN: Readonly<Record<string, Identifier>> = {
  downrevisions: 'down_revision',
  revisionid: 'revision',
  dependencies: 'depends_on',
  dependson: 'depends_on',
}

export const misspeltIdentifier = defineRule({
  name: 'misspelt-identifier',
  severity: 'error',
  scope: 'graph',
  summary: 'a script assigns a name that Alembic does not read, such as `down_revisions`',
  check(context) {
    const { history } = context
    const findings: Finding[] = []
    for (const file of history.unreadable) {
      for (const slip of misspeltIn(file.reading, null)) {
        findings.push({ ...finding(context, file.path, file.reading!, slip), stopsAlembic: true })
      }
    }
    for (const script of history.scripts) {
      for (const slip of misspeltIn(script.reading, script)) {
        const found = finding(context, script.path, script.reading, slip)
        // A database that ran it as a base would skip what a new parent brings.
        const frozen = slip.meant === 'down_revision' && context.mayBePublished(script.revision)
        findings.push(frozen ? { ...found, fix: null, help: FROZEN } : found)
      }
    }
    return findings
  },
})

/** Misspellings that matter: the identifier meant is absent, or says nothing while the misspelt one says something. */
export function misspeltIn(reading: ScriptReading | null, script: Script | null): Misspelling[] {
  if (reading === null || reading.otherNames.length === 0) return []
  const found: Misspelling[] = []
  for (const { name, nameSpan, literal } of reading.otherNames) {
    const meant = identifierMeant(name)
    if (meant === null || !namesIds(literal) || !saysNothing(readingOf(reading, meant))) continue
    // Where the id comes from the file name a neighbouring `revisions` may be anything.
    if (meant === 'revision' && script !== null) continue
    found.push({ name, meant, nameSpan, literal })
  }
  return found
}

function identifierMeant(name: string): Identifier | null {
  const plain = name.toLowerCase().replaceAll('_', '')
  const known = KNOWN[plain]
  if (known !== undefined) return known
  for (const identifier of ['down_revision', 'depends_on', 'branch_labels', 'revision'] as const) {
    const target = identifier.replaceAll('_', '')
    if (plain === target || isOneSlipAway(plain, target)) return identifier
  }
  return null
}

function namesIds(literal: Literal): boolean {
  if (literal.type === 'string') return literal.value !== ''
  return (
    literal.type === 'sequence' && literal.items.length > 0 && literal.items.every((item) => item.type === 'string')
  )
}

function saysNothing(reading: Reading): boolean {
  if (reading.kind === 'absent') return true
  if (reading.kind !== 'value') return false
  const { literal } = reading
  return literal.type === 'none' || (literal.type === 'sequence' && literal.items.length === 0)
}

function readingOf(reading: ScriptReading, identifier: Identifier): Reading {
  if (identifier === 'revision') return reading.revision
  if (identifier === 'down_revision') return reading.downRevision
  return identifier === 'depends_on' ? reading.dependsOn : reading.branchLabels
}

const FROZEN = 'add a merge revision instead where databases may have run this script as a base'

const CONSEQUENCE: Record<Identifier, string> = {
  revision: 'Alembic finds no revision id in this script and refuses to load the whole history',
  down_revision: 'the script has no parent: Alembic takes it for a new base, or refuses to load it',
  branch_labels: 'the branch label does not exist for Alembic',
  depends_on: 'the dependency does not exist for Alembic',
}

function finding(context: RuleContext, path: string, reading: ScriptReading, slip: Misspelling): Finding {
  return {
    message: `Alembic does not read \`${slip.name}\``,
    labels: [{ path, span: slip.nameSpan, text: `${slip.meant} is meant` }],
    notes: [CONSEQUENCE[slip.meant]],
    help: `name it \`${slip.meant}\``,
    fix: fixOf(context, path, readingOf(reading, slip.meant), slip),
    key: [path, slip.name],
  }
}

/** Renames it; where the right name is there as well, but empty, that one takes the value and the wrong line goes. */
function fixOf(context: RuleContext, path: string, right: Reading, slip: Misspelling): Fix | null {
  if (right.kind === 'absent') {
    return { applicability: 'ask', edits: [{ path, span: slip.nameSpan, text: slip.meant }], command: null }
  }
  const line = wholeLine(context.source(path), { start: slip.nameSpan.start, end: slip.literal.span.end })
  if (right.kind !== 'value' || line === null) return null
  const value = bytesAsText(context.source(path), slip.literal.span)
  if (!/^[\x20-\x7e]+$/.test(value)) return null
  const edits: Edit[] = [
    { path, span: right.literal.span, text: value },
    { path, span: line, text: '' },
  ]
  return { applicability: 'ask', edits, command: null }
}

/** The statement with its line end, if nothing else stands on its line. */
function wholeLine(bytes: Uint8Array, { start, end }: Span): Span | null {
  const isLineEnd = (byte: number | undefined) => byte === undefined || byte === 10 || byte === 13
  if (start > 0 && !isLineEnd(bytes[start - 1])) return null
  if (!isLineEnd(bytes[end])) return null
  let after = end
  if (bytes[after] === 13) after++
  if (bytes[after] === 10) after++
  return { start, end: after }
}
