import type { Environment } from '@onehead/core'
import { describe, expect, it } from 'vitest'
import { createLinkResolver } from '../snapshot/links.js'
import { type MemoryFile, memorySnapshot } from '../snapshot/memory.js'
import { listScripts } from './list-scripts.js'

const billing: Environment = {
  name: 'billing',
  path: 'billing',
  config: 'alembic.ini',
  section: 'alembic',
  kind: 'alembic',
  versionLocations: ['billing/versions'],
  recursive: false,
  fileTemplate: null,
  notes: [],
  settings: { expectedHeads: 1, externalRevisions: [], dialects: [], fileName: null },
}

async function list(files: Record<string, MemoryFile>, environment: Partial<Environment> = {}) {
  const snapshot = memorySnapshot(files)
  const listing = await listScripts(snapshot, createLinkResolver(snapshot, '/home/ada/shop'), {
    ...billing,
    ...environment,
  })
  return {
    files: listing.files.map((file) => ('cause' in file ? `${file.path} !${file.cause}` : file.path)),
    loadedTwice: listing.loadedTwice,
  }
}

async function notesOf(files: Record<string, MemoryFile>, environment: Partial<Environment> = {}) {
  const snapshot = memorySnapshot(files)
  return (await listScripts(snapshot, createLinkResolver(snapshot, '/home/ada/shop'), { ...billing, ...environment }))
    .notes
}

const empty = (...names: string[]) => Object.fromEntries(names.map((name) => [`billing/versions/${name}`, '']))

describe('which files Alembic loads', () => {
  it('takes every name that ends in .py, in code-point order, and skips locks, packages and other endings', async () => {
    const { files } = await list(
      empty(
        'é.py',
        'b.py',
        'a_.py',
        'a.py',
        'a.b.py',
        'a-.py',
        '_o.py',
        'B.py',
        '9.py',
        '10.py',
        '.b.py',
        '__main__.py',
        'x__init__.py',
        'i j.py',
      ),
    )
    expect(files.map((file) => file.slice('billing/versions/'.length))).toEqual([
      '.b.py',
      '10.py',
      '9.py',
      'B.py',
      '__main__.py',
      '_o.py',
      'a-.py',
      'a.b.py',
      'a.py',
      'a_.py',
      'b.py',
      'i j.py',
      'x__init__.py',
      'é.py',
    ])
    expect(await list(empty('.#a.py', '__init__.py', '__init__x.py', 'h.PY', 'm.py.bak', 'e.py~', 'n.pyw'))).toEqual({
      files: [],
      loadedTwice: [],
    })
  })

  it('stays in the folder unless the environment is recursive, then takes a folder before its subfolders', async () => {
    const tree = empty('z.py', 'a/b.py', 'a/__pycache__/c.py', 'a/__pycache__/deep/f.py', '.git/g.py')
    expect((await list(tree)).files).toEqual(['billing/versions/z.py'])
    expect((await list(tree, { recursive: true })).files).toEqual([
      'billing/versions/z.py',
      'billing/versions/.git/g.py',
      'billing/versions/a/b.py',
      'billing/versions/a/__pycache__/deep/f.py',
    ])
  })

  it('follows links to files and judges the name of the target', async () => {
    const { files, loadedTwice } = await list({
      'shared/outside.py': '',
      'shared/outside.txt': '',
      'billing/versions/a.py': '',
      'billing/versions/b.py': { symlink: '../../shared/outside.py' },
      'billing/versions/c.py': { symlink: '../../shared/outside.txt' },
      'billing/versions/d.py': { symlink: 'a.py' },
      'billing/versions/e.py': { symlink: 'gone.py' },
      'billing/versions/f.py': { symlink: '../../../elsewhere/f.py' },
      'billing/versions/g.py': { symlink: '/home/ada/shop/shared/outside.py' },
      'billing/versions/h.py': { symlink: 'h.py' },
    })
    expect(files).toEqual([
      'billing/versions/a.py',
      'shared/outside.py',
      'billing/versions/e.py !broken-link',
      'billing/versions/f.py !outside',
      'billing/versions/h.py !broken-link',
    ])
    expect(loadedTwice).toEqual(['billing/versions/a.py', 'shared/outside.py'])
  })

  it('reports compiled scripts without a source where the environment is sourceless', async () => {
    const tree = empty('a.py', 'b.pyc', '__pycache__/a.cpython-311.pyc', '__pycache__/1a2b_x.cpython-311.pyc')
    expect((await list(tree)).files).toEqual(['billing/versions/a.py'])
    expect((await list(tree, { sourceless: true })).files).toEqual([
      'billing/versions/a.py',
      'billing/versions/b.pyc !dynamic',
      'billing/versions/__pycache__/1a2b_x.cpython-311.pyc !dynamic',
    ])
  })

  it('has no scripts where a version location is not there', async () => {
    expect(await list({ 'alembic.ini': '' })).toEqual({ files: [], loadedTwice: [] })
  })

  it('cannot load a file whose whole name is ".py", and Alembic fails on it', async () => {
    expect((await list(empty('.py', 'a.py'))).files).toEqual([
      'billing/versions/.py !no-revision',
      'billing/versions/a.py',
    ])
  })
})

describe('scripts below a version location that is not recursive', () => {
  const script = 'revision = "3c9e"\ndown_revision = None\n'
  const split = { 'billing/versions/postgresql/a.py': script, 'billing/versions/sqlite/2024.1/expand/b.py': script }

  it('are said not to be loaded', async () => {
    expect(await notesOf(split)).toEqual([
      'scripts in subfolders are not loaded as configured: billing/versions/postgresql, billing/versions/sqlite/2024.1/expand; if env.py adds these folders, name them in version_locations, or set recursive_version_locations = true',
    ])
    expect(await notesOf({ ...split, 'billing/versions/mysql/c.py': script, 'billing/versions/z.py': script })).toEqual(
      [expect.stringContaining(': billing/versions/mysql, billing/versions/postgresql and 1 more;')],
    )
  })

  it('are no news where they are loaded after all, or are no scripts', async () => {
    expect(await notesOf(split, { recursive: true })).toEqual([])
    const versionLocations = [
      'billing/versions',
      'billing/versions/postgresql',
      'billing/versions/sqlite/2024.1/expand',
    ]
    expect(await notesOf(split, { versionLocations })).toEqual([])
    const others = {
      'data/rows.py': 'rows = []',
      '__pycache__/a.py': script,
      '.git/a.py': script,
      'docs/__init__.py': script,
    }
    expect(
      await notesOf(
        Object.fromEntries(Object.entries(others).map(([name, text]) => [`billing/versions/${name}`, text])),
      ),
    ).toEqual([])
  })
})
