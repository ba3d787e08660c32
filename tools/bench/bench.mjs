/**
 * `npm run bench`: is a check fast enough never to be skipped? Measures a generated workspace of 200 apps × 500 revisions
 * (a git repository whose remote has moved) and prints ratios from one run in which everything takes turns; exits 1 when a
 * budget does not hold. `--smoke` measures 10 × 50 and judges nothing. `--readme` writes the table into README.md: numbers there are never typed.
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
import { fetchAgain, installHusky } from './repository.mjs'

const { values: options } = parseArgs({
  options: {
    smoke: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
    rounds: { type: 'string' },
  },
})
const size = options.smoke ? { apps: 10, revisions: 50 } : { apps: 200, revisions: 500 }
/** Short commands: measured so often in every round. */
const pushesPerRound = options.smoke ? 1 : 4
const rounds = Number(options.rounds ?? (options.smoke ? 1 : 7))
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const bin = here('../../packages/cli/bin/onehead.js')

/** Runs a program to its end and returns wall-clock milliseconds and output; anything but the status wanted ends the benchmark. */
function measure(command, args, { cwd, env = {}, input = '', wanted = 0 }) {
  const started = performance.now()
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    input,
    encoding: 'utf8',
    env: { ...outside, NO_COLOR: '1', ...env },
    maxBuffer: 64 << 20,
  })
  const milliseconds = performance.now() - started
  if (status === wanted) return { milliseconds, stdout }
  console.error(`${command} ${args.join(' ')}\nended with ${error ?? status}\n${stdout}${stderr}`)
  process.exit(1)
}

/** Nothing of a hook or a CI that the benchmark may itself be run from. */
const outside = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(GIT_|HUSKY|ONEHEAD_|CI$)/.test(name)),
)

/** Peak memory in bytes of a check whose answer is looked at, so that nothing is ever fast because it did nothing. */
function measureMemory(workspace) {
  const scratch = mkdtempSync(join(tmpdir(), 'onehead-bench-'))
  const file = join(scratch, 'memory')
  const preload = ['--import', pathToFileURL(here('peak-memory.mjs')).href]
  const { stdout } = measure(process.execPath, [...preload, bin, 'check', '--no-cache', '--format', 'json'], {
    cwd: workspace.root,
    env: { ONEHEAD_BENCH_MEMORY: file },
  })
  assertWhole(workspace, stdout)
  const bytes = Number(readFileSync(file, 'utf8'))
  rmSync(scratch, { recursive: true })
  return bytes
}

function assertWhole(workspace, json) {
  const { summary, environments } = JSON.parse(json)
  assert.equal(summary.revisions, workspace.scripts.length, 'check read every revision')
  assert.equal(environments.filter(({ heads }) => heads.length === 1).length, workspace.apps.length, 'one head each')
}

/** All rules on one app as if all of it were new, against the library that could parse it; neighbours in time, as everywhere. */
function measureLint({ root, apps }) {
  const runs = apps.slice(0, options.smoke ? 1 : 5).map((app) => {
    const { stdout } = measure(process.execPath, [here('lint.mjs'), root, app], { cwd: root })
    const { parse, lint, findings } = JSON.parse(stdout)
    assert.ok(findings > 0, 'lint has looked at the scripts')
    const compiled = Math.floor(parse.length / 3)
    return { first: lint[0] / parse[0], later: pairedRatio(lint.slice(compiled), parse.slice(compiled)) }
  })
  return { lint: median(runs.map(({ later }) => later)), firstLint: median(runs.map(({ first }) => first)) }
}

/** `alembic heads` in one app, its byte code compiled before: the better of its two speeds. */
function measureAlembic(workspace, app, python, byteCode) {
  const environment = { cwd: join(workspace.root, app), env: { PYTHONPYCACHEPREFIX: byteCode } }
  measure(python, ['-m', 'alembic', 'heads'], environment)
  return measure(python, ['-m', 'alembic', 'heads'], environment).milliseconds
}

/** What git would tell the hook when a branch is pushed for the first time. */
function pushing({ root, url, branches }, branch) {
  const oid = branches[branch]
  const input = `refs/heads/${branch} ${oid} refs/heads/${branch} ${'0'.repeat(oid.length)}\n`
  return { cwd: root, input, arguments: ['origin', url] }
}

const hookOf = (workspace, branch, more = {}) => {
  const push = pushing(workspace, branch)
  return measure(process.execPath, [bin, 'hook', 'pre-push', ...push.arguments, ...(more.flags ?? [])], {
    ...push,
    ...more,
  })
}

const huskyOf = (workspace, branch) => {
  const push = pushing(workspace, branch)
  return measure('sh', ['-e', husky, ...push.arguments], push)
}

