import { visible } from './cells.js'
import { listNames } from './counting.js'
import type { EnvironmentReport } from './report.js'

/** What is worth saying about environments, each sentence once, behind the names of those it is about. */
export function notesOf(environments: readonly EnvironmentReport[]): readonly string[] {
  const byNote = new Map<string, string[]>()
  for (const { name, notes } of environments)
    for (const note of notes) byNote.set(note, [...(byNote.get(note) ?? []), name])
  return [...byNote].map(([note, names]) => `${listNames(names)}: ${visible(note)}`)
}
