import type { FileChange } from '../plan/plan.js'
import { compareLines } from '../text/compare-lines.js'
import type { Difference } from './edits.js'

/** A file of a plan as text; `encoding` says how the text becomes bytes again, without loss. */
export interface ChangedFile {
  readonly kind: 'add' | 'edit' | 'rename' | 'delete'
  /** As it is called afterwards; of a deleted one, before. */
  readonly path: string
  /** What a renamed one was called. */
  readonly from: string | null
  readonly encoding: 'utf-8' | 'latin-1'
  readonly before: string
  readonly after: string
  /** What `before` is the text of. */
  readonly bytes: Uint8Array
}

/** Lines that differ, with their line ends. */
export type Hunk = Difference

/** Files in the order of the plan; one that goes and one that comes with mostly the same lines are one that is renamed. */
export function readChangedFiles(changes: readonly FileChange[]): readonly ChangedFile[] {
  const renamed = findRenames(changes)
  const taken = new Set(renamed.values())
  return changes
    .filter((change) => !taken.has(change) && (change.before !== null || change.after !== null))
    .map((change) => readChangedFile(change, renamed.get(change) ?? null))
}

function readChangedFile({ path, before, after }: FileChange, from: FileChange | null): ChangedFile {
  const kind = from !== null ? 'rename' : before === null ? 'add' : after === null ? 'delete' : 'edit'
  const bytes = [from?.before ?? before ?? NOTHING, after ?? NOTHING] as const
  const utf8 = bytes.map(decodeUtf8)
  const isUtf8 = utf8.every((text) => text !== null)
  const [old, young] = isUtf8 ? utf8 : bytes.map(decodeLatin1)
  return {
    kind,
    path,
    from: from?.path ?? null,
    encoding: isUtf8 ? 'utf-8' : 'latin-1',
    before: old!,
    after: young!,
    bytes: bytes[0],
  }
}

const NOTHING = new Uint8Array(0)
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    return null
  }
}

/** Each byte the character of its number: what the label `latin1` means to a TextDecoder is windows-1252, and loses bytes. */
function decodeLatin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** Each file that comes with the one it was: the pairs that have most in common first, none with less than half. */
function findRenames(changes: readonly FileChange[]): ReadonlyMap<FileChange, FileChange> {
  const gone = changes.filter(({ before, after }) => before !== null && after === null)
  const come = gone.length === 0 ? [] : changes.filter(({ before, after }) => before === null && after !== null)
  const pairs = come.flatMap((young) => {
    const lines = splitLines(decodeLatin1(young.after!))
    return gone.map((old) => {
      const own = new Set(splitLines(decodeLatin1(old.before!)))
      return { young, old, alike: lines.filter((line) => own.has(line)).length / Math.max(1, lines.length) }
    })
  })
  const renamed = new Map<FileChange, FileChange>()
  const taken = new Set<FileChange>()
  for (const { young, old, alike } of pairs.sort((a, b) => b.alike - a.alike)) {
    if (alike < 0.5 || renamed.has(young) || taken.has(old)) continue
    renamed.set(young, old)
    taken.add(old)
  }
  return renamed
}

/** Lines with their line ends, as Python sees them. */
function splitLines(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n|\r(?!\n))/)
}

/** Where the two texts of a file differ, from the top. */
export function listHunks({ before, after }: ChangedFile): readonly Hunk[] {
  const hunks: { removed: string[]; added: string[]; line: number; newLine: number }[] = []
  let [line, newLine] = [1, 1]
  let open = false
  for (const compared of compareLines(splitLines(before), splitLines(after))) {
    if (compared.sign === ' ') {
      line++
      newLine++
      open = false
      continue
    }
    if (!open) hunks.push({ removed: [], added: [], line, newLine })
    open = true
    const hunk = hunks.at(-1)!
    if (compared.sign === '-') {
      hunk.removed.push(compared.line)
      line++
    } else {
      hunk.added.push(compared.line)
      newLine++
    }
  }
  return hunks
}

/** How many lines a text has. */
export function countLines(text: string): number {
  return splitLines(text).length
}
