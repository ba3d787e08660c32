import type { UpgradeFailure } from '@onehead/core'

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

/** Nothing ran: somebody else is at work there, or has been. */
export const kept = (kind: 'locked' | 'moved-on'): UpgradeFailure => ({
  ...NO_SCRIPT,
  kind,
  message: KEPT[kind],
  help: 'run it again when nobody else migrates it',
})

const KEPT = {
  locked: 'another onehead migrates this database just now',
  'moved-on': 'the database does not stand where it stood when this was planned',
}
