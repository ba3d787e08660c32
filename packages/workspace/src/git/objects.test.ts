import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GitRepository, type GitWorld, gitWorld } from '../../../../test/support/git-world.js'
import { commitSnapshot } from '../snapshot/commit.js'
import { type GitObjects, ObjectUnreadable, openObjects } from './objects.js'
import { countedGitProcesses, GitMissing, runGit } from './process.js'

let world: GitWorld
let shop: GitRepository
let objects: GitObjects
beforeEach(() => {
  world = gitWorld()
  shop = world.repository('shop')
  objects = openObjects(shop.root)
})
afterEach(() => {
  objects.close()
  world.remove()
})

const blob = (text: string) => shop.try(['hash-object', '-w', '--stdin'], { input: text }).stdout.trim()

const idOf = (text: string) =>
  createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex')

async function readAll(oids: readonly string[]): Promise<readonly (string | null)[]> {
  const read: (string | null)[] = []
  await objects.readAll(oids, (oid, object) => {
    if (object !== null && object.oid !== oid) throw new Error('not in order')
    read.push(object && Buffer.from(object.bytes).toString('latin1'))
  })
  return read
}

function corrupt(oid: string): void {
  const path = join(shop.root, '.git/objects', oid.slice(0, 2), oid.slice(2))
  chmodSync(path, 0o644)
  const bytes = readFileSync(path)
  bytes.fill(0xff, bytes.length >> 1)
  writeFileSync(path, bytes)
}

describe('readAll', () => {
  it('reads thousands of objects in order through one process, wherever their bytes are cut', async () => {
    const texts = Array.from({ length: 3000 }, (_, index) => `${index}\n`.repeat(index % 97))
    const packed = texts.map((text) => `blob\ndata ${Buffer.byteLength(text)}\n${text}\n`).join('')
    shop.try(['fast-import', '--quiet'], { input: packed })
    const ids = new Map(texts.map((text) => [text, idOf(text)]))
    const before = countedGitProcesses()
    expect(await readAll(texts.map((text) => ids.get(text)!))).toEqual(texts)
    expect(countedGitProcesses() - before).toBe(1)
  })

  it('goes on behind what is missing, corrupt, too large or no id at all', async () => {
    const [first, broken, last] = [blob('first'), blob(randomBytes(9000).toString('hex')), blob('last')]
    const headless = blob('x'.repeat(5000))
    const large = blob(`${'y'.repeat(50 * 1024 * 1024)}`)
    const almost = blob('z'.repeat(16 * 1024 * 1024))
    corrupt(broken)
    corrupt(headless)
    const gone = '1'.repeat(40)
    const read = await readAll([first, gone, broken, headless, large, almost, 'main\nmain', '--help', last])
    expect(read.map((text) => text?.length ?? null)).toEqual([
      5,
      null,
      null,
      null,
      null,
      16 * 1024 * 1024,
      null,
      null,
      4,
    ])
    expect([gone, broken, headless, large, first].map((oid) => objects.failureOf(oid))).toEqual([
      'missing',
      'corrupt',
      'corrupt',
      'too-large',
      null,
    ])
    await expect(objects.read(broken)).rejects.toThrow(ObjectUnreadable)
    await expect(objects.read(large)).rejects.toThrow('too large')
    expect(await objects.read(last)).toMatchObject({ oid: last, type: 'blob' })
  })

  it('hands over an error of whoever listens, once', async () => {
    const oids = [blob('a'), blob('b')]
    await expect(
      objects.readAll(oids, () => {
        throw new Error('enough')
      }),
    ).rejects.toThrow('enough')
    expect(await readAll(oids)).toEqual(['a', 'b'])
  })
})

