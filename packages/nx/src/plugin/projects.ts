import { type AppEnvironment, ancestorsBelowRoot, directoryOf } from './app-environment.js'
import type { ManifestReader } from './manifests.js'

/** A project and the environments that belong to it. */
export interface AppProject {
  /** Workspace-relative; `.` for the workspace root, as Nx writes it. */
  readonly root: string
  /** Set where Nx would not know a name by itself. */
  readonly name: string | null
  /** What people type: the name, given here or known to Nx. */
  readonly calledAs: string
  readonly environments: readonly AppEnvironment[]
}

/**
 * Gives every environment to a project: the nearest one below the workspace root, else a new one at its Python app.
 * `manifestFiles` are the workspace's project.json and package.json files: no new name may be one of theirs.
 */
export function groupByProject(
  environments: readonly AppEnvironment[],
  manifestFiles: readonly string[],
  manifests: ManifestReader,
): readonly AppProject[] {
  const byRoot = new Map<string, AppEnvironment[]>()
  for (const environment of environments) {
    const root = findProject(environment, manifests) ?? appDirectory(environment, manifests)
    const others = byRoot.get(root)
    if (others === undefined) byRoot.set(root, [environment])
    else others.push(environment)
  }
  const roots = [...byRoot.keys()].sort()
  const names = nameProjects(roots, manifestFiles, manifests)
  return roots.map((root) => ({
    root: root === '' ? '.' : root,
    name: names.get(root) ?? null,
    calledAs: names.get(root) ?? manifests.read(root).projectName ?? root,
    environments: byRoot.get(root)!.sort((a, b) => compare(a.config, b.config) || compare(a.section, b.section)),
  }))
}

/** The root belongs to an environment that stands in it, never to everything below. */
function findProject(environment: AppEnvironment, manifests: ManifestReader): string | null {
  const directory = directoryOf(environment.config)
  return ancestorsBelowRoot(directory).find((ancestor) => manifests.read(ancestor).isProject) ?? null
}

/** Where a person would say that the Python app is: its pyproject.toml, else beside Flask-Migrate's folder, else the configuration. */
function appDirectory(environment: AppEnvironment, manifests: ManifestReader): string {
  const directory = directoryOf(environment.config)
  const beside = environment.path === directory ? directoryOf(directory) : directory
  for (const ancestor of ancestorsBelowRoot(directory)) {
    const { pythonName, isPythonWorkspace } = manifests.read(ancestor)
    if (pythonName !== null && (!isPythonWorkspace || ancestor === beside)) return ancestor
  }
  return beside
}

/**
 * Names for the roots that Nx has no name for. A name comes from the manifests when nobody else has it, else from the
 * path; it depends on the files alone, so that every machine gives the same.
 */
function nameProjects(
  roots: readonly string[],
  manifestFiles: readonly string[],
  manifests: ManifestReader,
): ReadonlyMap<string, string> {
  const unnamed = roots.filter((root) => !nxKnowsTheName(root, manifests))
  const names = new Map<string, string>()
  if (unnamed.length === 0) return names
  const own = new Set(unnamed)
  const taken = takenNames(manifestFiles, own, manifests)
  const wished = unnamed.map((root) => manifests.read(root).projectName ?? manifests.read(root).pythonName)
  const isUnique = (name: string) => !taken.has(name) && wished.filter((other) => other === name).length === 1
  unnamed.forEach((root, index) => {
    const name = wished[index]
    if (name && isUnique(name)) names.set(root, name)
  })
  for (const name of names.values()) taken.add(name)
  for (const root of unnamed.filter((root) => !names.has(root))) {
    const name = firstFree(root, taken)
    taken.add(name)
    names.set(root, name)
  }
  return names
}

/** project.json always has a name. Of a package.json nobody but Nx knows whether it is a workspace member: naming it does no harm. */
function nxKnowsTheName(root: string, manifests: ManifestReader): boolean {
  const { hasProjectJson, isProject } = manifests.read(root)
  return hasProjectJson || (root === '' && isProject)
}

function takenNames(
  manifestFiles: readonly string[],
  own: ReadonlySet<string>,
  manifests: ManifestReader,
): Set<string> {
  const taken = new Set<string>()
  for (const file of manifestFiles) {
    const directory = directoryOf(file)
    if (own.has(directory)) continue
    const { projectName } = manifests.read(directory)
    if (projectName !== null) taken.add(projectName)
  }
  return taken
}

/** `services/billing` → `services-billing`, else the path itself (no two are equal), else numbered. */
function firstFree(root: string, taken: ReadonlySet<string>): string {
  const path = root === '' ? 'root' : root
  const plain = path.replaceAll('/', '-').toLowerCase()
  let name = plain
  for (let number = 1; taken.has(name); number++) name = number === 1 ? path : `${path}-${number}`
  return name
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
