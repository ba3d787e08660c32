import type { UpgradeFailure } from '@onehead/core'
import type { WatchNote } from '../alembic/watch.js'
import { ELSEWHERE } from '../database/keep.js'

/** Of a failure that concerns no script. */
export const NO_SCRIPT = {
  revision: null,
  place: null,
  statement: null,
  ran: [],
  isHalfWay: false,
  cause: null,
  help: null,
} as const

/** Everything went well by its own word, and yet the database does not stand where it should. */
export const astray = (message: string): UpgradeFailure => ({
  ...NO_SCRIPT,
  kind: 'astray',
  message,
  help: 'see whether env.py commits, and which database it connects to: `onehead status`',
})

export type KeptNote = Extract<WatchNote, { note: 'locked' | 'moved-on' | 'no-lock' }>

export const isKept = (note: WatchNote): note is KeptNote => note.note === 'no-lock' || note.note in KEPT

/** Nothing ran: somebody else is at work there, or has been, or nobody could be kept out. */
export function kept(note: KeptNote): UpgradeFailure {
  if (note.note === 'no-lock') return { ...NO_SCRIPT, kind: 'failed', message: note.message, help: ELSEWHERE }
  return { ...NO_SCRIPT, kind: note.note, message: KEPT[note.note], help: 'run it again when nobody else migrates it' }
}

const KEPT = {
  locked: 'another onehead migrates this database just now',
  'moved-on': 'the database does not stand where it stood when this was planned',
}
