import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { creates, type Script, textOf } from '../support/database-scripts.js'
import { type GitRepository, type GitWorld, gitWorld } from '../support/git-world.js'

const invoice: Script = { id: '3c9e51a7b204', parents: null, ...creates('invoice') }
const dueDate: Script = {
  id: '8b1f2c7d90aa',
  parents: invoice.id,
  upgrade: ["op.add_column('invoice', sa.Column('due', sa.Date(), nullable=False))"],
}
const refund: Script = { id: 'f04d6e2b713c', parents: invoice.id, ...creates('refund') }
const refundToo: Script = { id: 'c1d2e3f4a5b6', parents: invoice.id, ...creates('refund') }

const INI = '[alembic]\nscript_location = %(here)s/migrations\n'

let world: GitWorld
let shop: GitRepository
beforeEach(() => {
  world = gitWorld()
  shop = world.repository('shop')
})
afterEach(() => world.remove())

const pathOf = ({ id }: Script, app = 'billing') => `${app}/migrations/versions/${id}.py`
const filesOf = (scripts: readonly Script[], app = 'billing') => ({
  [`${app}/alembic.ini`]: INI,
  [`${app}/migrations/env.py`]: '',
  ...Object.fromEntries(scripts.map((script) => [pathOf(script, app), textOf(script)])),
})

interface Told {
  readonly kind: string
  readonly environment: string | null
  readonly facts: readonly {
    readonly message: string
    readonly places: readonly { path: string; line: number | null }[]
  }[]
  readonly rewrite: readonly { readonly title: string; readonly code: readonly string[] }[]
  readonly help: string | null
  readonly command: string
}

/** The first explanation of a text that is piped in. */
function told(text: string, ...args: readonly string[]): Told {
  const { status, stdout, output } = shop.onehead(['explain', '--format', 'json', ...args], { input: text })
  expect(status, output).toBe(0)
  return JSON.parse(stdout).explanations[0]
}

const placesOf = ({ facts }: Told) =>
  facts.flatMap(({ places }) => places.map(({ path, line }) => (line === null ? path : `${path}:${line}`)))
const messagesOf = ({ facts }: Told) => facts.map(({ message }) => message)

/** As Alembic prints it while it upgrades, on some other machine. */
const failing = ({ id, parents }: Script, said: string, statement: string, line = 15) =>
  `INFO  [alembic.runtime.migration] Running upgrade ${parents ?? ''} -> ${id}, ${id}
Traceback (most recent call last):
  File "/opt/venv/lib/python3.11/site-packages/alembic/config.py", line 630, in main
    self.run_cmd(cfg, options)
  File "/builds/shop/billing/migrations/versions/${id}.py", line ${line}, in upgrade
    op.something()
  File "/opt/venv/lib/python3.11/site-packages/sqlalchemy/engine/default.py", line 941, in do_execute
    cursor.execute(statement, parameters)
sqlalchemy.exc.ProgrammingError: ${said}
[SQL: ${statement}]
(Background on this error at: https://sqlalche.me/e/20/f405)
`

