import { beforeEach, describe, expect, it, vi } from 'vitest'
import { diagnostic, environment, history, report, revision } from '../../../test/support/reports.js'
import { world } from '../../../test/support/world.js'
import { commands } from './command.js'
import { main } from './main.js'

const workspace = vi.hoisted(() => ({
  findRoot: vi.fn(() => ({ root: '/srv/shop', repository: '/srv' })),
  check: vi.fn(),
  updateBaseline: vi.fn(),
  listHeads: vi.fn(),
  listHistory: vi.fn(),
  readRulePage: vi.fn(),
  explain: vi.fn(),
}))
vi.mock('@onehead/workspace', () => workspace)

beforeEach(() => {
  for (const one of Object.values(workspace)) if (one !== workspace.findRoot) one.mockReset()
})

/** Types a line as a shell would split it, where nothing needs quotes. */
const type = (line: string, more = {}) =>
  main(
    line.split(' ').filter((word) => word !== ''),
    world(more),
  )
const finds = (...severities: ('error' | 'warn' | 'info')[]) =>
  workspace.check.mockResolvedValue({
    report: report({ diagnostics: severities.map((severity) => diagnostic({ severity })) }),
    source: () => null,
  })

class UsageError extends Error {
  override name = 'UsageError'
  help = 'correct it'
  place = 'onehead.json:3:14'
}

describe('help and version', () => {
  it('overview', async () => {
    expect((await type('')).stdout).toMatchInlineSnapshot(`
      "onehead keeps every Alembic history of a workspace at one head.

      usage: onehead <command> [options]

      read scripts as text: no Python, no database, no network:
        check      judge every history: heads, parents, ids, cycles, scripts
        heads      list heads, like \`alembic heads\`
        history    list revisions, newest first, like \`alembic history\`
        show       show a revision, like \`alembic show\`
        graph      draw a history

      write scripts, after a look at the branch that they will land on:
        fix        bring every history back to one head, with reasons; --undo takes it back
        rebase     put my unpublished revisions on top of the target's
        merge      write a merge revision of the heads there are, or of those named
        revision   write a new revision on the head that will still be one after the merge

      through the project's own Alembic, with a backup and a way back:
        status     where each database stands, what is pending, and where an unknown revision comes from
        rehearse   run migrations on a copy: up, down and up again, schemas compared
        upgrade    upgrade each database, with a backup, a way back and explained errors
        downgrade  take a database back to a revision, with a backup; says first what is lost
        stamp      write where a database stands, and run nothing; looks whether it is true
        backup     back up each database, and list the backups that there are
        restore    restore a backup beside the database, or on an explicit word in its place
        reset      throw a development database away and build it anew, behind a backup

      set up and understand:
        explain    explain a rule, or an error that Alembic printed
        init       install the git hooks, or take them out
        doctor     tell whether the git hooks would really run here
        hook       what the git hooks run: judge a push, tell what a pull brought
        cache      clear what check keeps of earlier runs

        <command> --help  its options, with examples
        --version         the version

      exit codes: 0 all well, 1 errors found, 2 wrong options or nothing to judge, 3 a failure of onehead
      begin with: onehead check
      "
    `)
    expect(await type('--help')).toEqual(await type(''))
    expect(await type('-h')).toEqual(await type('help'))
  })

  it('of every command', async () => {
    for (const columns of [null, 80]) {
      for (const { name } of commands) {
        const { exitCode, stdout } = await type(`${name} --help`, { columns })
        expect(exitCode).toBe(0)
        for (const line of stdout.split('\n'))
          expect(line.length, `${name}: ${line}`).toBeLessThanOrEqual(columns ?? 100)
      }
    }
    expect((await type('check --help')).stdout).toMatchInlineSnapshot(`
      "usage: onehead check [environment…] [options]

      Judges every Alembic history of the workspace, or those of the environments named (by name, folder
      or configuration file). Nothing is executed. Exits 1 when an error remains.

      options:
            --format FORMAT    text, json, github or sarif
            --scripts WHICH    judge one by one: new scripts (default; the rest is folded), all or none
            --fix              apply safe fixes to scripts that are not published, then check again
            --at REF           judge a commit instead of the working tree
            --staged           judge what is staged
            --merge-with REF   judge what merging HEAD (or --at, --staged) into that branch will make
            --rule RULE …      only this rule
            --profile PROFILE  levels to start from: recommended (default), strict or postgresql-online
            --max-warnings N   fail when there are more warnings
            --no-cache         look at everything again, also at what has not changed since the last time
            --update-baseline  park what is found now in onehead.baseline.json
        -c, --config FILE …    a configuration file with an unusual name; nothing else is looked for
        -n, --name SECTION     the section of that file, like \`alembic -n\`
            --root DIR         the workspace; else the folder with onehead.json, or the git repository
            --cwd DIR          run as if started there
            --full             send every script through the Python parser, not only those that need it
            --color WHEN       colour the text: auto, always or never
            --ascii            draw with ASCII characters only
        -h, --help             show this

      examples:
        onehead check
        onehead check services/billing --scripts all
        onehead check -c deploy/db.ini -n tenants
        onehead check --merge-with origin/main
        onehead check --format github --max-warnings 0
      "
    `)
    const heads = await type('heads --help')
    expect(await type('help heads')).toEqual(heads)
    expect(await type('heads --nonsense -h')).toEqual(heads)
  })

  it('version', async () => {
    expect(await type('--version')).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })
})

