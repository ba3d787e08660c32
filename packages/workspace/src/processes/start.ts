import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'

export type Process = ChildProcessWithoutNullStreams

export interface StartOptions {
  /** Absolute. */
  readonly cwd: string
  /** The whole environment: nothing of ours is added. */
  readonly env: NodeJS.ProcessEnv
  /**
   * A session and a process group of its own: what it starts ends with it, a Ctrl-C reaches it only through us, and it has no
   * terminal to ask a password from. Not on Windows, which knows no groups.
   */
  readonly ownGroup?: boolean
}

/** Those that have not ended, and whether they lead a group: none of them goes on when we are gone. */
const running = new Map<Process, boolean>()
process.once('exit', () => {
  for (const child of running.keys()) stopProcess(child, 'SIGKILL')
})

/**
 * Starts a program with pipes on all sides and without a shell. This module is the only one of the package that starts
 * processes. That a program cannot be started is told by the `error` event of what is returned.
 */
export function startProcess(command: string, args: readonly string[], options: StartOptions): Process {
  const { cwd, env, ownGroup = false } = options
  const leads = ownGroup && process.platform !== 'win32'
  const child = spawn(command, [...args], { cwd, env, stdio: 'pipe', windowsHide: true, detached: leads })
  running.set(child, leads)
  child.once('close', () => running.delete(child))
  // A program may end before it has read everything: its exit code tells more than a broken pipe.
  child.stdin.on('error', () => {})
  return child
}

/** Sends a signal to a process, and to its whole group where it leads one. Says nothing where nobody is left. */
export function stopProcess(child: Process, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  if (!running.get(child)) {
    child.kill(signal)
    return
  }
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The group has ended.
  }
}
