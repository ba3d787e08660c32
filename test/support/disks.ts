import * as fs from 'node:fs'
import type { Disk } from '../../packages/workspace/src/apply/disk.js'

/** Thrown by a disk whose process is dead: nothing that runs after it does anything. */
export class Death extends Error {
  override readonly name = 'Death'
}

export interface WatchedDisk {
  readonly disk: Disk
  /** How many steps have changed something, or begun to. */
  steps(): number
}

const CHANGING = new Set([
  'fchmodSync',
  'fchownSync',
  'fsyncSync',
  'futimesSync',
  'mkdirSync',
  'renameSync',
  'rmdirSync',
  'unlinkSync',
  'writeSync',
])

type Step = (number: number, name: string, args: readonly unknown[]) => void

/** The real disk; `before` is told of every step that changes something, counted from 1, and may throw. */
function watched(before: Step, beforeAll: () => void = () => {}): WatchedDisk {
  let steps = 0
  const disk = new Proxy(fs as Disk, {
    get(target, name: keyof Disk) {
      const real = target[name] as (...args: unknown[]) => unknown
      return (...args: unknown[]) => {
        beforeAll()
        const changes = CHANGING.has(name) || (name === 'openSync' && args[1] !== 'r' && args[1] !== 'r+')
        if (changes) before(++steps, name, args)
        // Nobody pulls the plug of a test.
        return name === 'fsyncSync' ? undefined : real(...args)
      }
    },
  })
  return { disk, steps: () => steps }
}

/** Only counts. */
export function countingDisk(): WatchedDisk {
  return watched(() => {})
}

/** Dies at a step: of what was to be written, half is. From then on nothing works, reading included. */
export function dyingDisk(at: number): WatchedDisk {
  let dead = false
  const die = () => {
    if (dead) throw new Death('the process is dead')
  }
  return watched((number, name, args) => {
    if (number < at) return
    dead = true
    if (name === 'writeSync') writeHalf(args)
    die()
  }, die)
}

/** Fails with a code of the system where `when` says so. */
export function failingDisk(code: string, when: Wrong): WatchedDisk {
  return watched((number, name, args) => {
    if (!when({ number, name, path: typeof args[0] === 'string' ? args[0] : null })) return
    throw Object.assign(new Error(`${code}: ${name}`), { code, syscall: name })
  })
}

export type Wrong = (step: { number: number; name: string; path: string | null }) => boolean

function writeHalf([file, bytes, offset]: readonly unknown[]): void {
  const all = bytes as Uint8Array
  const from = (offset as number | undefined) ?? 0
  fs.writeSync(file as number, all, from, Math.floor((all.length - from) / 2))
}
