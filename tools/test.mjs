/**
 * `npm test`: everything that must hold before work is shared. Each step below and each vitest test counts as one test;
 * the last line is `N passed, N failed`, or `N passed, N failed, N skipped`. With CI=true a skipped test is a failed one.
 * `npm test -- <vitest arguments>` runs only the tests named.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { summarize } from './test/summary.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const module = (path) => join(root, 'node_modules', path)
const isCI = process.env.CI === 'true'
/** Biome paints every character of a difference; a log file should stay readable. */
const biomeColors = process.stdout.isTTY ? [] : ['--colors=off']

const build = [
  { name: 'build', arguments: [module('typescript/bin/tsc'), '-b'] },
  { name: 'bundle', arguments: ['tools/bundle.mjs'] },
]
const steps = [
  {
    name: 'format and lint',
    arguments: [module('@biomejs/biome/bin/biome'), 'ci', '--diagnostic-level=warn', ...biomeColors, '.'],
  },
  { name: 'types', arguments: [module('typescript/bin/tsc'), '-p', 'tsconfig.test.json'] },
]
const programs = [
  { name: 'demo', arguments: ['tools/demo/demo.mjs'] },
  { name: 'bench --smoke', arguments: ['tools/bench/bench.mjs', '--smoke'] },
]

/** Runs one Node program in the repository with its output shown; true when it ended with 0. */
function run(step, environment = {}) {
  const started = Date.now()
  console.log(`\n── ${step.name}`)
  const { status, signal, error } = spawnSync(process.execPath, step.arguments, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  const ok = status === 0
  console.log(
    ok ? `✔ ${step.name} (${seconds} s)` : `✖ ${step.name} (${seconds} s): ${error ?? signal ?? `exit ${status}`}`,
  )
  return ok
}

/** Runs vitest with our counting reporter. A vitest that ends badly without a failed test is one failed test. */
function runVitest(filters) {
  const scratch = mkdtempSync(join(tmpdir(), 'onehead-test-'))
  const file = join(scratch, 'count.json')
  const reporters = [`--reporter=${isCI ? 'default' : 'dot'}`, '--reporter=./tools/test/count-reporter.mjs']
  const ok = run(
    { name: 'vitest', arguments: [module('vitest/vitest.mjs'), 'run', ...reporters, ...filters] },
    { ONEHEAD_TEST_COUNT: file },
  )
  let count = { passed: 0, failed: 0, skipped: [] }
  try {
    count = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // Vitest ended before it could count: `ok` is false then, or no test was found.
    count.failed = 1
  }
  rmSync(scratch, { recursive: true, force: true })
  return { ...count, failed: !ok && count.failed === 0 ? 1 : count.failed }
}

const filters = process.argv.slice(2)
const isWhole = filters.length === 0
const results = []
for (const step of build) results.push(run(step))
if (isWhole) for (const step of steps) results.push(run(step))
const count = runVitest(filters)
if (isWhole) for (const program of programs) results.push(run(program))

const summary = summarize({ steps: results, count, isCI })
console.log(`\n${summary.lines.join('\n')}`)
process.exitCode = summary.failed > 0 ? 1 : 0
