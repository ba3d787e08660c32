import { quote } from './block.js'
import type { InstallationFacts, PackageManager } from './facts.js'

/** How each is told to install what package.json names, and to add a tool to it. */
const packageManagers: Readonly<Record<PackageManager, { readonly install: string; readonly add: string }>> = {
  npm: { install: 'npm install', add: 'npm install --save-dev' },
  pnpm: { install: 'pnpm install', add: 'pnpm add --save-dev' },
  yarn: { install: 'yarn install', add: 'yarn add --dev' },
  'yarn 1': { install: 'yarn install', add: 'yarn add --dev' },
  bun: { install: 'bun install', add: 'bun add --dev' },
}

/** Lock files, the first that is there decides. */
export const lockFiles: readonly (readonly [string, PackageManager])[] = [
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['yarn.lock', 'yarn 1'],
]

/** Yarn 2 and later never run `prepare` at the top; `postinstall` is what runs there. */
export function preparingScript(manager: PackageManager): 'prepare' | 'postinstall' {
  return manager === 'yarn' ? 'postinstall' : 'prepare'
}

/** The command that does something where package.json lies, runnable at the top of the working tree. */
export function inPackage(facts: InstallationFacts, what: 'install' | 'add'): string {
  const { directory, packageManager } = facts.package ?? { directory: '', packageManager: 'npm' as const }
  return `${directory === '' ? '' : `cd ${directory} && `}${packageManagers[packageManager][what]}`
}

/** The onehead of this repository as it is typed at the top of the working tree: where nothing is installed for it, by the PATH. */
export function programOf({ tool, package: own }: InstallationFacts): string {
  if (tool === null || !(tool.exists || own?.content?.declaresTool)) return 'onehead'
  return tool.path === 'node_modules/.bin/onehead' ? 'npx onehead' : quote(tool.path)
}

/** Makes lefthook read its configuration; where package.json brings lefthook it is not on the PATH. */
export function lefthookInstall({ package: own }: InstallationFacts): string {
  return own !== null && own.directory === '' && /"lefthook"\s*:/.test(own.manifest)
    ? 'npx lefthook install'
    : 'lefthook install'
}

/** Installs what package.json names; its script then prepares husky. Without package.json husky is prepared alone. */
export function installCommand(facts: InstallationFacts): string {
  return facts.package === null ? 'npx husky' : inPackage(facts, 'install')
}
