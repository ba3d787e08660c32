/**
 * Prints how much of what real scripts do is read out of them: `node tools/operations/measure.mjs <repository>…`
 * (work trees or bare clones; `--list` shows every call that is not resolved). A call site counts as resolved when table,
 * column, name and list of columns (for `execute` the SQL text) are known each time it runs. Run `npm run build` first.
 */
import { execFileSync } from 'node:child_process'
import { basename, dirname } from 'node:path'
import { isSyntaxFailure, loadParser } from '../../packages/core/dist/index.js'
import { readOperations } from '../../packages/core/dist/operations/read-operations.js'
import { callSites } from './call-sites.mjs'

const list = process.argv.includes('--list')
const repositories = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const parser = await loadParser()

/** @returns {Generator<{ path: string, bytes: Buffer }>} */
function* scriptsOf(repository) {
  const git = (...args) => execFileSync('git', ['-C', repository, ...args], { maxBuffer: 2 ** 30 })
  let paths
  try {
    paths = String(git('grep', '-lE', '^down_revision', 'HEAD', '--', '*.py'))
      .split('\n')
      .filter(Boolean)
  } catch {
    return
  }
  for (const path of paths) yield { path: path.slice('HEAD:'.length), bytes: git('cat-file', 'blob', path) }
}

const kinds = ['all', 'without execute', 'execute', 'execute, effect', 'inside if/try']
const newTally = () => ({
  files: 0,
  unparsed: 0,
  whole: 0,
  crashes: 0,
  opaque: 0,
  parseMs: 0,
  readMs: 0,
  sites: new Map(kinds.map((kind) => [kind, [0, 0]])),
})

function measure(repository) {
  const tally = newTally()
  for (const { path, bytes } of scriptsOf(repository)) {
    tally.files++
    const start = performance.now()
    const parsed = parser.parse(bytes)
    const parsedAt = performance.now()
    if (isSyntaxFailure(parsed)) {
      tally.unparsed++
      continue
    }
    let operations
    try {
      const read = readOperations(parsed)
      tally.parseMs += parsedAt - start
      tally.readMs += performance.now() - parsedAt
      operations = [...read.upgrade.operations, ...read.downgrade.operations]
    } catch (error) {
      tally.crashes++
      console.error(`${path}: ${error.stack}`)
      continue
    }
    for (const { kind, span, reason } of operations) {
      if (kind !== 'opaque') continue
      tally.opaque++
      if (list) console.log(`${path}: ${textAt(parsed, span)} is opaque: ${reason}`)
    }
    if (judge(parsed, operations, tally, path)) tally.whole++
  }
  return tally
}

/** Compares the calls that stand in a file with what was read; true where all are resolved. */
function judge(parsed, operations, tally, path) {
  const read = new Map()
  for (const operation of operations) {
    if (operation.fromSql) continue
    const key = `${operation.span.start}:${operation.span.end}`
    read.set(key, [...(read.get(key) ?? []), operation])
  }
  let whole = true
  for (const site of callSites(parsed)) {
    const found = read.get(`${site.span.start}:${site.span.end}`) ?? []
    const resolved = found.length > 0 && found.every((one) => one.kind !== 'opaque' && one.unresolved.length === 0)
    const isExecute = site.name === 'execute'
    const counted = ['all', isExecute ? 'execute' : 'without execute', ...(site.guarded ? ['inside if/try'] : [])]
    for (const kind of counted) {
      const pair = tally.sites.get(kind)
      pair[1]++
      if (resolved) pair[0]++
    }
    if (isExecute) {
      const pair = tally.sites.get('execute, effect')
      pair[1]++
      if (found.length > 0 && found.every((one) => one.kind === 'execute' && one.effect !== 'unknown')) pair[0]++
    }
    whole &&= resolved
    if (!resolved && list) {
      const why =
        found.length === 0
          ? 'not reached'
          : found.flatMap((one) => (one.kind === 'opaque' ? [one.reason] : one.unresolved)).join(', ')
      console.log(`${path}: ${textAt(parsed, site.span)} → ${why}`)
    }
  }
  return whole
}

const textAt = ({ source }, { start, end }) => source.text.slice(start, end).replaceAll(/\s+/g, ' ').slice(0, 100)

const share = ([resolved, total]) =>
  `${resolved} / ${total}${total === 0 ? '' : ` = ${((100 * resolved) / total).toFixed(1)} %`}`
const total = newTally()
for (const repository of repositories) {
  const tally = measure(repository)
  const name = basename(repository) === 'repo' ? basename(dirname(repository)) : basename(repository)
  console.log(
    `${name}: ${tally.files} scripts, ${kinds.map((kind) => `${kind} ${share(tally.sites.get(kind))}`).join('; ')}`,
  )
  for (const key of ['files', 'unparsed', 'whole', 'crashes', 'opaque', 'parseMs', 'readMs']) total[key] += tally[key]
  for (const [kind, pair] of tally.sites) for (const i of [0, 1]) total.sites.get(kind)[i] += pair[i]
}
console.log(
  `\ntotal: ${total.files} scripts, ${total.unparsed} that do not parse, ${total.crashes} crashes, ${total.opaque} opaque effects`,
)
for (const kind of kinds) console.log(`  ${kind.padEnd(16)} ${share(total.sites.get(kind))}`)
console.log(`  whole files      ${share([total.whole, total.files - total.unparsed])}`)
console.log(
  `  time             reading is ${(total.readMs / total.parseMs).toFixed(2)} × parsing (${(total.readMs / Math.max(1, total.files)).toFixed(2)} ms a file)`,
)
