import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lockFolder } from '../database/backup-folder.js'
import { isRunning, makeStateFolder } from '../database/keep.js'

/** Where copies of files and dumps lie while a rehearsal runs; absolute. Away from every working tree. */
export function rehearsalFolder(env: NodeJS.ProcessEnv): string {
  return join(dirname(lockFolder(env)), 'rehearsals')
}

const OWNED = /^onehead_rehearsal_work_(\d+)_/

/**
 * Gives `use` a new folder that only its owner can look into, and removes it in any case. What a killed run has left of its own goes
 * first: a dump is as private as its database.
 */
export async function inWorkFolder<T>(env: NodeJS.ProcessEnv, use: (folder: string) => Promise<T>): Promise<T> {
  const home = rehearsalFolder(env)
  makeStateFolder(home)
  for (const name of readdirSync(home)) {
    const owner = OWNED.exec(name)?.[1]
    if (owner !== undefined && !isRunning(Number(owner))) rmSync(join(home, name), { recursive: true, force: true })
  }
  const folder = mkdtempSync(join(home, `onehead_rehearsal_work_${process.pid}_`))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    return await use(folder)
  } finally {
    process.off('exit', remove)
    remove()
  }
}