describe('a partial clone', () => {
  /** Sixty files that are not here, and one that is. */
  async function partial() {
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`versions/${index}.py`, `${index}\n`]))
    shop.commit('start', files)
    shop.git('config', 'uploadpack.allowFilter', 'true')
    const clone = world.clone(shop, 'partial', ['--filter=blob:none', '--no-checkout', '--no-local'])
    // As few commands as possible: nearly all of git's own download what they look at.
    clone.git('read-tree', 'HEAD')
    const added = clone.try(['hash-object', '-w', '--stdin'], { input: 'new\n' }).stdout.trim()
    clone.git('update-index', '--add', '--cacheinfo', `100644,${added},versions/new.py`)
    const tree = clone.git('write-tree', '--missing-ok')
    clone.git('update-ref', 'HEAD', clone.git('commit-tree', '-p', 'HEAD', '-m', 'new', tree))
    objects.close()
    objects = openObjects(clone.root)
    const snapshot = (await commitSnapshot(objects, 'HEAD'))!
    const entries = (await snapshot.list('versions'))!
    const read = async () => {
      const said: string[] = []
      await snapshot.readAll(entries, ({ path }, content) =>
        said.push(content instanceof Uint8Array ? path : `${content.code}: ${content.message}`),
      )
      return said
    }
    const fetched: (readonly string[])[] = []
    /** @param answer what the download comes to */
    const download = (answer: string | null) => async (oids: readonly string[]) => {
      fetched.push(oids)
      const input = oids.map((oid) => `${oid}\n`).join('')
      if (answer === null)
        await runGit(clone.root, ['fetch', '--quiet', '--filter=blob:none', '--stdin', 'origin'], { input })
      return answer
    }
    return { read, entries, fetched, download }
  }

  it('says what it lacks without downloading anything, in a constant number of processes', async () => {
    const { read } = await partial()
    const before = countedGitProcesses()
    const said = await read()
    expect(said.filter((one) => one.startsWith('not-downloaded: '))).toHaveLength(60)
    expect(said.filter((one) => !one.startsWith('not-downloaded: '))).toEqual(['versions/new.py'])
    expect(countedGitProcesses() - before).toBeLessThanOrEqual(3)
  })

  it('downloads all that is asked for in one go, once', async () => {
    const { read, entries, fetched, download } = await partial()
    objects.downloadWith(download(null))
    expect(await read()).toEqual(entries.map(({ path }) => path))
    expect(await read()).toHaveLength(61)
    expect(fetched.map((oids) => new Set(oids).size)).toEqual([60])
  })

  it('asks for what several want at one moment together', async () => {
    const { entries, fetched, download } = await partial()
    objects.downloadWith(download(null))
    const oids = entries.map(({ contentId }) => contentId!)
    const texts = await Promise.all([readAll(oids.slice(0, 20)), readAll(oids.slice(20)), objects.read(oids[3]!)])
    expect(texts.flat()).not.toContain(null)
    expect(fetched.map((asked) => new Set(asked).size)).toEqual([60])
  })

  it('takes along what is prepared', async () => {
    const { read, entries, fetched, download } = await partial()
    objects.downloadWith(download(null))
    await objects.prepare(async () => entries.map(({ contentId }) => contentId!))
    expect(fetched.map((oids) => oids.length)).toEqual([60])
    expect(await read()).not.toContainEqual(expect.stringContaining('not-downloaded'))
    expect(fetched).toHaveLength(1)
  })

  it('asks nobody twice for what could not be downloaded, and says why', async () => {
    const { read, fetched, download } = await partial()
    objects.downloadWith(download('no answer'))
    const said = await read()
    expect(said.filter((one) => one.includes('; no answer'))).toHaveLength(60)
    expect(await read()).toEqual(said)
    expect(fetched).toHaveLength(1)
  })

  it('asks for no list where nothing can be absent', async () => {
    shop.commit('start', { 'versions/a.py': 'a' })
    objects.downloadWith(async () => 'never asked')
    const before = countedGitProcesses()
    await objects.prepare(async () => expect.fail('asked'))
    expect(countedGitProcesses()).toBe(before)
  })
})

describe('git itself', () => {
  it('is missing: one error for all who wait', async () => {
    objects.close()
    objects = openObjects(join(world.folder, 'gone'))
    await expect(Promise.all([objects.read('HEAD'), objects.read('HEAD')])).rejects.toThrow(GitMissing)
    await expect(runGit(join(world.folder, 'gone'), ['version'])).rejects.toThrow(GitMissing)
  })

  it('finds no repository: said, not taken for a missing object', async () => {
    objects.close()
    objects = openObjects(world.folder)
    await expect(objects.read('HEAD')).rejects.toThrow('not a git repository')
  })

  it('is killed when it takes too long, and its exit code is told as it is', async () => {
    expect((await runGit(shop.root, ['cat-file', '--batch'], { timeoutMs: 1 })).code).toBeLessThanOrEqual(0)
    expect(await runGit(shop.root, ['rev-parse', '--verify', '--quiet', 'gone'])).toMatchObject({ code: 1 })
  })

  it('may still be talking when it is told to end', async () => {
    const oids = ['a', 'b', 'c', 'd'].map(blob)
    const visited: string[] = []
    await objects.readAll(oids, (oid) => {
      visited.push(oid)
      // Meanwhile git writes all the rest, which then comes at once.
      if (visited.length === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
      if (visited.length === 2) objects.close()
    })
    expect(visited).toEqual(oids)
    expect(objects.failureOf(oids[3]!)).toBe('corrupt')
    expect(await readAll([oids[3]!])).toEqual(['d'])
  })

  it('never waits for a reader that nobody closed', async () => {
    const program = `import { openObjects } from ${JSON.stringify(new URL('../../dist/git/objects.js', import.meta.url).href)}
      const objects = openObjects(${JSON.stringify(shop.root)})
      objects.read('HEAD').then((found) => console.log(String(found)))`
    const ran = world.run(process.execPath, ['--input-type=module', '-e', program], shop.root)
    expect([ran.status, ran.stdout]).toEqual([0, 'null\n'])
    expect(readdirSync(shop.root)).toEqual(['.git'])
  })
})
