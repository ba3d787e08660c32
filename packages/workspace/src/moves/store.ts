import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { refusal } from '@onehead/core'
import { type Disk, halfWritten, readIfThere, removeIfThere, replaceDurably } from '../apply/disk.js'
import { withLock } from '../apply/lock.js'
import type { Place } from '../apply/place.js'
import { ApplyRefused } from '../apply/refused.js'
import type { MovedRecord } from './moved.js'

/** What is written down about moved revisions. */
export interface Moves {
  /** Oldest first. */
  readonly moves: readonly MovedRecord[]
  /** What could not be read of it, and so may hold more: lower case, no full stop; null where all is well. */
  readonly damage: string | null
}

/** A record with the workspace it belongs to: a repository may hold several, from its top. */
interface Stored extends MovedRecord {
  readonly workspace: string
}

interface Content {
  readonly stored: readonly Stored[]
  readonly damage: string | null
  /** Written by a later version of onehead: not ours to rewrite. */
  readonly newer: boolean
}

const VERSION = 1

function movesPath({ shared }: Place): string {
  return join(shared, 'moves.json')
}

export function readMovesAt(disk: Disk, place: Place): Moves {
  const { stored, damage } = read(disk, place)
  return { moves: stored.filter(({ workspace }) => workspace === place.prefix).map(withoutWorkspace), damage }
}

/** Adds records. Those that are there already are left alone: it may be done again after a crash. */
export async function recordMovesAt(disk: Disk, place: Place, moves: readonly MovedRecord[]): Promise<void> {
  if (moves.length === 0) return
  await rewrite(disk, place, (stored) => {
    const known = new Set(stored.map(keyOf))
    const added = moves.map((move) => ({ ...move, workspace: place.prefix }))
    return [...stored, ...added.filter((move) => !known.has(keyOf(move)))]
  })
}

/** Removes what a repair has recorded, when it is taken back. */
export async function forgetMovesAt(disk: Disk, place: Place, repair: string): Promise<void> {
  const path = movesPath(place)
  if (!existsSync(halfWritten(path)) && !read(disk, place).stored.some((move) => move.repair === repair)) return
  await rewrite(disk, place, (stored) => stored.filter((move) => move.repair !== repair))
}

/** All working trees of a repository write to one file. */
async function rewrite(
  disk: Disk,
  place: Place,
  change: (stored: readonly Stored[]) => readonly Stored[],
): Promise<void> {
  const path = movesPath(place)
  await withLock(disk, `${path}.lock`, () => {
    const { stored, damage, newer } = read(disk, place)
    if (newer)
      throw new ApplyRefused([
        refusal('newer-record', `a later version of onehead has written ${path}`, { help: 'use that version here' }),
      ])
    removeIfThere(disk, halfWritten(path))
    const changed = change(stored)
    if (changed.length === stored.length) return
    const bytes = damage === null ? null : readIfThere(disk, path)
    if (bytes !== null) replaceDurably(disk, `${path}.damaged`, bytes)
    replaceDurably(disk, path, `${JSON.stringify({ version: VERSION, moves: changed }, null, 2)}\n`)
  })
}

function read(disk: Disk, place: Place): Content {
  const path = movesPath(place)
  const unreadable = (newer: boolean): Content => ({ stored: [], damage: `${path} cannot be read`, newer })
  try {
    const bytes = readIfThere(disk, path)
    if (bytes === null) return { stored: [], damage: null, newer: false }
    const { version, moves } = JSON.parse(Buffer.from(bytes).toString('utf8'))
    if (typeof version === 'number' && version > VERSION) return unreadable(true)
    if (!Array.isArray(moves)) return unreadable(false)
    const stored = moves.filter(isStored)
    const lost = moves.length - stored.length
    return {
      stored,
      damage: lost === 0 ? null : `${lost} of ${moves.length} entries of ${path} cannot be read`,
      newer: false,
    }
  } catch {
    return unreadable(false)
  }
}

function isStored(value: unknown): value is Stored {
  if (typeof value !== 'object' || value === null) return false
  const { workspace, repair, environment, revision, formerly, path, from, to, skipped, ways, when } = value as Record<
    keyof Stored,
    unknown
  >
  const texts = [workspace, repair, revision, formerly, path, when]
  const lists = [from, to, skipped]
  return (
    texts.every((text) => typeof text === 'string') &&
    lists.every((list) => Array.isArray(list) && list.every((text) => typeof text === 'string')) &&
    Array.isArray(ways) &&
    isEnvironment(environment)
  )
}

function isEnvironment(value: unknown): boolean {
  const { path, config, section } = Object(value)
  return [path, config, section].every((text) => typeof text === 'string')
}

function keyOf({ workspace, repair, environment, revision, path }: Stored): string {
  return JSON.stringify([workspace, repair, environment.config, environment.section, revision, path])
}

function withoutWorkspace({ workspace: _, ...move }: Stored): MovedRecord {
  return move
}
