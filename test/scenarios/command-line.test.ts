import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { providePython } from '../support/python.js'

const bin = fileURLToPath(new URL('../../packages/cli/bin/onehead.js', import.meta.url))

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-command-line-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** A script as Alembic's template writes it, in short. */
function script(id: string, parent: string | null, message: string): string {
  const value = parent === null ? 'None' : `'${parent}'`
  return `"""${message}\n\nRevision ID: ${id}\nRevises: ${parent ?? ''}\n"""\n\nrevision = '${id}'\ndown_revision = ${value}\n\n\ndef upgrade():\n    op.execute('SELECT 1')\n\n\ndef downgrade():\n    pass\n`
}

const ini = '[alembic]\nscript_location = %(here)s/migrations\n'
const billing = {
  'services/billing/alembic.ini': ini,
  'services/billing/migrations/env.py': '',
  'services/billing/migrations/versions/3c9e51a7b204_create_invoice_table.py': script(
    '3c9e51a7b204',
    null,
    'create invoice table',
  ),
  'services/billing/migrations/versions/8b1f2c7d90aa_add_due_date.py': script(
    '8b1f2c7d90aa',
    '3c9e51a7b204',
    'add due date',
  ),
}
const secondHead = {
  'services/billing/migrations/versions/f04d6e2b713c_add_refund_table.py': script(
    'f04d6e2b713c',
    '3c9e51a7b204',
    'add refund table',
  ),
}
const users = {
  'services/users/alembic.ini': ini,
  'services/users/migrations/env.py': '',
  'services/users/migrations/versions/0a1b2c3d4e5f_create_users.py': script('0a1b2c3d4e5f', null, 'create users'),
}

interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function onehead(typed: readonly string[], { cwd = folder, env = {}, input = '' } = {}): Run {
  const { FORCE_COLOR: _, NO_COLOR: __, ...inherited } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...typed], {
    cwd,
    encoding: 'utf8',
    input,
    env: { ...inherited, LC_ALL: 'C.UTF-8', TERM: 'xterm', npm_command: '', ...env },
  })
  return { status, stdout, stderr }
}

/** Durations differ from run to run. */
const steady = (text: string) => text.replace(/\d+(\.\d+)? m?s, nothing executed/g, 'N ms, nothing executed')

