import type { World } from './world.js'

/** A live line on long work: what runs, and for how long. */
export interface Progress {
  /** Says what runs from now on; the same text again goes on counting. */
  show(text: string): void
  /** Takes the line away: before results are shown, before a question, at the end in any case. */
  clear(): void
}

/**
 * Shows on a terminal what takes long. Silent where nobody watches, and where results are JSON: then both do nothing. What is told
 * meanwhile through `world.tell` and `world.tellTrouble` takes its place until the next second.
 */
export function createProgress({ live, now }: World): Progress {
  if (live === undefined) return { show() {}, clear() {} }
  let running: { readonly text: string; readonly since: number; readonly ticking: NodeJS.Timeout } | null = null
  const draw = () => {
    if (running !== null) live.draw(`${sayTime(now() - running.since)}  ${running.text}`)
  }
  const stop = () => {
    if (running !== null) clearInterval(running.ticking)
    running = null
  }
  return {
    show(text) {
      if (running?.text !== text) {
        stop()
        // A line that nobody took away must not keep the process alive.
        running = { text, since: now(), ticking: setInterval(draw, SECOND).unref() }
      }
      draw()
    },
    clear() {
      stop()
      live.erase()
    },
  }
}

const SECOND = 1000

/** `  7 s`, `2:05 min`. */
function sayTime(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / SECOND)
  if (seconds < 60) return `${String(seconds).padStart(4)} s`
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`
}