describe('exit codes', () => {
  it('0: nothing found, or nothing that counts', async () => {
    finds()
    expect(await type('check')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('✔') })
    finds('warn', 'warn', 'info')
    expect(await type('check')).toMatchObject({ exitCode: 0 })
    expect(await type('check --max-warnings 2')).toMatchObject({ exitCode: 0 })
  })

  it('1: an error remains, or more warnings than allowed', async () => {
    finds('error')
    expect(await type('check')).toMatchObject({ exitCode: 1 })
    expect(await type('check --format json')).toMatchObject({ exitCode: 1 })
    expect(await type('check --format github')).toMatchObject({ exitCode: 1 })
    finds('warn', 'warn')
    expect(await type('check --max-warnings 1')).toMatchObject({ exitCode: 1 })
  })

  it.each([
    ['chekc', 'error: unknown command "chekc"\n  help: did you mean check?\n'],
    [
      'deploy',
      `error: unknown command "deploy"\n  help: the commands are ${commands.map(({ name }) => name).join(', ')}\n`,
    ],
    ['--full check', 'error: unknown option --full\n  help: name the command first: onehead check [options]\n'],
    ['check --fromat json', 'error: unknown option --fromat\n  help: did you mean --format?\n'],
    ['heads --format github', 'error: --format cannot be "github"\n  help: write --format text|json\n'],
    ['check --max-warnings few', 'error: --max-warnings cannot be "few"\n  help: write a whole number\n'],
    ['show', 'error: no revision is named\n  help: write onehead show <revision>\n'],
    [
      'explain multiple-head',
      'error: neither a rule nor a known error: "multiple-head"\n  help: did you mean multiple-heads?\n',
    ],
  ])('2: onehead %s', async (line, stderr) => {
    expect(await type(line)).toEqual({ exitCode: 2, stdout: '', stderr })
  })

  it('2: with help that is typed as onehead was', async () => {
    const { stderr } = await main(['show'], world({ env: { npm_command: 'exec' } }))
    expect(stderr).toContain('help: write npx onehead show <revision>\n')
  })

  it('2: what the workspace says is wrong, with its place', async () => {
    workspace.check.mockRejectedValue(new UsageError('unknown key "targt"'))
    expect(await type('check')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'error: unknown key "targt"\n  at onehead.json:3:14\n  help: correct it\n',
    })
    const { exitCode, stdout } = await type('check --format json')
    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      error: { kind: 'usage', message: 'unknown key "targt"', help: 'correct it', place: 'onehead.json:3:14' },
    })
  })

  it('3: our own failure, with a stack only on request', async () => {
    workspace.check.mockRejectedValue(new TypeError('x is not a function\x1b[2J'))
    const quiet = await type('check')
    expect(quiet).toMatchObject({ exitCode: 3, stdout: '' })
    expect(quiet.stderr).toMatchInlineSnapshot(`
      "internal error: x is not a function\\x1b[2J
        help: this is a fault of onehead: report it with what ONEHEAD_DEBUG=1 adds to this message
      "
    `)
    const loud = await type('check', { env: { ONEHEAD_DEBUG: '1' } })
    expect(loud.stderr).toContain('main.test.ts')
    const json = await type('check --format=json')
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { kind: 'internal' } })
  })
})