describe('explain, in this workspace', () => {
  it('shows the heads with file and line, and the command that repairs them', () => {
    shop.commit('Bill', filesOf([invoice, dueDate, refund]))
    const answer = told('FAILED: Multiple head revisions are present for given argument')
    expect(answer).toMatchObject({ kind: 'multiple-heads', environment: 'billing', command: 'onehead fix billing' })
    expect(placesOf(answer)).toEqual([`${pathOf(dueDate)}:12`, `${pathOf(refund)}:12`])
  })

  it('looks at the merge with the target where the working tree has one head', () => {
    const origin = world.bare('origin')
    shop.commit('Bill', filesOf([invoice]))
    shop.git('remote', 'add', 'origin', origin.root)
    shop.git('push', '--quiet', 'origin', 'main')
    shop.git('switch', '--quiet', '-c', 'due')
    shop.commit('Add a due date', filesOf([dueDate]))
    shop.git('switch', '--quiet', 'main')
    shop.commit('Refund', filesOf([refund]))
    shop.git('push', '--quiet', 'origin', 'main')
    shop.git('remote', 'set-head', 'origin', 'main')
    shop.git('switch', '--quiet', 'due')
    const answer = told('FAILED: Multiple head revisions are present for given argument')
    expect(messagesOf(answer)).toEqual([
      expect.stringMatching(/^once origin\/main is merged, this history has 2 heads/),
    ])
    expect(answer.command).toMatch(/^onehead (?:fix|rebase)/)
    shop.git('reset', '--quiet', '--hard', 'main')
    expect(messagesOf(told('FAILED: Multiple heads are present'))[0]).toContain('the error comes from another commit')
  })

  it('names the branch that has the missing script, and the way', () => {
    shop.commit('Bill', filesOf([invoice]))
    shop.git('switch', '--quiet', '-c', 'feature/refund')
    shop.commit('Refund', filesOf([refund]))
    shop.git('switch', '--quiet', 'main')
    const answer = told(`FAILED: Can't locate revision identified by '${refund.id}'`)
    expect(messagesOf(answer)[0]).toMatch(
      /f04d6e2b713c.*is on feature\/refund, brought by Ada on 2026-01-05 \(.* Refund\)/,
    )
    expect(answer.command).toMatch(/^git switch feature\/refund && .*downgrade 3c9e51a7b204/)
  })

  it('names the commit that took the script away, and brings it back', () => {
    shop.commit('Bill', filesOf([invoice, refund]))
    shop.commit('Clean up', { [pathOf(refund)]: null })
    const answer = told(`Error: Can't locate revision identified by '${refund.id}'`)
    expect(messagesOf(answer)[0]).toMatch(/was taken away by Ada .* Clean up\)/)
    expect(answer.command).toMatch(/^git restore --source=\w+~1 -- billing\/migrations\/versions\/f04d6e2b713c\.py$/)
    expect(world.run('sh', ['-c', answer.command], shop.root).status).toBe(0)
    expect(messagesOf(told(`Error: Can't locate revision identified by '${refund.id}'`))[0]).toContain(
      'is declared here',
    )
  })

  it('names the script that revises what is not there', () => {
    shop.commit('Bill', filesOf([invoice, { ...dueDate, parents: 'gone0000' }]))
    const answer = told(
      'Traceback (most recent call last):\n  File "/x/alembic/script/revision.py", line 2, in _map\n    x\nKeyError: \'gone0000\'\n',
    )
    expect(answer.kind).toBe('missing-down-revision')
    expect(placesOf(answer)).toContain(`${pathOf(dueDate)}:12`)
    expect(messagesOf(answer).join('\n')).toMatch(
      /no script here declares gone0000[\s\S]*no branch, tag or earlier commit/,
    )
  })

  it('names the two scripts that create the same table', () => {
    shop.commit('Bill', filesOf([invoice, refund, { ...refundToo, parents: refund.id }]))
    const said = '(psycopg2.errors.DuplicateTable) relation "refund" already exists'
    const answer = told(failing(refundToo, said, 'CREATE TABLE refund (\n\tid SERIAL NOT NULL\n)'))
    expect(answer).toMatchObject({ kind: 'table-exists', environment: 'billing' })
    expect(messagesOf(answer).slice(0, 2)).toEqual([
      'it failed in c1d2e3f4a5b6',
      '2 scripts make table refund, one after the other',
    ])
    expect(placesOf(answer).slice(0, 3)).toEqual([
      `${pathOf(refundToo)}:15`,
      `${pathOf(refund)}:18`,
      `${pathOf(refundToo)}:18`,
    ])
    expect(answer.help).toContain('f04d6e2b713c and c1d2e3f4a5b6')
    expect(answer.command).toBe('onehead status billing')
  })

  it('says that only one script makes what is there already, or none', () => {
    shop.commit('Bill', filesOf([invoice]))
    expect(messagesOf(told('table invoice already exists'))).toContain('only one script makes table invoice')
    expect(messagesOf(told('table tenant already exists'))[0]).toMatch(
      /^no script of billing makes table tenant: something else made it/,
    )
  })

  it('says who makes what is missing, and whether it runs before', () => {
    const pay: Script = { id: 'dd01dd01dd01', parents: invoice.id, upgrade: ["op.execute('UPDATE refund SET id = 1')"] }
    shop.commit('Bill', filesOf([invoice, refund, pay]))
    const said = '(psycopg2.errors.UndefinedTable) relation "refund" does not exist'
    const answer = told(failing(pay, said, 'UPDATE refund SET id = 1'))
    expect(messagesOf(answer).join('\n')).toContain(
      'nothing says that f04d6e2b713c runs before dd01dd01dd01: they are on two lines',
    )
    expect(answer.help).toBe("let dd01dd01dd01 say depends_on = 'f04d6e2b713c', or put it on top of f04d6e2b713c")
    expect(messagesOf(told('no such table: invoices'))[0]).toContain('the nearest name is invoice')
  })

  it('shows the column that stopped it, with the safe way in its own names', () => {
    shop.commit('Bill', filesOf([invoice, dueDate]))
    const said = '(psycopg2.errors.NotNullViolation) column "due" of relation "invoice" contains null values'
    const answer = told(failing(dueDate, said, 'ALTER TABLE invoice ADD COLUMN due DATE NOT NULL', 19))
    expect(answer.kind).toBe('not-null-without-default')
    expect(placesOf(answer)).toContain(`${pathOf(dueDate)}:19`)
    const code = answer.rewrite.flatMap((step) => step.code)
    expect(code[0]).toBe(
      "op.add_column('invoice', sa.Column('due', sa.Date(), nullable=False, server_default='<value>'))",
    )
    expect(code).toContain("op.alter_column('invoice', 'due', existing_type=sa.Date(), nullable=False)")
    const sqlite =
      'sqlite3.OperationalError: Cannot add a NOT NULL column with default value NULL\n[SQL: ALTER TABLE invoice ADD COLUMN due DATE NOT NULL]\n'
    expect(told(sqlite).rewrite).toEqual(answer.rewrite)
  })

  it('knows which of several environments is meant, and takes the word of whoever says it', () => {
    shop.commit('Two apps', {
      ...filesOf([invoice, dueDate, refund]),
      ...filesOf([{ ...invoice, id: '0a0a0a0a0a0a' }], 'users'),
    })
    const conflict = { ...invoice, id: '0b0b0b0b0b0b', parents: '0a0a0a0a0a0a' }
    shop.write({ [pathOf(conflict, 'users')]: `<<<<<<< HEAD\n${textOf(conflict)}` })
    const text = `Traceback (most recent call last):\n  File "/srv/alembic/util/pyfiles.py", line 1, in load\n    x\n  File "/ci/users/migrations/versions/0b0b0b0b0b0b.py", line 1\n    <<<<<<< HEAD\n    ^^\nSyntaxError: invalid syntax\n`
    expect(told(text)).toMatchObject({
      kind: 'unreadable-script',
      environment: 'users',
      facts: [{ places: [{ path: pathOf(conflict, 'users'), line: 1 }] }],
    })
    expect(told('Multiple heads are present', '-e', 'billing').environment).toBe('billing')
    expect(shop.onehead(['explain', 'Multiple heads are present', '-e', 'nope']).status).toBe(2)
  })

  it('of a history that has one head says what is left to do: nothing is repaired that is well', () => {
    shop.commit('Bill', filesOf([invoice]))
    const well = told('Multiple head revisions are present for given argument')
    expect(well).toMatchObject({
      facts: [{ message: expect.stringContaining('the history of billing has one head in the working tree') }],
      help: expect.stringMatching(/^pull where it was printed/),
      command: 'onehead status billing',
    })
    const missing = told(`Revision zz referenced from zz -> ${invoice.id} (head), invoice is not present`)
    expect(missing.command).toBe('onehead check billing')
    shop.write({ 'onehead.json': '{ "environments": { "billing": { "expectedHeads": 2 } } }' })
    shop.commit(
      'Part',
      filesOf([
        { ...invoice, id: 'a0', parents: invoice.id },
        { ...invoice, id: 'b0', parents: invoice.id },
      ]),
    )
    expect(told('Multiple head revisions are present')).toMatchObject({
      help: expect.stringContaining('`heads` instead of `head`'),
      command: 'onehead heads billing',
    })
  })

  it('says what it recognised where it does not know the error, and exits 1', () => {
    shop.commit('Bill', filesOf([invoice]))
    const text = `Running upgrade  -> ${invoice.id}, invoice\nTraceback (most recent call last):\n  File "/ci/${pathOf(invoice)}", line 15, in upgrade\n    x()\nRuntimeError: no tenant\n`
    const { status, stdout } = shop.onehead(['explain', '-'], { input: text })
    expect([status, stdout]).toEqual([
      1,
      expect.stringContaining(`this error is not known:\n  RuntimeError: no tenant\n`),
    ])
    expect(stdout).toContain(`${pathOf(invoice)}:15`)
    expect(stdout).toContain(invoice.id)
    const alone = shop.onehead(['explain', invoice.id])
    expect([alone.status, alone.stdout]).toEqual([1, expect.stringContaining(pathOf(invoice))])
    expect(shop.onehead(['explain', 'segmentation fault']).status).toBe(2)
  })

  it('answers outside of a workspace too', () => {
    const { status, stdout } = shop.onehead(['explain', 'Multiple heads are present'])
    expect([status, stdout]).toEqual([0, expect.stringContaining('no Alembic environment was found here')])
  })

  it('never shows a password', () => {
    shop.commit('Bill', {
      ...filesOf([invoice]),
      'billing/alembic.ini': `${INI}sqlalchemy.url = postgresql://app:hunter2hunter2@db/shop\n`,
    })
    const text =
      'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to server at "db", port 5432 failed: Connection refused\npostgresql://app:hunter2hunter2@db/shop\n'
    const { stdout } = shop.onehead(['explain'], { input: text })
    expect(stdout).toContain('billing/alembic.ini:3')
    expect(stdout).not.toContain('hunter2')
    expect(
      shop.onehead(['explain'], { input: 'RuntimeError: postgresql://app:hunter2hunter2@db/shop\n' }).output,
    ).not.toContain('hunter2')
    const unknown = shop.onehead(['explain', 'see postgresql://app:sesame@db/shop'])
    expect(unknown).toMatchObject({ status: 2, stderr: expect.stringContaining('app:***@db') })
    expect(unknown.output).not.toContain('sesame')
  })
})
