/**
 * Begins a rule: `npm run create-rule -- <name> "<summary>"` writes <name>.ts and <name>.md and registers it. What it
 * writes compiles; its doc has the sections and the three kinds of example, to be filled in. With `--lint` it is a rule about
 * what new scripts do, and finds every column that they add. `--into <folder>` works on a copy of packages/core/src/rules
 * instead (for the test).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const MARKER = '  // create-rule: new rules go above this line'

/** Throws with a sentence for people when the rule cannot be made; then nothing has been written. */
function createRule(folder, name, summary, lints) {
  if (!/^[a-z]+(-[a-z]+)*$/.test(name ?? ''))
    throw new Error('a rule is named in lower case with dashes: orphan-revision')
  if (!/^\S.{9,}[^.\s]$/.test(summary ?? ''))
    throw new Error('say in one line, without a full stop, what the rule finds')
  const registry = join(folder, 'registry.ts')
  const source = readFileSync(registry, 'utf8')
  if (existsSync(join(folder, `${name}.ts`))) throw new Error(`there is a rule called ${name} already`)
  if (!source.includes(MARKER)) throw new Error(`registry.ts has lost the line "${MARKER.trim()}"`)
  const identifier = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())
  const said = summary.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
  writeFileSync(
    join(folder, `${name}.ts`),
    lints ? lintSource(name, identifier, said) : ruleSource(name, identifier, said),
  )
  writeFileSync(join(folder, `${name}.md`), docSource(name, summary, lints ? LINTED : NOTHING))
  writeFileSync(registry, register(source, name, identifier))
}

function register(source, name, identifier) {
  const lines = source.split('\n')
  const imports = lines.filter((line) => line.startsWith('import '))
  const added = `import { ${identifier} } from './${name}.js'`
  const path = (line) => /from '(.*)'/.exec(line)[1]
  const after = imports.filter((line) => path(line) < path(added)).at(-1)
  lines.splice(after === undefined ? 0 : lines.indexOf(after) + 1, 0, added)
  lines.splice(lines.indexOf(MARKER), 0, `  ${identifier},`)
  return lines.join('\n')
}

function ruleSource(name, identifier, summary) {
  return `import { defineRule } from './rule.js'

export const ${identifier} = defineRule({
  name: '${name}',
  severity: 'warn',
  scope: 'script',
  summary: '${summary}',
  check: () => [],
})
`
}

function lintSource(name, identifier, summary) {
  return `import { defineRule, type Finding, type RuleContext } from './rule.js'
import { columnName, labelAt } from './support/lint/code.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isNewTable, tableName } from './support/lint/new-tables.js'

export const ${identifier} = defineRule({
  name: '${name}',
  severity: 'warn',
  scope: 'script',
  summary: '${summary}',
  check: (context) =>
    newOperations(context, 'add_column').flatMap((at) => (isNewTable(context, at) ? [] : [finding(context, at)])),
})

function finding(context: RuleContext, at: NewOperation<'add_column'>): Finding {
  const column = columnName(tableName(at), at.operation.column)
  return {
    message: \`column \${column} is added\`,
    labels: [labelAt(at, context.isPublished(at.script.revision) ? 'published' : '')],
    key: [at.script.revision, column],
  }
}
`
}

/** The body of an example, and where in it the rule points. */
const NOTHING = { body: '', line: '2:17' }
const LINTED = {
  body: `

def upgrade():
    op.add_column('invoice', sa.Column('paid', sa.Boolean()))
`,
  line: '9:5',
}

function docSource(name, summary, { body, line }) {
  const imports = body === '' ? '' : 'import sqlalchemy as sa\nfrom alembic import op\n\n'
  const script = `\`\`\`python path=migrations/versions/3c9e51a7b204_pay_invoices.py
${imports}revision = '3c9e51a7b204'
down_revision = None
${body}\`\`\``
  return `# ${name}

## What it finds

${summary[0].toUpperCase()}${summary.slice(1)}.

## Why it matters

TODO: what goes wrong, for whom, when, and in which databases.

## Example

### Fires: TODO

${script}

\`\`\`text
warn ${name}: TODO the headline
  migrations/versions/3c9e51a7b204_pay_invoices.py:${line} TODO the label
\`\`\`

### Silent: TODO

${script}

### Ignored: TODO

${script}

## How to fix

TODO: the edit. There is no automatic fix, because TODO.

## When to ignore

TODO.
`
}

const { values, positionals } = parseArgs({
  options: { into: { type: 'string' }, lint: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const folder = values.into ?? fileURLToPath(new URL('../packages/core/src/rules', import.meta.url))
try {
  createRule(folder, positionals[0], positionals[1], values.lint)
  console.log(`Wrote ${positionals[0]}.ts and ${positionals[0]}.md, and registered the rule.`)
  console.log('Fill in the TODOs, then run: npx vitest run packages/core/src/rules test/rule-completeness.test.ts')
} catch (error) {
  console.error(`create-rule: ${error.message}`)
  console.error('usage: npm run create-rule -- <name> "<summary>" [--lint]')
  process.exitCode = 2
}