describe('a healthy workspace', () => {
  it('is one line per history, from anywhere in it', () => {
    write({ ...billing, ...users })
    execFileSync('git', ['init', '-q'], { cwd: folder })
    const { status, stdout, stderr } = onehead(['check'])
    expect(stderr).toBe('')
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "✔ 2 revisions, 1 head (8b1f2c7d90aa) in services/billing
      ✔ 1 revision, 1 head (0a1b2c3d4e5f) in services/users
        3 revisions in 2 environments, one head each · N ms, nothing executed, nothing sent
      "
    `)
    expect(status).toBe(0)
    expect(steady(onehead(['check'], { cwd: join(folder, 'services/users') }).stdout)).toBe(steady(stdout))
    expect(onehead(['check', '.'], { cwd: join(folder, 'services/users') }).stdout).toContain(
      '✔ 1 revision, 1 head (0a1b2c3d4e5f)',
    )
  })

  it('has heads, a history and a picture as Alembic would tell them', () => {
    write(billing)
    expect(onehead(['heads'])).toEqual({ status: 0, stdout: '8b1f2c7d90aa (head)\n', stderr: '' })
    expect(onehead(['history']).stdout).toBe(
      '3c9e51a7b204 -> 8b1f2c7d90aa (head), add due date\n<base> -> 3c9e51a7b204, create invoice table\n',
    )
    expect(onehead(['show', '8b1f'], { cwd: join(folder, 'services') }).stdout).toMatchInlineSnapshot(`
      "Rev: 8b1f2c7d90aa (head)
      Parent: 3c9e51a7b204
      Path: billing/migrations/versions/8b1f2c7d90aa_add_due_date.py

          add due date
          
          Revision ID: 8b1f2c7d90aa
          Revises: 3c9e51a7b204

      "
    `)
    expect(onehead(['graph']).stdout).toMatchInlineSnapshot(`
      "◆  8b1f2c7d90aa  add due date   head
      ○  3c9e51a7b204  create invoice table
      "
    `)
  })
})

describe('a second head', () => {
  it('is shown with its fork and the command to run, and fails the check', () => {
    write({ ...billing, ...secondHead, ...users })
    const { status, stdout, stderr } = onehead(['check'])
    expect(status).toBe(1)
    expect(stderr).toBe('')
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "error[multiple-heads]: this history has 2 heads
         ╭▸ services/billing/migrations/versions/8b1f2c7d90aa_add_due_date.py:8:17
       8 │ down_revision = '3c9e51a7b204'
         │                 ━━━━━━━━━━━━━━ head, published
         ╭▸ services/billing/migrations/versions/f04d6e2b713c_add_refund_table.py:8:17
       8 │ down_revision = '3c9e51a7b204'
         │                 ────────────── head, published
         │
         │   ◆  8b1f2c7d90aa  add due date           head, published
         │   │ ◆  f04d6e2b713c  add refund table     head, published
         │   ├─╯
         │   ○  3c9e51a7b204  create invoice table   branch point
         │
         ├ note: \`alembic upgrade head\` stops here, but \`alembic heads\` exits 0
         ├ help: add a merge revision
         ╰ run: \`onehead fix services/billing\`; more: \`onehead explain multiple-heads\`

      ✖ 1 error in services/billing · 4 revisions, N ms, nothing executed, nothing sent
        next: \`onehead fix services/billing\`
      "
    `)
    const ascii = onehead(['check'], { env: { LC_ALL: 'C' } })
    expect(ascii.stdout).toMatch(/^[\n\x20-\x7e]*$/)
    expect(onehead(['check', '--color', 'always']).stdout).toContain('\x1b[')
    expect(onehead(['check', 'services/users'])).toMatchObject({ status: 0 })
  })

  it('is the same bytes as JSON, wherever the workspace lies', () => {
    write({ ...billing, ...secondHead })
    const first = onehead(['check', '--format', 'json'])
    expect(first.status).toBe(1)
    expect(JSON.parse(first.stdout)).toMatchObject({
      schemaVersion: 1,
      environments: [{ heads: ['8b1f2c7d90aa', 'f04d6e2b713c'] }],
      diagnostics: [{ rule: 'multiple-heads' }],
    })
    expect(first.stdout).not.toContain(folder)
    cpSync(join(folder, 'services'), join(folder, 'copy', 'services'), { recursive: true })
    expect(onehead(['check', '--format', 'json', '--root', 'copy']).stdout).toBe(first.stdout)
  })

  it('is an annotation at a path of the repository', () => {
    write({ ...billing, ...secondHead })
    const { stdout } = onehead(['check', '--format', 'github'])
    expect(stdout).toMatch(
      /^::error file=services\/billing\/migrations\/versions\/\w+\.py,line=8,endLine=8,col=17,endColumn=31,title=onehead%3A multiple-heads::/,
    )
  })

  it('is a result of SARIF at a path of the repository, with the edit and the page of the rule', () => {
    write({ ...billing, ...secondHead })
    const { stdout, status } = onehead(['check', '--format', 'sarif'])
    expect(status).toBe(1)
    expect(stdout).not.toContain(folder)
    const [{ results, tool }] = JSON.parse(stdout).runs
    expect(results).toMatchObject([{ ruleId: 'multiple-heads', level: 'error' }])
    const { artifactLocation, region } = results[0].locations[0].physicalLocation
    expect(artifactLocation.uri).toMatch(/^services\/billing\/migrations\/versions\/\w+\.py$/)
    expect(region).toMatchObject({ startLine: 8, startColumn: 17, endLine: 8, endColumn: 31 })
    expect(tool.driver.rules).toMatchObject([{ id: 'multiple-heads', help: { markdown: /^# multiple-heads\n/ } }])
  })

  it('has the level of the profile, unless onehead.json names the rule', () => {
    const required = script('9a9a9a9a9a9a', '0a1b2c3d4e5f', 'require name')
      .replace("revision = '9", "from alembic import op\n\nrevision = '9")
      .replace("op.execute('SELECT 1')", "op.alter_column('users', 'name', nullable=False)")
    write({ ...users, 'services/users/migrations/versions/9a9a9a9a9a9a_require_name.py': required })
    const level = (...typed: string[]) =>
      /^(\w+)\[alter-nullable\]/m.exec(onehead(['check', '--scripts', 'all', ...typed]).stdout)?.[1]
    expect(level()).toBe('warning')
    expect(level('--profile', 'strict')).toBe('error')
    write({ 'onehead.json': '{ "profile": "strict" }' })
    expect(level()).toBe('error')
    expect(level('--profile', 'recommended')).toBe('warning')
    write({ 'onehead.json': '{ "profile": "strict", "rules": { "alter-nullable": "info" } }' })
    expect(level('--profile', 'strict')).toBe('info')
    expect(onehead(['check', '--profile', 'loud'])).toMatchObject({ status: 2 })
  })

  it('cannot be parked; what does not stop Alembic can, and then only new findings show', () => {
    const stale = script('9a9a9a9a9a9a', '0a1b2c3d4e5f', 'add avatar').replace(
      'Revises: 0a1b2c3d4e5f',
      'Revises: 111122223333',
    )
    execFileSync('git', ['init', '-q'], { cwd: folder })
    write({ ...users, 'services/users/migrations/versions/9a9a9a9a9a9a_add_avatar.py': stale })
    expect(onehead(['check']).stdout).toContain('warning[stale-docstring]')
    expect(onehead(['check', '--update-baseline'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^1 finding is parked in onehead.baseline.json\n/),
    })
    const after = onehead(['check'])
    expect(after).toMatchObject({ status: 0, stdout: expect.stringContaining('in the baseline') })
    expect(after.stdout).not.toContain('warning[')
    write({ ...billing, ...secondHead })
    expect(onehead(['check'])).toMatchObject({ status: 1 })
    expect(onehead(['check', '--update-baseline'])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('1 cannot be'),
    })
  })
})

describe('wrong flags and nothing to judge', () => {
  it('an empty folder', () => {
    const { status, stdout, stderr } = onehead(['check'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatchInlineSnapshot(`
      "error: no Alembic environment found
        help: run this where an alembic.ini, a pyproject.toml with [tool.alembic] or a Flask-Migrate folder is tracked, or name the configuration file: --config path/to/alembic.ini
      "
    `)
    const json = onehead(['check', '--format', 'json'])
    expect(json.status).toBe(2)
    expect(JSON.parse(json.stdout)).toMatchObject({ schemaVersion: 1, error: { kind: 'usage' } })
  })

  it('a script directory that no configuration names: the command that writes one', () => {
    const { 'services/billing/alembic.ini': _, ...scripts } = billing
    write({ ...scripts, 'services/billing/migrations/script.py.mako': '' })
    const { status, stderr } = onehead(['check'])
    expect({ status, stderr }).toMatchInlineSnapshot(`
      {
        "status": 2,
        "stderr": "error: no Alembic environment found: no configuration names the script directory services/billing/migrations
        help: write one at the root, which Alembic can read as well: printf '%s\\n' '[alembic]' 'script_location = %(here)s/services/billing/migrations' > alembic.ini
      ",
      }
    `)
    const command = /as well: (.*)$/m.exec(stderr)![1]!
    execFileSync('sh', ['-c', command], { cwd: folder })
    expect(onehead(['check']).stdout).toContain('in services/billing')
    write({ 'alembic.ini': '[loggers]\n' })
    expect(onehead(['check']).stderr).toContain('name it under [alembic] in alembic.ini')
  })

  it('a broken onehead.json, with line and column', () => {
    write({ ...billing, 'onehead.json': '{\n  "policy": rebase\n}\n' })
    const { status, stderr } = onehead(['check'])
    expect(status).toBe(2)
    expect(stderr).toContain('onehead.json:2:13')
    expect(stderr).not.toContain('    at ')
  })

  it('a name that is also the directory of others: the one of that name, or all that lie there', () => {
    const both = `${ini}[tenant]\nscript_location = %(here)s/tenant\n`
    const tenant = { 'services/billing/tenant/versions/0a1b2c3d4e5f_.py': script('0a1b2c3d4e5f', null, 'tenants') }
    write({ ...billing, ...tenant, 'services/billing/alembic.ini': both })
    const [main, all] = [
      '8b1f2c7d90aa (head)\n',
      expect.stringContaining('services/billing#tenant:\n0a1b2c3d4e5f (head)\n'),
    ]
    expect(onehead(['heads', 'services/billing']).stdout).toBe(main)
    expect(onehead(['heads', 'services/billing#tenant']).stdout).toBe('0a1b2c3d4e5f (head)\n')
    expect(onehead(['heads', 'services/billing/']).stdout).toEqual(all)
    expect(onehead(['heads', '.', '--root', '../..'], { cwd: join(folder, 'services/billing') }).stdout).toEqual(all)
    const { stderr } = onehead(['revision', '-m', 'add refunds'])
    const command = /such as: onehead (.*)$/m.exec(stderr)![1]!
    expect(command).toBe("revision services/billing -m 'add refunds'")
    // It goes on to what this fixture lacks: a template.
    expect(onehead(['revision', 'services/billing', '-m', 'add refunds']).stdout).toContain('script.py.mako')
  })

  it('a last folder means the only environment there is of that name', () => {
    write({ ...billing, ...users })
    expect(onehead(['heads', 'billing']).stdout).toBe('8b1f2c7d90aa (head)\n')
    const moved = Object.entries(billing).map(([path, text]) => [path.replace('services/', 'old/'), text] as const)
    write(Object.fromEntries(moved))
    expect(onehead(['heads', 'billing'])).toMatchObject({ status: 2, stderr: expect.stringContaining('choose from') })
  })

  it('an environment that is misspelt', () => {
    write({ ...billing, ...users })
    expect(onehead(['check', 'services/biling'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('did you mean'),
    })
  })

  it('a misspelt command and a misspelt flag', () => {
    expect(onehead(['chek']).stderr).toContain('did you mean check?')
    expect(onehead(['check', '--ful']).stderr).toContain('did you mean --full?')
  })
})

describe('around the edges', () => {
  it('a reader that leaves early is no failure', async () => {
    write(billing)
    const child = spawn(process.execPath, [bin, 'history'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const status = await new Promise((resolve) => child.on('close', resolve))
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('the version is that of the package, and loads no use case', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../packages/cli/package.json', import.meta.url), 'utf8'))
    expect(onehead(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
    const traced = spawnSync(process.execPath, ['--input-type=module', '-e', loadedBy(['--version'])], {
      encoding: 'utf8',
    })
    expect(traced.stdout).toContain('packages/cli/bundle/main.cjs')
    expect(traced.stdout).not.toMatch(/packages\/(core|workspace)\//)
    const loaded = traced.stdout.split('\n').filter((url) => url.includes('/bundle/'))
    const bytes = loaded.reduce((sum, url) => sum + statSync(new URL(url)).size, 0)
    expect(bytes, 'the readers and rules alone have ten times as much').toBeLessThan(50_000)
  })

  it('every rule explains itself, and an error piped in is recognised', () => {
    const rules = onehead(['explain'])
      .stdout.split('\n\n')[0]!
      .split('\n')
      .map((line) => line.split(' ')[0]!)
    expect(rules.length).toBeGreaterThan(15)
    for (const rule of [rules[0]!, 'multiple-heads']) expect(onehead(['explain', rule]).stdout).toContain('How to fix')
    const error = "FAILED: Multiple head revisions are present for given argument 'head'"
    expect(onehead(['explain', '-'], { input: error }).stdout).toContain('onehead explain multiple-heads')
  })

  it('hidden characters in a script cannot move the cursor', () => {
    write({
      ...billing,
      'services/billing/migrations/versions/x.py': script('a\u202eb\\x1b[2J', 'gone\u2066', 'x\x1b[2J'),
    })
    for (const typed of [
      ['check'],
      ['heads'],
      ['history'],
      ['graph'],
      ['check', '--format', 'json'],
      ['check', '--format', 'github'],
      ['check', '--format', 'sarif'],
    ]) {
      const { stdout, stderr } = onehead(typed)
      expect(stdout + stderr, typed.join(' ')).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]/)
    }
  })
})

const { python, reason } = providePython('alembic-1.20')

describe.skipIf(reason)(`beside Alembic 1.20${reason === null ? '' : ` (${reason})`}`, () => {
  const version = (id: string, rest: string, docstring: string) => ({
    [`migrations/versions/${id}.py`]: `"""${docstring}"""\nrevision = '${id}'\n${rest}\n\ndef upgrade():\n    pass\n\ndef downgrade():\n    pass\n`,
  })
  const history = {
    'alembic.ini': ini,
    'migrations/env.py': '',
    ...version('aaaa1111', 'down_revision = None', 'create tables\n\nRevises:\n'),
    ...version(
      'bbbb1111',
      "down_revision = 'aaaa1111'\nbranch_labels = 'billing'",
      'add invoices\nand their lines\n\nmore words\n  indented\n',
    ),
    ...version('bbbb2222', "down_revision = 'aaaa1111'", ''),
    ...version('cccc1111', "down_revision = ('bbbb1111', 'bbbb2222')", 'merge invoices and users'),
    ...version('dddd1111', "down_revision = None\nbranch_labels = ('search',)", 'create index'),
    ...version('eeee1111', "down_revision = 'cccc1111'\ndepends_on = ('dddd1111',)", 'größe und 請求'),
    ...version('eeee2222', "down_revision = 'cccc1111'", 'another line'),
  }
  const alembic = (...typed: readonly string[]) =>
    execFileSync(python!, ['-m', 'alembic', ...typed], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PYTHONUTF8: '1' },
    })

  it.each([
    'heads',
    'heads --resolve-dependencies',
    'history',
    'show cccc',
    'show bbbb1',
    'show bbbb2222',
    'show aaaa1111',
    'show heads',
    'show search@head',
    'show billing',
  ])('%s prints the same', (line) => {
    const typed = line.split(' ')
    write(history)
    // Paths are shown as seen from the current folder; `Branches into` has no order in Alembic.
    const theirs = alembic(...typed).replaceAll(`${folder}/`, '')
    const sorted = theirs.replace(
      /^(Branches into: )(.*)$/gm,
      (_, start, list) => start + list.split(', ').sort().join(', '),
    )
    expect(onehead(typed).stdout).toBe(sorted)
  })
})

/** A program that runs the bin and then lists every module that was loaded for it. */
function loadedBy(typed: readonly string[]): string {
  return `
    import fs from 'node:fs'
    import { register } from 'node:module'
    import { pathToFileURL } from 'node:url'
    // The bundle is read and run by bin/compiled.js, not by a loader that could be asked.
    const { readFileSync, writeSync } = fs
    fs.readFileSync = (path, ...how) => {
      if (String(path).endsWith('.cjs')) writeSync(1, pathToFileURL(path) + '\\n')
      return readFileSync(path, ...how)
    }
    register('data:text/javascript,' + encodeURIComponent(\`
      import { writeSync } from 'node:fs'
      export async function load(url, context, next) { writeSync(1, url + '\\\\n'); return next(url, context) }
    \`))
    process.argv = [process.execPath, ${JSON.stringify(bin)}, ...${JSON.stringify(typed)}]
    await import(${JSON.stringify(`file://${bin}`)})
  `
}
