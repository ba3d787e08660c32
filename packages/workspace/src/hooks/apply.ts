import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UsageError } from '../errors.js'
import { runGit, runNode } from '../git/process.js'
import type { FileEdit, InstallationPlan } from './plan.js'

/**
 * Carries a plan out: files one by one, each by writing a file beside it and renaming that, then husky, then settings.
 * Killed anywhere in between, every file is either old or new, and the next run plans what is missing.
 * Throws `UsageError` when a file has changed since it was planned; nothing has been written then.
 *
 * @param top absolute; what the paths of the plan are relative to
 */
export async function applyInstallation(top: string, plan: InstallationPlan): Promise<void> {
  applyEdits(top, plan.edits)
  if (plan.prepareHusky !== null) await prepareHusky(top, plan.prepareHusky)
  for (const { key, value } of plan.settings) {
    const { code, stderr } = await runGit(top, ['config', '--local', key, value])
    if (code !== 0) throw new UsageError(`git config ${key} ${value} failed: ${stderr.trim()}`)
  }
}

/** Writes files one by one. Throws `UsageError` when one has changed since it was planned; nothing has been written then. */
export function applyEdits(top: string, edits: readonly FileEdit[]): void {
  for (const edit of edits) refuseChanged(top, edit)
  for (const edit of edits) applyEdit(top, edit)
}

function refuseChanged(top: string, { path, before }: FileEdit): void {
  const absolute = resolve(top, path)
  const now = existsSync(absolute) ? readFileSync(absolute).toString('latin1') : null
  if (now !== before) throw new UsageError(`${path} has changed in this moment`, { help: 'run it again' })
}

/** Writes or removes one file, whole or not at all; its mode stays. */
export function applyEdit(top: string, { path, before, after, executable }: FileEdit): void {
  const named = resolve(top, path)
  if (after === null) {
    rmSync(named)
    return
  }
  mkdirSync(dirname(named), { recursive: true })
  // A link is kept; what it leads to is written.
  const absolute = before === null ? named : realpathSync(named)
  removeLeftovers(absolute)
  const temporary = join(dirname(absolute), `.${basename(absolute)}.onehead-${process.pid}`)
  try {
    const mode = before === null ? 0o644 : statSync(absolute).mode & 0o7777
    writeFileSync(temporary, Buffer.from(after, 'latin1'), { flag: 'wx', mode: 0o600 })
    chmodSync(temporary, executable && (mode & 0o100) === 0 ? mode | 0o111 : mode)
    renameSync(temporary, absolute)
  } finally {
    rmSync(temporary, { force: true })
  }
}

/** What runs left behind that were killed between writing and renaming. */
function removeLeftovers(absolute: string): void {
  const prefix = `.${basename(absolute)}.onehead-`
  for (const name of readdirSync(dirname(absolute))) {
    if (!name.startsWith(prefix) || !/^\d+$/.test(name.slice(prefix.length))) continue
    if (!isRunning(Number(name.slice(prefix.length)))) rmSync(join(dirname(absolute), name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Runs the husky that is installed: it sets `core.hooksPath` and writes its `_` folder. Throws `UsageError` when it fails. */
export async function prepareHusky(top: string, directory: string): Promise<void> {
  const bin = resolve(top, dirname(directory), 'node_modules/husky/bin.js')
  const { code, stdout, stderr } = await runNode(top, [bin, directory], { env: { HUSKY: '' } })
  const said = (stdout.toString('utf8') + stderr).trim()
  if (code !== 0 || said !== '')
    throw new UsageError(`husky could not be prepared: ${said || `exit ${code}`}`, {
      help: `run node ${bin} ${directory}`,
    })
}
