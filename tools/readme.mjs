/**
 * `node tools/readme.mjs`: writes into README.md what it quotes, so that nobody types it: outputs of the built command and the
 * table of rules. `test/readme.test.ts` fails when the file differs from what this would write. Numbers come from `npm run bench -- --readme`.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'packages', 'cli', 'bin', 'onehead.js')

/** `<!-- output: onehead check in two-heads -->`, a fenced block, `<!-- end -->`. */
const outputBlock =
  /(<!-- output: onehead ([^\n]*?) in ([\w-]+) -->\n```\w*\n)(?:(?!<!-- end -->)[\s\S])*?(```\n<!-- end -->)/g
const rulesBlock = /(<!-- rules -->\n)(?:(?!<!-- end -->)[\s\S])*?(<!-- end -->)/

/** Times differ from run to run; they are the only thing that may. */
export function withoutTimes(text) {
  return text.replace(/\b\d[\d,.]* (ms|s)\b/g, 'N ms')
}

/**
 * README with every quoted output and the table of rules as they are today.
 * @param {string} text README.md
 * @param {readonly { name: string, severity: string, summary: string }[]} rules
 */
export function renderReadme(text, rules) {
  return text
    .replace(outputBlock, (_, open, args, fixture, close) => `${open}${quote(args, fixture)}\n${close}`)
    .replace(rulesBlock, (_, open, close) => `${open}${rulesTable(rules)}\n${close}`)
}

/** The command as a reader would type it, and what it writes to stdout. */
function quote(args, fixture) {
  const workspace = makeWorkspace(fixture)
  try {
    const { stdout, stderr, status } = spawnSync(process.execPath, [bin, ...args.split(' ')], {
      cwd: workspace,
      encoding: 'utf8',
      // What `npx` sets, and nothing of whoever runs this.
      env: { PATH: process.env.PATH, npm_command: 'exec', NO_COLOR: '1', LC_ALL: 'C.UTF-8' },
    })
    if (status === null || status > 1) throw new Error(`onehead ${args} ended with ${status}\n${stderr}`)
    return `$ npx onehead ${args}\n${stdout.trimEnd()}`
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}

/** A git repository from `test/readme/<fixture>`: `published` is what origin/main has, `mine` was just written. */
export function makeWorkspace(fixture) {
  const workspace = mkdtempSync(join(tmpdir(), 'onehead-readme-'))
  const git = (...args) => execFileSync('git', [...gitSettings, ...args], { cwd: workspace, stdio: 'pipe' })
  git('init', '-q', '-b', 'main')
  const folder = join(root, 'test', 'readme', fixture)
  cpSync(join(folder, 'published'), workspace, { recursive: true })
  git('add', '-A')
  git('commit', '-q', '-m', 'What everybody has')
  git('remote', 'add', 'origin', './nowhere')
  git('update-ref', 'refs/remotes/origin/main', 'HEAD')
  git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main')
  git('checkout', '-q', '-b', 'due-dates')
  if (existsSync(join(folder, 'mine'))) cpSync(join(folder, 'mine'), workspace, { recursive: true })
  return workspace
}

const gitSettings = Object.entries({
  'user.name': 'Ada',
  'user.email': 'ada@example.org',
  'core.autocrlf': 'false',
  'core.hooksPath': 'no-hooks',
  'commit.gpgsign': 'false',
  'maintenance.auto': 'false',
}).flatMap(([key, value]) => ['-c', `${key}=${value}`])

function rulesTable(rules) {
  const rows = rules.map(({ name, severity, summary }) => {
    return `| [\`${name}\`](packages/core/src/rules/${name}.md) | ${severity} | ${summary} |`
  })
  return ['| rule | default | finds |', '| --- | --- | --- |', ...rows].join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { rules } = await import('../packages/core/dist/rules/registry.js')
  const file = join(root, 'README.md')
  const before = readFileSync(file, 'utf8')
  const after = renderReadme(before, rules)
  // A new time alone is no reason to change the file.
  if (withoutTimes(after) !== withoutTimes(before)) writeFileSync(file, after)
}
