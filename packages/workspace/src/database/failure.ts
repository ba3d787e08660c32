/** What stood in the way of a backup or of a restore; stable, for JSON and tests. */
export type BackupTrouble =
  /** No program of ours backs up this kind of database. */
  | 'unknown-dialect'
  /** The address is not known: env.py writes SQL, or hands over a connection of its own making. */
  | 'no-address'
  | 'missing-program'
  | 'older-program'
  | 'disk-full'
  | 'timeout'
  /** By Ctrl-C, a signal or whoever called. */
  | 'stopped'
  | 'failed'
  /** It was made, and does not read back. */
  | 'damaged'
  /** What is to be restored is not of our making, or of another kind of database. */
  | 'foreign'
  /** Made by a newer program than the one that is here. */
  | 'newer'
  /** The server does not let this user do it. */
  | 'forbidden'
  /** Somebody else is connected to what would be replaced. */
  | 'connected'
  /** The place for it is in the workspace, or cannot be written. */
  | 'place'

/**
 * There is no backup, and nothing is left of the attempt. `message` is lower case without a full stop and holds no secret; `help` starts
 * with a verb, or is null.
 */
export class BackupFailed extends Error {
  readonly kind: BackupTrouble
  readonly help: string | null
  constructor(kind: BackupTrouble, message: string, help: string | null = null) {
    super(message)
    this.name = 'BackupFailed'
    this.kind = kind
    this.help = help
  }
}
