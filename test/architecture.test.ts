import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listRepositoryFiles, readPackageSources, readSource, repositoryRoot } from './support/source-files.js'
import { walls } from './support/walls.js'

const sources = readPackageSources()

describe.each(walls.map((wall) => [wall.name, wall] as const))('%s', (_, wall) => {
  test(`holds, because ${wall.reason}`, () => {
    expect(wall.find(sources)).toEqual([])
  })

  test('would be seen broken', () => {
    const planted = Object.entries(wall.planted).map(([path, text]) => readSource(path, text))
    const found = wall.find(planted).join('\n')
    // Walls about one file each must see every planted file; walls about several together need only see one.
    const together = planted.some((file) => wall.find([file]).length === 0)
    for (const file of together ? planted.slice(0, 1) : planted) expect(found).toContain(file.path)
  })
})

describe('what is in git would mean the same on any machine', () => {
  const texts = listRepositoryFiles()
    .filter((path) => !/\.(png|gz|tgz|ico)$/.test(path))
    .map((path) => [path, readFileSync(join(repositoryRoot, path), 'utf8')] as const)

  test('no file names a package registry or a mirror of one', () => {
    const hosts = [
      'registry.' + 'npmjs.org',
      'registry.' + 'yarnpkg.com',
      'pypi.' + 'org/simple',
      'files.' + 'pythonhosted.org',
    ]
    const configured = execFileSync('npm', ['config', 'get', 'registry'], {
      encoding: 'utf8',
      shell: process.platform === 'win32',
    })
    hosts.push(new URL(configured.trim()).host)
    expect(texts.filter(([, text]) => hosts.some((host) => text.includes(host))).map(([path]) => path)).toEqual([])
  })

  test('the lock file holds no download addresses', () => {
    expect(texts.find(([path]) => path === 'package-lock.json')?.[1]).not.toMatch(/"resolved": "https?:/)
  })

  test('the lock file has the binaries of every platform, also those that the registry in use did not offer', () => {
    type Entry = { optionalDependencies?: Record<string, string> }
    const { packages } = JSON.parse(readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8'))
    const missing = Object.entries<Entry>(packages).flatMap(([owner, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${owner}/node_modules/${name}` in packages),
      ),
    )
    // `npm ci` refuses a lock file without them, on this platform too.
    expect(missing).toEqual([])
  })

  test('no file names a folder of somebody’s machine', () => {
    const home = new RegExp(
      `(?<![\\w.@}-])/(?:${['work/(?:main|shared)', 'root', 'home/(?!ada/)[a-z]+', 'Users/[A-Za-z]+'].join('|')})/`,
    )
    const own = [repositoryRoot, `${homedir()}/`]
    const named = texts.filter(
      ([, text]) => home.test(text) || own.some((path) => path.length > 4 && text.includes(path)),
    )
    expect(named.map(([path]) => path)).toEqual([])
  })
})

describe('the command is one bundle', () => {
  test('and so declares, to the same version, every library that core and workspace load', () => {
    const dependencies = (name: string): Record<string, string> =>
      JSON.parse(readFileSync(join(repositoryRoot, 'packages', name, 'package.json'), 'utf8')).dependencies
    expect(dependencies('cli')).toMatchObject({ ...dependencies('core'), ...dependencies('workspace') })
  })
})
