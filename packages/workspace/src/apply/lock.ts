import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { refusal } from '@onehead/core'
import { codeOf, type Disk, readIfThere, removeIfThere } from './disk.js'
import { ApplyRefused } from './refused.js'

/** Who holds a lock. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** When the process began, as its system counts; null where that cannot be told. */
  readonly began: string | null
  /** Never twice the same. */
  readonly token: string
}

/** A repair takes milliseconds; several at once (an Nx target per project) queue up. */
const PATIENCE_MS = 5000
const PAUSE_MS = 25
/** Of a lock whose holder cannot be asked: on another machine, or written by half. */
const STALE_MS = 10 * 60 * 1000
const HALF_WRITTEN_MS = 2000

/**
 * Runs `work` while no other process runs any under the same lock. Waits for a living holder, but not for ever: rejects with
 * `ApplyRefused`. A lock whose holder is gone is taken over.
 *
 * @param path absolute; its directory exists
 */
export async function withLock<T>(
  disk: Disk,
  path: string,
  work: () => Promise<T> | T,
  patience = PATIENCE_MS,
): Promise<T> {
  const own: Holder = {
    pid: process.pid,
    host: hostname(),
    began: beginningOf(process.pid),
    token: randomBytes(8).toString('hex'),
  }
  await take(disk, path, own, Date.now() + patience)
  try {
    return await work()
  } finally {
    release(disk, path, own)
  }
}

/** One that cannot be removed is taken over once this process has ended. */
function release(disk: Disk, path: string, own: Holder): void {
  try {
    if (holderOf(disk, path)?.token === own.token) removeIfThere(disk, path)
  } catch {}
}

async function take(disk: Disk, path: string, own: Holder, until: number): Promise<void> {
  while (!create(disk, path, own)) {
    if (isStale(disk, path) && takeAway(disk, path, own)) continue
    if (Date.now() >= until) throw locked(path, holderOf(disk, path))
    await sleep(PAUSE_MS)
  }
}

function create(disk: Disk, path: string, own: Holder): boolean {
  let file: number
  try {
    file = disk.openSync(path, 'wx', 0o644)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
  try {
    disk.writeSync(file, Buffer.from(JSON.stringify(own)))
  } catch (error) {
    removeIfThere(disk, path)
    throw error
  } finally {
    disk.closeSync(file)
  }
  return true
}

function isStale(disk: Disk, path: string): boolean {
  const holder = holderOf(disk, path)
  if (holder === null) return ageOf(disk, path) > HALF_WRITTEN_MS
  if (holder.host !== hostname()) return ageOf(disk, path) > STALE_MS
  if (!isRunning(holder.pid)) return true
  const began = beginningOf(holder.pid)
  return holder.began !== null && began !== null && holder.began !== began
}

/**
 * Takes a stale lock away. One at a time and looked at again: in between another process may have done the same, and hold a
 * lock of its own by that name.
 */
function takeAway(disk: Disk, path: string, own: Holder): boolean {
  const turn = `${path}.turn`
  if (!create(disk, turn, own)) {
    // Whoever had the turn needs it for no time at all.
    if (ageOf(disk, turn) > HALF_WRITTEN_MS) removeIfThere(disk, turn)
    return false
  }
  try {
    if (!isStale(disk, path)) return false
    removeIfThere(disk, path)
    return true
  } finally {
    removeIfThere(disk, turn)
  }
}

function holderOf(disk: Disk, path: string): Holder | null {
  try {
    const { pid, host, began, token } = JSON.parse(Buffer.from(readIfThere(disk, path) ?? []).toString('utf8'))
    if (!Number.isSafeInteger(pid) || pid <= 0 || typeof host !== 'string' || typeof token !== 'string') return null
    return { pid, host, token, began: typeof began === 'string' ? began : null }
  } catch {
    return null
  }
}

function ageOf(disk: Disk, path: string): number {
  try {
    return Date.now() - disk.statSync(path).mtimeMs
  } catch {
    return 0
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** Ids of processes are used again: on Linux this tells two apart. */
function beginningOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, second and in parentheses, may hold anything; the beginning is field 22.
    const began = status.slice(status.lastIndexOf(')') + 2).split(' ')[19]
    return began === undefined ? null : `${boot} ${began}`
  } catch {
    return null
  }
}

function locked(path: string, holder: Holder | null): ApplyRefused {
  const who =
    holder === null
      ? 'another process'
      : `process ${holder.pid}${holder.host === hostname() ? '' : ` on ${holder.host}`}`
  return new ApplyRefused([
    refusal('locked', `${who} is writing a repair just now`, {
      help: `run it again when that has ended; if it hangs, end it and remove ${path}`,
    }),
  ])
}