describe('check', () => {
  it('hands its flags to the use case', async () => {
    finds()
    await type('check billing --rule multiple-heads --rule second-base --scripts all --full -c db.ini -n tenants')
    expect(workspace.check).toHaveBeenCalledWith(
      expect.objectContaining({
        root: '/srv/shop',
        environments: ['billing'],
        configs: ['db.ini#tenants'],
        rules: ['multiple-heads', 'second-base'],
        scripts: 'all',
        full: true,
      }),
    )
  })

  it('annotates with paths as the repository has them, and ends with the summary', async () => {
    const place = { line: 1, column: 1, offset: 0 }
    const labels = [{ path: 'users/a.py', range: { start: place, end: place }, text: '' }]
    workspace.check.mockResolvedValue({ report: report({ diagnostics: [diagnostic({ labels })] }), source: () => null })
    const { stdout } = await type('check --format github')
    expect(stdout).toContain('::error file=shop/users/a.py,line=1,')
    expect(stdout).toContain('✖ 1 error in services/billing')
  })

  it('parks what is found', async () => {
    workspace.updateBaseline.mockResolvedValue({ path: 'onehead.baseline.json', parked: 12, remaining: 1 })
    const parked = await type('check --update-baseline')
    expect(parked).toMatchObject({ exitCode: 1 })
    expect(parked.stdout).toMatchInlineSnapshot(`
      "12 findings are parked in onehead.baseline.json; 1 cannot be, because they stop Alembic
      next: commit it; \`onehead check\` now shows what is new
      "
    `)
    expect(await type('check billing --update-baseline')).toMatchObject({ exitCode: 2 })
  })
})

describe('heads, history, graph and show', () => {
  const broken = {
    ...environment('users'),
    heads: null,
    resolvedHeads: null,
    error: { kind: 'KeyError', revisions: [], message: "'gone'" },
  }

  it('heads: results on stdout, trouble on stderr', async () => {
    workspace.listHeads.mockResolvedValue({ environments: [environment('billing')] })
    expect(await type('heads')).toEqual({ exitCode: 0, stdout: 'f04d6e2b713c (head)\n', stderr: '' })
    workspace.listHeads.mockResolvedValue({ environments: [environment('billing'), broken] })
    expect(await type('heads')).toEqual({
      exitCode: 1,
      stdout: 'billing:\nf04d6e2b713c (head)\n\nusers:\n',
      stderr:
        "error: the history of users does not load in Alembic: KeyError: 'gone'\n  next: `onehead check` shows the place\n",
    })
    expect(await type('heads --format json')).toMatchObject({ exitCode: 1 })
  })

  const revisions = [
    revision('bbbb1111', {
      downRevisions: ['aaaa2222'],
      isHead: true,
      declaredBranchLabels: ['shop'],
      branchLabels: ['shop'],
    }),
    revision('aaaa2222', { downRevisions: ['elsewhere'] }),
  ]
  const loads = (...environments: unknown[]) => workspace.listHistory.mockResolvedValue({ environments })

  it('history and graph take a limit', async () => {
    const row = { message: '', tags: [], isHead: false }
    loads(
      history(
        'billing',
        revisions,
        revisions.map((one) => ({ ...row, revision: one.revision, parents: [] })),
      ),
    )
    expect((await type('history --limit 1')).stdout).toBe('aaaa2222 -> bbbb1111 (shop) (head), add bbbb1111\n')
    expect((await type('graph --limit 1')).stdout).toBe('○  bbbb1111\n')
    expect(JSON.parse((await type('history --limit 1 --format json')).stdout).environments[0].revisions).toHaveLength(1)
  })

  it('show takes what Alembic takes, also where a parent lives in another package', async () => {
    loads(history('billing', revisions))
    for (const identifier of ['bbbb', 'shop', 'head', 'shop@head', 'heads'])
      expect((await type(`show ${identifier}`)).stdout, identifier).toContain('Rev: bbbb1111 (head)')
    expect((await type('show aaaa --format json')).stdout).toContain('"revision": "aaaa2222"')
  })

  it('show says what is near, and shows what it can where another history is broken', async () => {
    loads(history('billing', revisions))
    expect(await type('show bbbb1112')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'error: no revision "bbbb1112" in billing\n  help: did you mean bbbb1111?\n',
    })
    loads(history('billing', revisions), { ...broken, revisions: null, graph: null, historyError: null })
    expect(await type('show bbbb')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('Rev: bbbb1111') })
  })
})

