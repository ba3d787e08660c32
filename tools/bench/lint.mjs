/**
 * Lints the scripts of one app of a generated workspace as if all were new: parsed, read for what they do, judged by all rules;
 * prints the milliseconds of that and of the Python parser `py-ast` alone on the same texts, taking turns. In the first round
 * both meet everything for the first time in this process, in the last ones V8 has compiled both.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'py-ast'
import { buildHistory, judgeHistory, loadOperationsReader, scan, toScript } from '../../packages/core/dist/index.js'

const [root, folder, rounds = '15'] = process.argv.slice(2)
const list = JSON.parse(readFileSync(join(root, '.git', 'onehead-bench.json'), 'utf8')).scripts
const paths = list.filter((path) => path.startsWith(`${folder}/`))
const sources = new Map(paths.map((path) => [path, readFileSync(join(root, path))]))
const texts = [...sources.values()].map(String)
const readOperations = await loadOperationsReader()

const environment = {
  name: folder,
  path: folder,
  config: `${folder}/alembic.ini`,
  section: 'alembic',
  kind: 'alembic',
  versionLocations: [folder],
  recursive: false,
  fileTemplate: null,
  notes: [],
  settings: { expectedHeads: 1, externalRevisions: [], dialects: [], fileName: null },
}

function lint() {
  const scripts = [...sources].map(([path, bytes]) => toScript(path, scan(bytes)))
  const told = new Map()
  const operations = (path) => {
    if (!told.has(path)) told.set(path, readOperations(sources.get(path)))
    return told.get(path)
  }
  const { diagnostics } = judgeHistory(buildHistory(environment, scripts, []), {
    levels: (_rule, _environment, level) => level,
    isPublished: () => false,
    baseline: new Set(),
    scripts: 'all',
    source: (path) => sources.get(path),
    operations,
  })
  return diagnostics.length
}

const timed = (work) => {
  const started = performance.now()
  work()
  return performance.now() - started
}
const taken = { parse: [], lint: [] }
for (let round = 0; round < Number(rounds); round += 1) {
  taken.parse.push(
    timed(() => {
      for (const text of texts) parse(text)
    }),
  )
  taken.lint.push(timed(lint))
}
process.stdout.write(JSON.stringify({ ...taken, scripts: paths.length, findings: lint() }))
