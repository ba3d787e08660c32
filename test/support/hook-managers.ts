import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const versions = { lefthook: '2.2.2', 'simple-git-hooks': '2.14.0' }

/**
 * Real hook managers from npm, below `.cache`, installed on first use without running their install scripts.
 * `folder` has them in its node_modules; `reason` says why this machine cannot have them (no registry).
 */
export function provideHookManagers(): { readonly folder: string; readonly reason: string | null } {
  const folder = fileURLToPath(new URL('../../.cache/hook-managers', import.meta.url))
  const named = Object.entries(versions).map(([name, version]) => `${name}@${version}`)
  const ready = join(folder, `ready-${named.join('+')}`)
  if (existsSync(ready)) return { folder, reason: null }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const options = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle)/.test(name)))
  const { status, stderr } = spawnSync('npm', ['install', '--no-save', ...options, ...named], {
    cwd: folder,
    encoding: 'utf8',
    env,
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    return { folder, reason: `npm cannot install them: ${stderr.trim().split('\n')[0]}` }
  }
  writeFileSync(ready, '')
  return { folder, reason: null }
}