/** What the workspace says outside of any workspace. */
async function explained(text: string) {
  const { recogniseErrors } = await import('@onehead/core')
  const { errors, unknown } = recogniseErrors(text)
  const explanations = errors.map(({ known, matched }) => {
    const { kind, cause, cure, rules } = known
    const none = { statement: null, environment: null, facts: [], rewrite: [], help: null }
    return { kind, weight: 'cause' as const, matched, cause, cure, rules, ...none, command: 'onehead fix' }
  })
  return { explanations, unknown, seen: [], notes: [] }
}

describe('explain', () => {
  it('a rule, from its page', async () => {
    workspace.readRulePage.mockResolvedValue('# multiple-heads\n\nA history ends in **two** heads.\n')
    expect(await type('explain multiple-heads')).toEqual({
      exitCode: 0,
      stdout: 'multiple-heads\n\nA history ends in two heads.\n',
    })
  })

  it('a rule without its page, by its summary', async () => {
    workspace.readRulePage.mockResolvedValue(null)
    expect((await type('explain multiple-heads')).stdout).toMatch(/^multiple-heads\n\n\w.+\n$/)
  })

  it('an Alembic error, typed or piped in', async () => {
    workspace.explain.mockImplementation(async ({ text }: { text: string }) => explained(text))
    const typed = await type('explain FAILED: Multiple head revisions are present for given argument')
    expect(typed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('`onehead explain multiple-heads`') })
    const readStandardInput = async () => 'FAILED: Multiple head revisions are present for given argument'
    expect(await type('explain -', { readStandardInput })).toEqual(typed)
    expect(await type('explain', { readStandardInput })).toEqual(typed)
    const json = await type('explain - --format json -e billing', { readStandardInput })
    expect(JSON.parse(json.stdout).explanations[0].kind).toBe('multiple-heads')
    expect(workspace.explain.mock.lastCall?.[0]).toMatchObject({ environments: ['billing'] })
    expect(await type('explain -')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('nothing was piped in'),
    })
  })

  it('says what it does not know', async () => {
    workspace.explain.mockImplementation(async ({ text }: { text: string }) => explained(text))
    expect(await type('explain multiple-head')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('did you mean multiple-heads?'),
    })
    const readStandardInput = async () => 'Traceback (most recent call last):\nRuntimeError: no tenant\n'
    const { exitCode, stdout } = await type('explain', { readStandardInput })
    expect([exitCode, stdout]).toEqual([
      1,
      expect.stringContaining('this error is not known:\n  RuntimeError: no tenant'),
    ])
  })

  it('lists the rules, and never waits for a person to type', async () => {
    const { stdout } = await type('explain')
    expect(stdout).toMatch(/^multiple-heads +error +\w/m)
    const readStandardInput = () => Promise.reject(new Error('nobody types here'))
    expect((await type('explain', { isInputTerminal: true, readStandardInput })).stdout).toBe(stdout)
    const { rules, kinds } = JSON.parse((await type('explain --format json')).stdout)
    expect(rules.map((rule: { name: string }) => rule.name)).toContain('multiple-heads')
    expect(kinds).toContain('table-exists')
  })
})
