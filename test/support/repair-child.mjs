/**
 * One process that writes a repair with what `tsc -b` built, for tests that kill it, fill its disk or start many of it:
 * `node repair-child.mjs <action> <root> [argument]`. Prints one line of JSON.
 */
import * as fs from 'node:fs'
import { join } from 'node:path'
import { ApplyRefused, applyChanges, recover } from '../../packages/workspace/dist/apply/index.js'
import { undo } from '../../packages/workspace/dist/use-cases/undo.js'

const CHANGING = /^(fchmod|fchown|fsync|futimes|mkdir|rename|rmdir|unlink|write)Sync$/

/** Kills this process at a step that changes something, counted from 1, by the signal that nobody can catch. */
function killingDisk(at) {
  let steps = 0
  const get = (target, name) => {
    const real = target[name]
    return (...args) => {
      const changes = CHANGING.test(name) || (name === 'openSync' && !['r', 'r+'].includes(args[1]))
      if (changes && ++steps === at) {
        // Of what was to be written, half is.
        if (name === 'writeSync') real(args[0], args[1], args[2] ?? 0, Math.floor(args[1].length / 2))
        process.kill(process.pid, 'SIGKILL')
        for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
      }
      return real(...args)
    }
  }
  return { disk: new Proxy(fs, { get }), steps: () => steps }
}

function read(root, path) {
  return fs.existsSync(join(root, path)) ? fs.readFileSync(join(root, path)) : null
}

/** Every script of `versions` gets a line more; one is renamed into a folder that is not there yet. */
function changesOf(root) {
  const names = fs.readdirSync(join(root, 'versions')).filter((name) => name.endsWith('.py') && name !== 'old.py')
  const edits = names.map((name) => {
    const before = read(root, `versions/${name}`)
    return { path: `versions/${name}`, before, after: Buffer.concat([before, Buffer.from('# re-parented\n')]) }
  })
  const old = read(root, 'versions/old.py')
  if (old === null) return edits
  const renamed = [
    { path: 'versions/old.py', before: old, after: null },
    { path: 'versions/2026/new.py', before: null, after: old },
  ]
  return [...edits, ...renamed]
}

const record = (root) => ({
  kind: 'fix',
  command: 'onehead fix',
  at: '2026-01-05T10:00:00Z',
  environments: [root],
  git: null,
  moves: [],
})

/** Takes all but some pages of a small disk away and repairs, for every number of pages up to `most`. */
async function onFullDisk(root, most) {
  const outcomes = []
  const page = Buffer.alloc(4096, 1)
  const tree = () =>
    JSON.stringify(
      fs
        .readdirSync(root, { recursive: true })
        .sort()
        .map((path) => [path, contentOf(path)]),
    )
  const contentOf = (path) =>
    fs.statSync(join(root, path)).isFile() ? fs.readFileSync(join(root, path), 'latin1') : null
  for (let free = 0; free <= most; free++) {
    fs.rmSync(join(root, '.onehead'), { recursive: true, force: true })
    fs.rmSync(join(root, 'versions'), { recursive: true, force: true })
    fs.mkdirSync(join(root, 'versions'))
    for (const name of ['a.py', 'b.py', 'old.py']) fs.writeFileSync(join(root, 'versions', name), name)
    // The room that locks and notes may take is part of what there is.
    const before = tree()
    const filler = fs.openSync(join(root, '../filler'), 'w')
    try {
      for (;;) fs.writeSync(filler, page)
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error
    }
    fs.ftruncateSync(filler, fs.fstatSync(filler).size - free * page.length)
    fs.closeSync(filler)
    const refusals = await applyChanges(root, changesOf(root), record(root)).then(
      () => null,
      (error) => {
        if (!(error instanceof ApplyRefused)) throw error
        return error.refusals.map(({ kind }) => kind)
      },
    )
    fs.rmSync(join(root, '../filler'))
    await recover(root)
    const now = tree().replace(/\["\.onehead[^\]]*\],?/g, '')
    outcomes.push({ refusals, unchanged: now === before })
  }
  return outcomes
}

const [, , action, root, argument] = process.argv
if (action === 'apply' || action === 'undo' || action === 'recover') {
  const { disk, steps } = killingDisk(Number(argument ?? 0))
  const options = { disk, patienceMs: 60_000 }
  const result =
    action === 'apply'
      ? await applyChanges(root, changesOf(root), record(root), options)
      : action === 'undo'
        ? await undo(root, options)
        : await recover(root, options)
  console.log(JSON.stringify({ outcome: result?.outcome ?? null, steps: steps() }))
} else if (action === 'own') {
  const change = { path: `versions/${argument}.py`, before: null, after: Buffer.from(argument) }
  const { written } = await applyChanges(root, [change], record(root), { patienceMs: 60_000 })
  console.log(JSON.stringify({ written }))
} else {
  console.log(JSON.stringify(await onFullDisk(root, Number(argument))))
}