/** Before anything is measured: the gate judges what it is given, and stops what it should. */
function assertGate(workspace) {
  const judged = (branch, wanted) =>
    JSON.parse(hookOf(workspace, branch, { flags: ['--format', 'json'], wanted }).stdout).push
  for (const quiet of ['notes', 'modules']) assert.deepEqual(judged(quiet, 0).branches, [], `${quiet} brings nothing`)
  const [branch] = judged('revisions', 0).branches
  assert.equal(branch.newRevisions, 3)
  assert.equal(branch.method, 'merge-tree')
  if (workspace.apps.length > 3) assert.equal(judged('fork', 1).blocked, true)
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`
const whole = (milliseconds) => `${milliseconds.toFixed(0)} ms`
const spread = (numbers, format = seconds) => `${format(Math.min(...numbers))} to ${format(Math.max(...numbers))}`
/** Neighbours in time: what else the machine does weighs on both. */
const pairedRatio = (these, those) => median(these.map((each, index) => each / those[index]))

// As it is installed: a working copy that was only compiled runs from more files.
measure(process.execPath, [here('../bundle.mjs')], { cwd: here('../..') })
const workspace = provideWorkspace(size)
const husky = installHusky(workspace.root)
fetchAgain(workspace.root)
const { python, reason } = providePython('alembic-1.20')
const byteCode = mkdtempSync(join(tmpdir(), 'onehead-bench-python-'))
const sampled = workspace.apps.filter((_, index) => index % Math.ceil(workspace.apps.length / 5) === 0)

assertGate(workspace)
// The second one finds what the first has kept.
for (const _ of ['cold', 'warm']) {
  assertWhole(workspace, measure(process.execPath, [bin, 'check', '--format', 'json'], { cwd: workspace.root }).stdout)
}

const pushes = ['notes', 'modules', 'revisions']
const taken = { node: [], idle: [], read: [], check: [], warm: [], alembic: [] }
for (const branch of pushes) {
  taken[branch] = []
  taken[`${branch} through husky`] = []
}
const node = () => measure(process.execPath, ['-e', '0'], { cwd: workspace.root }).milliseconds
for (let round = 0; round < rounds; round += 1) {
  for (let turn = 0; turn < pushesPerRound; turn += 1) {
    taken.node.push(node())
    for (const branch of pushes) {
      taken[branch].push(hookOf(workspace, branch).milliseconds)
      taken[`${branch} through husky`].push(huskyOf(workspace, branch).milliseconds)
    }
  }
  const read = measure(process.execPath, [here('read-all.mjs'), workspace.root], { cwd: workspace.root })
  taken.read.push(JSON.parse(read.stdout).milliseconds)
  taken.check.push(measure(process.execPath, [bin, 'check', '--no-cache'], { cwd: workspace.root }).milliseconds)
  taken.idle.push(node())
  taken.warm.push(measure(process.execPath, [bin, 'check'], { cwd: workspace.root }).milliseconds)
  const app = sampled[round % sampled.length]
  if (python) taken.alembic.push(measureAlembic(workspace, app, python, byteCode))
}
if (python) {
  for (const app of sampled.slice(rounds)) taken.alembic.push(measureAlembic(workspace, app, python, byteCode))
}
rmSync(byteCode, { recursive: true, force: true })

const perApp = python ? taken.alembic.reduce((sum, each) => sum + each, 0) / taken.alembic.length : null
const medians = {
  check: median(taken.check),
  checkToRead: pairedRatio(taken.check, taken.read),
  ...measureLint(workspace),
  warmAboveNode: median(taken.warm.map((warm, round) => warm - taken.idle[round])),
  alembic: perApp === null ? null : perApp * workspace.apps.length,
  memory: measureMemory(workspace),
  ...Object.fromEntries(
    pushes.flatMap((branch) => [
      [branch, pairedRatio(taken[branch], taken.node)],
      [`${branch} through husky`, pairedRatio(taken[`${branch} through husky`], taken.node)],
    ]),
  ),
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
const line = (name, numbers, format, more = '') =>
  console.log(`  ${name.padEnd(26)} ${format(median(numbers))}  (${spread(numbers, format)}${more})`)
line('node -e 0', taken.node, whole)
line('pre-push, nothing', taken.notes, whole)
line('  through husky', taken['notes through husky'], whole)
line('pre-push, 50 .py files', taken.modules, whole)
line('  through husky', taken['modules through husky'], whole)
line('pre-push, 3 revisions', taken.revisions, whole)
line('  through husky', taken['revisions through husky'], whole)
line('readFileSync loop', taken.read, seconds, '; the loop alone, without starting Node')
line('onehead check --no-cache', taken.check, seconds, '; the whole command')
line('onehead check, again', taken.warm, seconds, '; the whole command, nothing has changed')
if (perApp === null) console.log(`  alembic heads              not measured: ${reason}`)
else {
  const apps = new Set(sampled).size
  console.log(
    `  alembic heads              ${seconds(perApp)} per app, measured in ${apps} of ${size.apps} apps with compiled scripts;`,
  )
  console.log(`                             ${seconds(medians.alembic)} for all is that mean × ${size.apps}`)
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
