import type { PackageManager } from './facts.js'

/** How each is told to install what package.json names, and to start a tool from there. */
export const packageManagers: Readonly<
  Record<PackageManager, { readonly install: string; readonly run: string; readonly add: string }>
> = {
  npm: { install: 'npm install', run: 'npx', add: 'npm install --save-dev' },
  pnpm: { install: 'pnpm install', run: 'pnpm exec', add: 'pnpm add --save-dev' },
  yarn: { install: 'yarn install', run: 'yarn', add: 'yarn add --dev' },
  'yarn 1': { install: 'yarn install', run: 'yarn', add: 'yarn add --dev' },
  bun: { install: 'bun install', run: 'bunx', add: 'bun add --dev' },
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
