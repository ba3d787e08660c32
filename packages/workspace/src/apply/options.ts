import type { Disk } from './disk.js'

/** For tests, and for whoever cannot wait. */
export interface ApplyOptions {
  readonly disk?: Disk
  /** How long to wait for another process that writes. */
  readonly patienceMs?: number
}
