import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJson } from '@nx/devkit'

/** The manifests of one directory that say whether it is a project and what it is called. */
export interface Manifests {
  /** Nx takes the directory for a project. */
  readonly isProject: boolean
  /** The name in project.json (or what Nx makes up without one), else in package.json; `null` where there is neither. */
  readonly projectName: string | null
  /** `[project].name` or `[tool.poetry].name`; `null` where pyproject.toml is absent or only configures tools. */
  readonly pythonName: string | null
  /** True when pyproject.toml only holds other Python projects together (a uv workspace). */
  readonly isPythonWorkspace: boolean
  readonly hasProjectJson: boolean
}

/** Reads the manifests of directories below `workspaceRoot` (absolute), each once. */
export class ManifestReader {
  readonly #root: string
  readonly #known = new Map<string, Manifests>()

  constructor(workspaceRoot: string) {
    this.#root = workspaceRoot
  }

  /** `directory` is workspace-relative with `/`; `''` is the root. A manifest that cannot be read counts as absent. */
  read(directory: string): Manifests {
    let manifests = this.#known.get(directory)
    if (manifests === undefined) {
      manifests = this.#readNew(directory)
      this.#known.set(directory, manifests)
    }
    return manifests
  }

  #readNew(directory: string): Manifests {
    const projectJson = this.#json(directory, 'project.json')
    const packageJson = this.#json(directory, 'package.json')
    const pyproject = this.#text(directory, 'pyproject.toml')
    return {
      hasProjectJson: projectJson !== null,
      isProject: projectJson !== null || (packageJson !== null && isNpmProject(packageJson, directory)),
      projectName: nameIn(projectJson) ?? nameIn(packageJson) ?? (projectJson === null ? null : baseName(directory)),
      pythonName: pyproject === null ? null : pythonProjectName(pyproject),
      isPythonWorkspace: pyproject !== null && /^[ \t]*\[tool\.uv\.workspace[ \t]*\]/m.test(pyproject),
    }
  }

  #json(directory: string, file: string): Record<string, unknown> | null {
    const text = this.#text(directory, file)
    if (text === null) return null
    try {
      const value: unknown = parseJson(text)
      return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
    } catch {
      // Nx reports it itself; for us the file is there and says nothing.
      return {}
    }
  }

  #text(directory: string, file: string): string | null {
    const path = join(this.#root, directory, file)
    try {
      return existsSync(path) ? readFileSync(path, 'utf8') : null
    } catch {
      return null
    }
  }
}

/**
 * The root's package.json is a project of Nx only when it says `nx`, or is its own workspace member. One further down that
 * declares `workspaces` merely holds others together.
 */
function isNpmProject(packageJson: Record<string, unknown>, directory: string): boolean {
  const { workspaces } = packageJson
  if (directory !== '') return workspaces === undefined
  const members = Array.isArray(workspaces) ? workspaces : (workspaces as { packages?: unknown } | undefined)?.packages
  const includesRoot = Array.isArray(members) && members.some((member) => member === '.' || member === './')
  return packageJson.nx !== undefined || includesRoot
}

function nameIn(manifest: Record<string, unknown> | null): string | null {
  const name = manifest?.name
  return typeof name === 'string' && name !== '' ? name : null
}

/** Nx's `toProjectName`. */
function baseName(directory: string): string | null {
  return directory === '' ? null : directory.slice(directory.lastIndexOf('/') + 1).toLowerCase()
}

/**
 * The name in `[project]` or `[tool.poetry]`. Only the two plain forms that packaging tools write are read: anything else
 * gives a name made from the path, which is as good.
 */
export function pythonProjectName(pyproject: string): string | null {
  let table = ''
  for (const line of pyproject.split(/\r?\n/)) {
    const header = /^\s*\[\s*([^\]]*?)\s*\]\s*(?:#.*)?$/.exec(line)
    if (header !== null) {
      table = header[1]!
      continue
    }
    if (table !== 'project' && table !== 'tool.poetry') continue
    const name = /^\s*name\s*=\s*(?:"([\w.-]+)"|'([\w.-]+)')\s*(?:#.*)?$/.exec(line)
    if (name !== null) return name[1] ?? name[2]!
  }
  return null
}
