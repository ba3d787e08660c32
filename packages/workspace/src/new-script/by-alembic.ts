import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type History, type Refusal, refusal, scan, toScript } from '@onehead/core'
import { findRunner, type Runner, type WrittenScripts } from '../alembic/index.js'
import { type Configuration, environmentConfigurationFor } from '../configuration/index.js'
import { overExisting } from './prove.js'

/** A script as the project's own Alembic wrote it; it does not lie in the tree any more. */
export interface TakenScript {
  readonly path: string
  readonly bytes: Uint8Array
}

export interface Taken {
  readonly scripts: readonly TakenScript[]
  /** What was run, as a person would type it. */
  readonly typed: string
}

/** A project's Alembic, or why there is none. */
export async function openAlembic(
  root: string,
  { environment }: Pick<History, 'environment'>,
  configuration: Configuration,
): Promise<Runner | Refusal> {
  const found = await findRunner(root, environment, environmentConfigurationFor(configuration, environment))
  if (found.kind === 'runner') return found
  const { message, help, command } = found
  return refusal('no-alembic', message, { help, command })
}

/**
 * Lets the project's own Alembic write, and takes what it wrote out of the tree again: so that it is judged, and then written
 * all or not at all like everything else. A script that it wrote over gets back what it held.
 *
 * @param revision the id that Alembic was told to give
 */
export async function takeFromAlembic(
  { root }: Runner,
  history: History,
  revision: string,
  written: () => Promise<WrittenScripts>,
): Promise<Taken | { readonly refusal: Refusal }> {
  const before = new Map([...history.scripts, ...history.unreadable].map(({ path }) => [path, bytesAt(root, path)]))
  const { run, paths } = await written()
  const scripts: TakenScript[] = []
  for (const path of paths) {
    const bytes = bytesAt(root, path)
    if (bytes === null) continue
    const old = before.get(path) ?? null
    // A hook may have formatted others; that is between it and the project.
    if (old !== null && !declares(path, bytes, revision)) continue
    if (old !== null) {
      writeFileSync(join(root, path), old)
      return { refusal: overExisting(path) }
    }
    remove(root, path)
    scripts.push({ path, bytes })
  }
  const { failure, typed } = run
  if (failure === null) return { scripts, typed }
  return {
    refusal: refusal('alembic-failed', `\`${typed}\` failed: ${failure.message}`, {
      help: failure.help ?? failure.cause,
    }),
  }
}

function declares(path: string, bytes: Uint8Array, revision: string): boolean {
  const script = toScript(path, scan(bytes))
  return 'revision' in script && script.revision === revision
}

/** With what Python has made of it beside it: with `sourceless` that would still be a revision. */
function remove(root: string, path: string): void {
  rmSync(join(root, path))
  const compiled = join(root, dirname(path), '__pycache__')
  const stem = basename(path, '.py')
  for (const name of existsSync(compiled) ? readdirSync(compiled) : []) {
    if (name.startsWith(`${stem}.`)) rmSync(join(compiled, name))
  }
}

function bytesAt(root: string, path: string): Uint8Array | null {
  try {
    return readFileSync(join(root, path))
  } catch {
    return null
  }
}
