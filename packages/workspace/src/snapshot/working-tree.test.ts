import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLinkResolver } from './links.js'
import { DirectoryUnreadable, type Entry, isFailure } from './snapshot.js'
import { MAX_FILE_BYTES, workingTree } from './working-tree.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'onehead-tree-'))
})
afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

/** Path → text, or the failure's code. */
function read(entries: readonly Entry[]): Record<string, string> {
  const result: Record<string, string> = {}
  workingTree(root).readAll(entries, ({ path }, content) => {
    result[path] = isFailure(content) ? `!${content.code}` : new TextDecoder().decode(content)
  })
  return result
}

const file = (path: string): Entry => ({ path, mode: 'file', contentId: null })

describe('the working tree', () => {
  it('lists names in code-point order with their kinds, and tells a missing folder from an empty one', () => {
    mkdirSync(join(root, 'versions'))
    writeFileSync(join(root, 'versions/b.py'), '')
    writeFileSync(join(root, 'versions/\u{1F600}.py'), '')
    writeFileSync(join(root, 'versions/\uFF41.py'), '')
    symlinkSync('b.py', join(root, 'versions/link.py'))
    expect(workingTree(root).list('versions')).toEqual([
      { path: 'versions/b.py', mode: 'file', contentId: null },
      { path: 'versions/link.py', mode: 'symlink', contentId: null },
      { path: 'versions/\uFF41.py', mode: 'file', contentId: null },
      { path: 'versions/\u{1F600}.py', mode: 'file', contentId: null },
    ])
    expect(workingTree(root).list('nowhere')).toBeNull()
    expect(workingTree(root).list('versions/b.py')).toBeNull()
    expect(workingTree(root).list('')).toHaveLength(1)
  })

  it('reads files of every size, and says why a file has no content', () => {
    writeFileSync(join(root, 'small.py'), 'small')
    writeFileSync(join(root, 'large.py'), 'x'.repeat(3 * 1024 * 1024))
    writeFileSync(join(root, 'huge.py'), Buffer.alloc(MAX_FILE_BYTES + 1))
    const contents = read(['small.py', 'large.py', 'huge.py', 'gone.py'].map(file))
    expect(contents['small.py']).toBe('small')
    expect(contents['large.py']).toHaveLength(3 * 1024 * 1024)
    expect(contents['huge.py']).toBe('!too-large')
    expect(contents['gone.py']).toBe('!missing')
  })

  it('gives bytes whose copy outlives the next file', () => {
    writeFileSync(join(root, 'a.py'), 'first')
    writeFileSync(join(root, 'b.py'), 'second')
    const kept: Uint8Array[] = []
    workingTree(root).readAll(['a.py', 'b.py'].map(file), (_, content) => {
      if (!isFailure(content)) kept.push(content.slice())
    })
    expect(kept.map((bytes) => new TextDecoder().decode(bytes))).toEqual(['first', 'second'])
  })

  it('reads the target of a link, never what it points to', () => {
    symlinkSync('../elsewhere/a.py', join(root, 'a.py'))
    expect(read([{ path: 'a.py', mode: 'symlink', contentId: null }])).toEqual({ 'a.py': '../elsewhere/a.py' })
  })

  it('does not hang on a pipe that took the place of a file', () => {
    execFileSync('mkfifo', [join(root, 'pipe.py')])
    expect(workingTree(root).list('')).toEqual([{ path: 'pipe.py', mode: 'other', contentId: null }])
    expect(read([file('pipe.py')])).toEqual({ 'pipe.py': '' })
  })

  it('tells a forbidden file and folder from a missing one', () => {
    writeFileSync(join(root, 'secret.py'), '')
    chmodSync(join(root, 'secret.py'), 0)
    mkdirSync(join(root, 'vault'), { mode: 0 })
    asOrdinaryUser(() => {
      expect(read([file('secret.py')])).toEqual({ 'secret.py': '!forbidden' })
      expect(() => workingTree(root).list('vault')).toThrow(DirectoryUnreadable)
    })
  })
})

/** Permissions do not bind root, and CI often is. */
function asOrdinaryUser(act: () => void): void {
  const isRoot = process.getuid?.() === 0
  if (isRoot) {
    chmodSync(root, 0o755)
    process.seteuid!(65534)
  }
  try {
    act()
  } finally {
    if (isRoot) process.seteuid!(0)
  }
}

describe('following links', () => {
  const resolve = (path: string) => createLinkResolver(workingTree(root), root).resolve(path)

  it('follows chains of folders and files, relative and absolute, and stops at the border of the workspace', async () => {
    mkdirSync(join(root, 'shop/versions'), { recursive: true })
    writeFileSync(join(root, 'shop/versions/a.py'), '')
    symlinkSync('shop', join(root, 'store'))
    symlinkSync(join(root, 'store/versions'), join(root, 'versions'))
    symlinkSync('..', join(root, 'shop/up'))
    symlinkSync('/etc', join(root, 'etc'))
    symlinkSync('loop', join(root, 'loop'))
    expect(await resolve('versions/a.py')).toEqual({ kind: 'found', path: 'shop/versions/a.py', mode: 'file' })
    expect(await resolve('store/up/shop/./versions')).toEqual({
      kind: 'found',
      path: 'shop/versions',
      mode: 'directory',
    })
    expect(await resolve('')).toEqual({ kind: 'found', path: '', mode: 'directory' })
    expect(await resolve('versions/b.py')).toEqual({ kind: 'missing', path: 'shop/versions/b.py' })
    expect(await resolve('etc/passwd')).toEqual({ kind: 'outside', target: '/etc' })
    expect(await resolve('../elsewhere')).toMatchObject({ kind: 'outside' })
    expect(await resolve('loop/a.py')).toEqual({ kind: 'loop' })
  })
})
