import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ignore } from 'ignore'
import { SKIPPED_DIRECTORIES } from './usual.js'

/**
 * Files below `root` (absolute) that fit the patterns, outside git: `.gitignore` files are kept, links to directories are
 * not followed. The only module that touches fast-glob.
 */
export async function globFiles(
  root: string,
  patterns: readonly string[],
  excluded: readonly string[],
): Promise<string[]> {
  const { glob } = await import('fast-glob').then((module) => module.default)
  const found = await glob([...patterns, '**/.gitignore'], {
    cwd: root,
    dot: true,
    // Links to files are wanted as well, which `onlyFiles` would leave out.
    onlyFiles: false,
    objectMode: true,
    followSymbolicLinks: false,
    suppressErrors: true,
    braceExpansion: false,
    extglob: false,
    ignore: [...SKIPPED_DIRECTORIES.map((name) => `**/${name}/**`), ...excluded],
  })
  const paths = found.filter(({ dirent }) => !dirent.isDirectory()).map(({ path }) => path)
  const rules = await readIgnoreFiles(root, paths.filter(isIgnoreFile))
  return paths.filter((path) => !isIgnoreFile(path) && !isIgnored(path, rules))
}

function isIgnoreFile(path: string): boolean {
  return path === '.gitignore' || path.endsWith('/.gitignore')
}

/** Directory (with `/` at its end, empty for the root) → the rules of its `.gitignore`. */
type IgnoreRules = ReadonlyMap<string, Ignore>

async function readIgnoreFiles(root: string, paths: readonly string[]): Promise<IgnoreRules> {
  const rules = new Map<string, Ignore>()
  if (paths.length === 0) return rules
  const ignore = (await import('ignore')).default
  for (const path of paths) {
    const text = await readFile(join(root, path), 'utf8').catch(() => '')
    rules.set(path.slice(0, -'.gitignore'.length), ignore().add(text))
  }
  return rules
}

/** As git: the rules of a deeper file win, but nothing inside an ignored directory comes back. */
function isIgnored(path: string, rules: IgnoreRules): boolean {
  if (rules.size === 0) return false
  const segments = path.split('/')
  for (let depth = 1; depth <= segments.length; depth++) {
    const isDirectory = depth < segments.length
    let ignored = false
    for (let above = 0; above < depth; above++) {
      const directory = segments
        .slice(0, above)
        .map((segment) => `${segment}/`)
        .join('')
      const own = rules.get(directory)
      if (own === undefined) continue
      const relative = segments.slice(above, depth).join('/') + (isDirectory ? '/' : '')
      const verdict = own.test(relative)
      if (verdict.ignored) ignored = true
      else if (verdict.unignored) ignored = false
    }
    if (ignored) return true
  }
  return false
}
