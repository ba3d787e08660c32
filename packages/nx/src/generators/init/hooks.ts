import { isAbsolute, relative, resolve, sep } from 'node:path'
import { installPackagesTask, logger, type Tree } from '@nx/devkit'
import {
  applyInstallation,
  formatInstallation,
  formatRefusals,
  type InstallationPlan,
  planInit,
  UsageError,
  usualHooks,
} from '@onehead/workspace'

/**
 * Plans the git hooks as `onehead init` does and writes what lies in the workspace into the tree. What a tree cannot do
 * (git's own folder, settings, preparing husky) is left to the function that comes back, which runs when the tree is on disk.
 */
export async function planHooks(tree: Tree): Promise<() => Promise<void>> {
  const wish = { hooks: usualHooks, fetch: null, target: null }
  const read = (absolute: string) => {
    const path = inTree(tree, absolute)
    return path === null ? undefined : tree.read(path)
  }
  try {
    const { top, plan, hasTool } = await planInit({ folder: tree.root, ...wish, read })
    if (!hasTool) return async () => logger.info('No git hooks yet: add onehead, then run onehead init.')
    if (plan.refusals.length > 0) return async () => logger.warn(formatRefusals(plan, look).trimEnd())
    const rest = writeInto(tree, top, plan)
    return async () => await finish(tree, top, plan, rest)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const { message } = error
    return async () => logger.info(`No git hooks: ${message}.`)
  }
}

const look = { color: false, unicode: true }

/** Gives the edits that the tree could not take. */
function writeInto(tree: Tree, top: string, plan: InstallationPlan): InstallationPlan['edits'] {
  return plan.edits.filter((edit) => {
    const path = inTree(tree, resolve(top, edit.path))
    if (path === null) return true
    const bytes = Buffer.from(edit.after ?? '', 'latin1')
    tree.write(path, bytes, edit.before === null && edit.executable ? { mode: 0o755 } : {})
    return false
  })
}

async function finish(tree: Tree, top: string, plan: InstallationPlan, rest: InstallationPlan['edits']): Promise<void> {
  // The script that prepares husky runs with it.
  if (plan.install !== null) installPackagesTask(tree)
  await applyInstallation(top, { ...plan, edits: rest })
  logger.info(formatInstallation({ ...plan, install: null }, { ...look, dryRun: false, uninstall: false }).trimEnd())
}

/** Null outside of the workspace and in git's own folder, which is nobody's to show as a change. */
function inTree(tree: Tree, absolute: string): string | null {
  const path = relative(tree.root, absolute).split(sep).join('/')
  return path === '' || path.startsWith('../') || path.startsWith('.git/') || isAbsolute(path) ? null : path
}
