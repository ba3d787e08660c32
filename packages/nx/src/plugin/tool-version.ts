import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NX_VERSION, type NxJsonConfiguration, type TargetConfiguration } from '@nx/devkit'

/** What the running Nx and onehead add to the inputs of every target. */
export interface ToolVersion {
  readonly inputs: NonNullable<TargetConfiguration['inputs']>
  /** Nx 24 hashes files that git ignores when a fileset asks for it; older versions do not know the word. */
  readonly canReadIgnored: boolean
}

const LOCK_FILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
] as const

const PACKAGE = '@onehead/nx'
const packageDirectory = fileURLToPath(new URL('../..', import.meta.url))

/**
 * A cached "ok" of an older onehead must not outlive an upgrade. Where Nx knows the package from a lock file, the package
 * itself is the input: then other changes of the lock file keep the cache. Naming it anywhere else is an error in Nx, so
 * there the version is an input as text, and all external dependencies count.
 */
export function toolVersion(workspaceRoot: string, nxJson: NxJsonConfiguration): ToolVersion {
  const canReadIgnored = Number.parseInt(NX_VERSION, 10) >= 24
  if (isExternalNode(workspaceRoot, nxJson)) return { inputs: [{ externalDependencies: [PACKAGE] }], canReadIgnored }
  return { inputs: [{ runtime: `echo ${PACKAGE}@${ownVersion()}` }], canReadIgnored }
}

function isExternalNode(workspaceRoot: string, nxJson: NxJsonConfiguration): boolean {
  const settings = nxJson.pluginsConfig?.['@nx/js'] as { analyzeLockfile?: boolean } | undefined
  if (settings?.analyzeLockfile === false) return false
  const installed = realpathSync(packageDirectory)
  if (!installed.split(sep).includes('node_modules')) return false
  return LOCK_FILES.some((file) => mentionsPackage(join(workspaceRoot, file)))
}

function mentionsPackage(lockFile: string): boolean {
  try {
    return existsSync(lockFile) && readFileSync(lockFile).includes(PACKAGE)
  } catch {
    return false
  }
}

function ownVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8'))
  return manifest.version
}
