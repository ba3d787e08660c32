import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** Everything below a folder: permissions and contents of files, directories, targets of links. Two are equal byte for byte. */
export type Tree = Readonly<Record<string, string>>

/** @param skipped names at the top that do not count */
export function treeOf(folder: string, skipped: readonly string[] = ['.git', '.onehead']): Tree {
  const tree: Record<string, string> = {}
  const walk = (path: string): void => {
    const full = join(folder, path)
    const status = lstatSync(full)
    if (status.isSymbolicLink()) tree[path] = `→ ${readlinkSync(full)}`
    else if (status.isDirectory()) {
      if (path !== '') tree[path] = 'directory'
      for (const name of readdirSync(full).sort()) if (path !== '' || !skipped.includes(name)) walk(join(path, name))
    } else if (!status.isFile()) tree[path] = 'special'
    else tree[path] = `${(status.mode & 0o7777).toString(8)} ${readFileSync(full).toString('latin1')}`
  }
  walk('')
  return tree
}

/** Writes a file with everything above it. */
export function put(folder: string, path: string, content: string | Uint8Array, mode?: number): void {
  const full = join(folder, path)
  mkdirSync(dirname(full), { recursive: true })
  rmSync(full, { force: true })
  writeFileSync(full, content)
  if (mode !== undefined) chmodSync(full, mode)
}
