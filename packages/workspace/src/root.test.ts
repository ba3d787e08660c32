import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findRoot } from './root.js'

let top: string
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-root-')))
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

/** Makes files (or folders, with a `/` at the end) and gives the folder `services/billing`. */
function tree(...paths: readonly string[]): string {
  for (const path of [...paths, 'services/billing/']) {
    const absolute = join(top, path)
    mkdirSync(path.endsWith('/') ? absolute : dirname(absolute), { recursive: true })
    if (!path.endsWith('/')) writeFileSync(absolute, '')
  }
  return join(top, 'services/billing')
}

describe('findRoot', () => {
  it('refuses what is no folder', () => {
    tree('alembic.ini')
    expect(() => findRoot(join(top, 'gone'))).toThrow(`there is no folder ${top}/gone`)
    expect(() => findRoot(join(top, 'alembic.ini'))).toThrow('there is no folder')
  })
  it('is the top of the git repository', () => {
    expect(findRoot(tree('.git/', 'services/nx.json'))).toEqual({ root: top, repository: top })
  })
  it('is the top of a linked worktree, whose .git is a file', () => {
    expect(findRoot(tree('.git/', 'services/.git'))).toMatchObject({ root: join(top, 'services') })
  })
  it('is the nearest folder with an onehead.json', () => {
    expect(findRoot(tree('.git/', 'onehead.json', 'services/onehead.json'))).toEqual({
      root: join(top, 'services'),
      repository: top,
    })
  })
  it('never is above the git repository', () => {
    expect(findRoot(tree('onehead.json', 'nx.json', 'services/.git/'))).toMatchObject({ root: join(top, 'services') })
  })
  it('is the nearest Nx workspace outside git', () => {
    expect(findRoot(tree('nx.json'))).toEqual({ root: top, repository: null })
  })
  it('is the folder itself where nothing says otherwise', () => {
    const folder = tree()
    expect(findRoot(folder)).toEqual({ root: folder, repository: null })
  })
})
