import type { Repair, RepairPlan } from '../plan/plan.js'
import { visible } from './cells.js'
import { type ChangedFile, countLines, listHunks, readChangedFiles } from './changed-files.js'
import { count } from './counting.js'
import { drawDifference } from './edits.js'
import type { Row } from './excerpt.js'
import type { Line } from './frame.js'
import type { Page } from './page.js'

/** Which repair each file belongs to, and which belong to none. */
export interface SortedFiles {
  readonly byRepair: ReadonlyMap<Repair, readonly ChangedFile[]>
  readonly others: readonly ChangedFile[]
}

/** By the directories that the scripts lie in; a file in two nested ones belongs to the inner one. */
export function sortFiles({ repairs, changes }: RepairPlan): SortedFiles {
  const byRepair = new Map<Repair, ChangedFile[]>()
  const others: ChangedFile[] = []
  for (const file of readChangedFiles(changes)) {
    const owner = ownerOf(file, repairs)
    if (owner === null) others.push(file)
    else byRepair.set(owner, [...(byRepair.get(owner) ?? []), file])
  }
  return { byRepair, others }
}

function ownerOf({ path }: ChangedFile, repairs: readonly Repair[]): Repair | null {
  let best: Repair | null = null
  let deepest = -1
  for (const repair of repairs) {
    const { path: directory, versionLocations } = repair.environment
    for (const folder of [directory, ...versionLocations]) {
      if (folder.length <= deepest || !(folder === '' || path.startsWith(`${folder}/`))) continue
      best = repair
      deepest = folder.length
    }
  }
  return best
}

/** Columns that the line numbers of these files need. */
export function gutterFor(files: readonly ChangedFile[]): number {
  const last = files
    .filter(({ kind }) => kind !== 'delete')
    .flatMap(listHunks)
    .map(({ line, newLine, removed, added }) => Math.max(line + removed.length, newLine + added.length))
  return Math.max(2, ...last.map((number) => `${number}`.length))
}

/** Where the file is and what becomes of it, and the lines that change; of a whole file only its beginning. */
export function drawFile(file: ChangedFile, room: number, page: Page): readonly Line[] {
  const path = visible(page.showPath(file.path))
  const hunks = file.kind === 'delete' ? [] : listHunks(file)
  const [first] = hunks
  const line = first !== undefined && file.kind !== 'add' ? `:${first.newLine}` : ''
  const rows = hunks.flatMap((hunk, index): readonly Row[] => [
    ...(index > 0 ? [{ number: null, text: '', bar: page.glyphs.gap }] : []),
    ...drawDifference(
      { ...hunk, removed: hunk.removed.map(withoutEnd), added: hunk.added.map(withoutEnd) },
      room,
      page,
    ),
  ])
  return [{ place: `${path}${line}${page.paint('faint', sayKind(file, page))}` }, ...rows]
}

function sayKind({ kind, from, before }: ChangedFile, page: Page): string {
  if (kind === 'add') return '  new'
  if (kind === 'delete') return `  deleted, ${count(countLines(before), 'line')}`
  return kind === 'rename' ? `  was ${visible(page.showPath(from!))}` : ''
}

/** A byte order mark and a line end belong to a line and are not seen. */
function withoutEnd(line: string): string {
  return line.replace(/^\ufeff/, '').replace(/\r?\n$|\r$/, '')
}
