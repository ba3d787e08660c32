/**
 * `npm run bench`: is a check fast enough never to be skipped? Measures a generated workspace of 200 apps × 500 revisions
 * and prints ratios from one run in which everything takes turns; exits 1 when a budget does not hold.
 * `--smoke` measures 10 × 50 and judges nothing. `--readme` writes the table into README.md: numbers there are never typed.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { providePython } from '../python.mjs'
import { budgetTable } from './budgets.mjs'
import { provideWorkspace } from './generate.mjs'

const { values: options } = parseArgs({
  options: {
    smoke: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
    rounds: { type: 'string' },
  },
})
const size = options.smoke ? { apps: 10, revisions: 50 } : { apps: 200, revisions: 500 }
const rounds = Number(options.rounds ?? (options.smoke ? 1 : 7))
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const bin = here('../../packages/cli/bin/onehead.js')

/** Runs a program to its end and returns wall-clock milliseconds and output; anything but exit 0 ends the benchmark. */
function measure(command, args, { cwd, env = {} }) {
  const started = performance.now()
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
    maxBuffer: 64 << 20,
  })
  const milliseconds = performance.now() - started
  if (status === 0) return { milliseconds, stdout }
  console.error(`${command} ${args.join(' ')}\nended with ${error ?? status}\n${stdout}${stderr}`)
  process.exit(1)
}

/** Peak memory in bytes of a check whose answer is looked at, so that nothing is ever fast because it did nothing. */
function measureMemory(workspace) {
  const scratch = mkdtempSync(join(tmpdir(), 'onehead-bench-'))
  const file = join(scratch, 'memory')
  const preload = ['--import', pathToFileURL(here('peak-memory.mjs')).href]
  const { stdout } = measure(process.execPath, [...preload, bin, 'check', '--format', 'json'], {
    cwd: workspace.root,
    env: { ONEHEAD_BENCH_MEMORY: file },
  })
  const { summary, environments } = JSON.parse(stdout)
  assert.equal(summary.revisions, workspace.scripts.length, 'check read every revision')
  assert.equal(environments.filter(({ heads }) => heads.length === 1).length, workspace.apps.length, 'one head each')
  const bytes = Number(readFileSync(file, 'utf8'))
  rmSync(scratch, { recursive: true })
  return bytes
}

/** `alembic heads` in one app, its byte code compiled before: the better of its two speeds. */
function measureAlembic(workspace, app, python, byteCode) {
  const environment = { cwd: join(workspace.root, app), env: { PYTHONPYCACHEPREFIX: byteCode } }
  measure(python, ['-m', 'alembic', 'heads'], environment)
  return measure(python, ['-m', 'alembic', 'heads'], environment).milliseconds
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`
const spread = (numbers) => `${seconds(Math.min(...numbers))} to ${seconds(Math.max(...numbers))}`

const workspace = provideWorkspace(size)
const { python, reason } = providePython('alembic-1.20')
const byteCode = mkdtempSync(join(tmpdir(), 'onehead-bench-python-'))
const sampled = workspace.apps.filter((_, index) => index % Math.ceil(workspace.apps.length / 5) === 0)

const taken = { node: [], read: [], check: [], alembic: [] }
for (let round = 0; round < rounds; round += 1) {
  taken.node.push(measure(process.execPath, ['-e', '0'], { cwd: workspace.root }).milliseconds)
  const read = measure(process.execPath, [here('read-all.mjs'), workspace.root], { cwd: workspace.root })
  taken.read.push(JSON.parse(read.stdout).milliseconds)
  taken.check.push(measure(process.execPath, [bin, 'check'], { cwd: workspace.root }).milliseconds)
  const app = sampled[round % sampled.length]
  if (python) taken.alembic.push(measureAlembic(workspace, app, python, byteCode))
}
if (python) {
  for (const app of sampled.slice(rounds)) taken.alembic.push(measureAlembic(workspace, app, python, byteCode))
}
rmSync(byteCode, { recursive: true, force: true })

const perApp = python ? taken.alembic.reduce((sum, each) => sum + each, 0) / taken.alembic.length : null
const medians = {
  node: median(taken.node),
  read: median(taken.read),
  check: median(taken.check),
  // Neighbours in time: what else the machine does weighs on both.
  checkToRead: median(taken.check.map((check, round) => check / taken.read[round])),
  alembic: perApp === null ? null : perApp * workspace.apps.length,
  memory: measureMemory(workspace),
}
const table = budgetTable(medians, !options.smoke)

const megabytes = (workspace.bytes / 1e6).toFixed(workspace.bytes < 1e7 ? 1 : 0)
const mean = Math.round(workspace.bytes / workspace.scripts.length)
console.log(
  `${size.apps} apps × ${size.revisions} revisions: ${workspace.scripts.length} scripts, ${megabytes} MB, mean ${mean} bytes`,
)
console.log(
  `Node ${process.versions.node}, ${availableParallelism()} cores; ${rounds} ${rounds === 1 ? 'round' : 'rounds'} in turns, medians, files in the page cache`,
)
console.log(`  node -e 0            ${seconds(medians.node)}  (${spread(taken.node)})`)
console.log(
  `  readFileSync loop    ${seconds(medians.read)}  (${spread(taken.read)}; the loop alone, without starting Node)`,
)
console.log(
  `  onehead check        ${seconds(medians.check)}  (${spread(taken.check)}; the whole command, nothing cached)`,
)
if (perApp === null) console.log(`  alembic heads        not measured: ${reason}`)
else {
  const apps = new Set(sampled).size
  console.log(
    `  alembic heads        ${seconds(perApp)} per app, measured in ${apps} of ${size.apps} apps with compiled scripts;`,
  )
  console.log(`                       ${seconds(medians.alembic)} for all is that mean × ${size.apps}`)
}
console.log(`\n${table.text}`)

if (options.readme) {
  const file = here('../../README.md')
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    text.replace(/(<!-- npm run bench -->\n)[\s\S]*?(\n<!-- end -->)/, (_, open, close) => open + table.text + close),
  )
}
process.exitCode = table.ok ? 0 : 1
