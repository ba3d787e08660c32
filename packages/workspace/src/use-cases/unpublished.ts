import { scan, toScript } from '@onehead/core'
import type { Configuration } from '../configuration/index.js'
import type { Changes } from '../git/changes.js'
import { type GitObjects, openObjects } from '../git/objects.js'
import { runGit } from '../git/process.js'
import { isZero, type RawChange, rawDiff } from '../git/raw-diff.js'
import { findLanding } from './landing.js'

/** Where a working tree stands towards the branch that it will land on. Paths are workspace-relative. */
export interface Unpublished {
  /** Scripts of the last commit that are not published, or not as they are. */
  readonly paths: ReadonlySet<string>
  /** Ids that the target has in scripts which are changed, moved or gone here: those are published all the same. */
  readonly publishedIds: ReadonlySet<string>
}

/**
 * What the last commit has that is not published (the design's word): not on the target, and on no branch or release tag that
 * the configuration names. Without a target everything committed counts as published. Asks git only, never the network; `null`
 * where there is no commit, or git cannot answer. Never rejects.
 *
 * @param root absolute
 * @param prefix where the workspace lies in the repository: empty, or with `/` at its end
 * @param changes of the working tree
 */
export async function findUnpublished(
  root: string,
  prefix: string,
  configuration: Configuration,
  changes: Promise<Changes | null> | Changes | null,
): Promise<Unpublished | null> {
  const objects = openObjects(root)
  try {
    const [target, head] = await Promise.all([
      findLanding(root, objects, configuration).catch(() => null),
      objects.read('HEAD^{commit}'),
    ])
    if (head === null) return null
    const base = target?.commit ?? head.oid
    const since = base === head.oid ? [] : await rawDiff(root, base, head.oid)
    if (since === null) return null
    const scripts = since.filter(({ path }) => path.startsWith(prefix) && path.endsWith('.py'))
    const paths = scripts.filter(({ newOid }) => !isZero(newOid)).map(({ path }) => path.slice(prefix.length))
    const elsewhere = paths.length === 0 ? new Set() : await pathsElsewhere(root, prefix, base, configuration)
    const [committed, here] = await Promise.all([
      idsBefore(objects, scripts, prefix),
      idsAt(objects, base, prefix, (await changes)?.replaced ?? new Set()),
    ])
    const isOpen = (path: string) => !elsewhere.has(path) && !committed.illegible.has(path)
    return { paths: new Set(paths.filter(isOpen)), publishedIds: new Set([...committed.ids, ...here]) }
  } catch {
    return null
  } finally {
    objects.close()
  }
}

/** Ids that a commit has in scripts of these paths. */
async function idsAt(
  objects: GitObjects,
  commit: string,
  prefix: string,
  paths: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const ids = [...paths].map(async (path) => {
    // One question is one line.
    const object = path.includes('\n') ? null : await objects.read(`${commit}:${prefix}${path}`).catch(() => null)
    if (object === null) return []
    const script = toScript(path, scan(object.bytes))
    return 'revision' in script ? [script.revision] : []
  })
  return new Set((await Promise.all(ids)).flat())
}

/** What the scripts hold that the target has differently. */
interface Before {
  readonly ids: ReadonlySet<string>
  /** Scripts that the target has under this path and nobody can read there: they are published, under whatever id. */
  readonly illegible: ReadonlySet<string>
}

async function idsBefore(objects: GitObjects, scripts: readonly RawChange[], prefix: string): Promise<Before> {
  const [ids, illegible] = [new Set<string>(), new Set<string>()]
  const before = new Map(scripts.filter(({ oldOid }) => !isZero(oldOid)).map(({ oldOid, path }) => [oldOid, path]))
  await objects.readAll([...before.keys()], (oid, object) => {
    const path = before.get(oid)!
    const script =
      object !== null && 'bytes' in object && object.bytes !== null ? toScript(path, scan(object.bytes)) : null
    if (script !== null && 'revision' in script) ids.add(script.revision)
    else illegible.add(path.slice(prefix.length))
  })
  return { ids, illegible }
}

/** Files that release tags, or branches which the configuration names, have brought beside the target. */
async function pathsElsewhere(
  root: string,
  prefix: string,
  target: string,
  { releaseTags, published }: Configuration,
): Promise<ReadonlySet<string>> {
  const places = [
    ...releaseTags.map((pattern) => glob(`refs/tags/${pattern}`)),
    ...published.flatMap((name) => [glob(`refs/heads/${name}`), glob(`refs/remotes/*/${name}`)]),
  ]
  if (places.length === 0) return new Set()
  const args = ['log', '--format=', '--name-only', '-z', '--no-renames', ...places, '--not', target, '--']
  const { code, stdout } = await runGit(root, args)
  if (code !== 0) return new Set()
  const paths = stdout
    .toString('utf8')
    .split('\0')
    .map((path) => path.replace(/^\n/, ''))
  return new Set(paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length)))
}

/** Refs of this pattern; git takes one without a wildcard for a folder. */
function glob(pattern: string): string {
  return `--glob=${/[*?[]/.test(pattern) ? pattern : pattern.replace(/.$/s, '[$&]')}`
}

/** Changes since what is published, where that is known: what is only committed counts as new too. */
export function sincePublished(changes: Changes | null, unpublished: Unpublished | null): Changes | null {
  if (changes === null || unpublished === null || unpublished.paths.size === 0) return changes
  return {
    ...changes,
    added: new Set([...changes.added, ...unpublished.paths]),
    changed: new Set([...changes.changed, ...unpublished.paths]),
  }
}
