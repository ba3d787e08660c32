import { type Refusal, refusal, shellWord } from '@onehead/core'
import { codeOf, type FileStatus } from './disk.js'

/** Nobody may write here: no write bit at all, or the system says so. */
export function readOnly(path: string, status: Pick<FileStatus, 'uid'> | null): Refusal {
  const own = process.getuid?.()
  const foreign = status !== null && own !== undefined && own !== 0 && status.uid !== own
  const message = `${path} is read-only${foreign ? ' and belongs to another user' : ''}`
  const command = foreign ? `sudo chown "$(id -un)" ${shellWord(path)}` : `chmod u+w ${shellWord(path)}`
  return refusal('read-only', message, { path, help: `make it writable: ${command}`, command })
}

/** Why `path` could not be written, as `node:fs` threw it. */
export function writeTrouble(error: unknown, path: string, status: Pick<FileStatus, 'uid'> | null = null): Refusal {
  const code = codeOf(error)
  if (code === 'EROFS') return refusal('read-only', `${path} lies on a read-only file system`, { path })
  if (code === 'EACCES') return readOnly(path, status)
  if (code === 'EPERM')
    return refusal('read-only', `${path} may not be changed (EPERM)`, {
      path,
      help: 'look for an attribute that keeps it as it is: lsattr on Linux, ls -lO on macOS',
    })
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return refusal('no-space', `there is no space left to write ${path} (${code})`, { path, help: 'make room for it' })
  return refusal('not-written', `${path} cannot be written (${code})`, { path })
}

/** The same of a file that was to be made anew: what forbids that is its directory. */
export function folderTrouble(error: unknown, path: string): Refusal {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'
  return writeTrouble(error, ['EACCES', 'EPERM'].includes(codeOf(error)) ? folder : path)
}
