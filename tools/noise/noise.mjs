/**
 * How loud the rules are on real histories: judges every script at HEAD of the repositories named (working copies or bare
 * ones) and prints findings per rule and 1,000 scripts, each script as if it were the only new one.
 *
 *   node tools/noise/noise.mjs [--profile strict] [--show <rule>] <repository>…
 *
 * Exits 1 when the errors of script rules are more than people bear. Needs `npm run build`.
 */
import { parseArgs } from 'node:util'
import { rules } from '@onehead/core'
import { check } from '@onehead/workspace'

/** Errors of script rules per 1,000 scripts, over whole histories. */
const BEARABLE = 40

const { values, positionals } = parseArgs({
  options: { profile: { type: 'string' }, show: { type: 'string' } },
  allowPositionals: true,
})
if (positionals.length === 0) throw new Error('name repositories: node tools/noise/noise.mjs <repository>…')

let scripts = 0
const counts = new Map()
for (const root of positionals) {
  const { report, source } = await check({ root, at: 'HEAD', scripts: 'all', profile: values.profile ?? 'recommended' })
  scripts += report.summary.revisions
  console.log(`${String(report.summary.revisions).padStart(6)} revisions  ${root}`)
  for (const diagnostic of report.diagnostics) {
    const key = `${diagnostic.rule} ${diagnostic.severity}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
    if (diagnostic.rule === values.show) show(diagnostic, source)
  }
}

function show({ message, labels }, source) {
  const [label] = labels
  const { line } = label?.range.start ?? { line: 0 }
  console.log(
    `  ${message}\n    ${label?.path}:${line}  ${label === undefined ? '' : source(label.path)?.[line - 1]?.trim()}`,
  )
}

const perThousand = (count) => ((1000 * count) / scripts).toFixed(1).padStart(7)
console.log(`\n per 1,000  of ${scripts} scripts`)
const ofScripts = new Set(rules.filter(({ scope }) => scope === 'script').map(({ name }) => name))
let errors = 0
for (const [key, count] of [...counts].sort(([, a], [, b]) => b - a)) {
  const [rule, severity] = key.split(' ')
  if (severity === 'error' && ofScripts.has(rule)) errors += count
  console.log(`   ${perThousand(count)}  ${severity.padEnd(5)}  ${rule}`)
}
console.log(`   ${perThousand(errors)}  errors of script rules (bearable: ${BEARABLE})`)
if (1000 * errors > BEARABLE * scripts) process.exitCode = 1
