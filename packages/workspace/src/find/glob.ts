import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ignore } from 'ignore'
import { SKIPPED_DIRECTORIES } from './usual.js'

/**
 * Files below `root` (absolute) that fit the patterns, outside git: the rules of git are kept with `.gitignore` files,
 * nested repositories and worktrees left out, links to directories not followed. The only module that touches fast-glob.
 */
export async function globFiles(
  root: string,
  patterns: readonly string[],
  excluded: readonly string[],
): Promise<string[]> {
  const { glob } = await import('fast-glob').then((module) => module.default)
  const below = SKIPPED_DIRECTORIES.filter((name) => name !== '.git').map((name) => `**/${name}/**`)
  const found = await glob([...patterns, '**/.gitignore', '**/.git'], {
    cwd: root,
    dot: true,
    onlyFiles: false,
    followSymbolicLinks: false,
    suppressErrors: true,
    braceExpansion: false,
    extglob: false,
    ignore: [...below, '**/.git/*', ...excluded],
  })
  const repositories = found.filter((path) => path.endsWith('/.git')).map((path) => path.slice(0, -'.git'.length))
  const inside = (path: string): boolean => repositories.some((directory) => path.startsWith(directory))
  const rules = await readIgnoreFiles(
    root,
    found.filter((path) => isNamed(path, '.gitignore') && !inside(path)),
  )
  return found.filter(
    (path) => !isNamed(path, '.gitignore') && !isNamed(path, '.git') && !inside(path) && !isIgnored(path, rules),
  )
}

function isNamed(path: string, name: string): boolean {
  return path === name || path.endsWith(`/${name}`)
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
