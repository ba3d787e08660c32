import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { shellWord } from '@onehead/core'
import { BackupFailed } from '../database/failure.js'
import { makePrivateFolder } from '../database/keep.js'

/**
 * Copies scripts into a folder under their paths in the workspace, and reads the copies back.
 *
 * @param folder absolute; not there yet
 * @throws BackupFailed: then nothing is left of it
 */
export function keepScripts(root: string, paths: readonly string[], folder: string): void {
  try {
    makePrivateFolder(folder)
    for (const path of paths) {
      const copy = join(folder, path)
      mkdirSync(dirname(copy), { recursive: true, mode: 0o700 })
      copyFileSync(join(root, path), copy)
      if (!readFileSync(copy).equals(readFileSync(join(root, path))))
        throw new BackupFailed('damaged', `the copy of ${path} does not read back`)
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    const { code, message } = error as NodeJS.ErrnoException
    if (error instanceof BackupFailed || code === undefined) throw error
    if (code === 'ENOSPC')
      throw new BackupFailed('disk-full', `no space is left for the scripts in ${folder}`, 'make room')
    throw new BackupFailed('place', `the scripts cannot be kept (${message})`)
  }
}

/** What puts them back, for the workspace root. */
export function putBackCommand(folder: string): string {
  return `cp -R ${shellWord(`${folder}/.`)} .`
}
