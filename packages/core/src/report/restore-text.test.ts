import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import type { BackupNote } from '../upgrade/upgrade.js'
import type { BackupListing, BackupOutcome, ListedBackup } from './backup-report.js'
import { formatBackupList, formatBackups } from './backup-text.js'
import { formatResetJson } from './reset-json.js'
import type { ResetOutcome, ResetPlan } from './reset-report.js'
import { formatResetOutcome, formatResetPlan } from './reset-text.js'
import { formatBackupListJson, formatBackupsJson, formatRestoreJson } from './restore-json.js'
import type { RestoreOutcome, RestorePlan } from './restore-report.js'
import { formatRestoreOutcome, formatRestorePlan } from './restore-text.js'

const environment = { name: 'billing', path: 'billing/migrations', config: 'billing/alembic.ini', section: 'alembic' }
const address = 'postgresql://app@127.0.0.1/billing'
const note: BackupNote = {
  kind: 'file',
  database: null,
  path: '/backups/2026-01-05T10-00-00.000Z_billing-1f2e3d4c.dump',
  bytes: 12_345,
  tables: 3,
  toNewPlace: { place: 'billing_restored', commands: [] },
  inPlace: [],
}
const listed: ListedBackup = {
  backup: '2026-01-05T10-00-00.000Z',
  path: '/backups/2026-01-05T10-00-00.000Z_billing-1f2e3d4c.dump',
  takenAt: '2026-01-05T10:00:00.000Z',
  bytes: 12_345,
  tables: 3,
  revisions: ['aa01'],
  database: 'billing',
  before: null,
}
const database = { name: null, dialect: 'postgresql', address, revisions: ['aa01'] }
const backedUp: BackupOutcome = {
  ...environment,
  databases: [
    { ...database, backup: note, restore: 'onehead restore billing 2026-01-05T10-00-00.000Z', failure: null },
  ],
  failure: null,
}
const plan: RestorePlan = {
  ...{
    ...environment,
    database: null,
    dialect: 'postgresql',
    address,
    backup: listed,
    place: 'billing',
    inPlace: true,
  },
  ...{
    steps: ['back up billing as it is now', 'load the backup'],
    warnings: ['it is a backup of users'],
    refusal: null,
  },
}
const restored: RestoreOutcome = {
  ...{ plan, kind: 'restored', before: note, undo: 'onehead restore billing x --in-place --yes billing' },
  ...{ standing: { revisions: ['aa01'], rows: { invoice: 7, refund: 1200 } }, look: null, discard: null, notes: [] },
  failure: null,
}
const failed: RestoreOutcome = {
  ...{ ...restored, kind: 'failed', undo: null, standing: null },
  failure: {
    ...{ kind: 'failed', message: 'no \x1b[31mspace', help: 'make room', stands: 'billing holds a part' },
    wayBack: ['onehead restore billing x --in-place --yes billing'],
  },
}
const refusal = { kind: 'connected', message: '2 others are connected', help: 'stop them', command: null }
const resetPlan: ResetPlan = {
  ...{ ...environment, databases: [{ ...database, typedName: 'billing', reasons: ['it is on this machine'] }] },
  ...{ history: true, scripts: ['billing/a.py'], steps: ['back up billing'], refusal: null },
}
const wasReset: ResetOutcome = {
  ...{ plan: resetPlan, kind: 'reset', backups: [note], scriptsBackup: '/backups/scripts' },
  ...{ initial: { revision: 'bb02', path: 'billing/bb02_initial.py' }, standing: [['bb02']], modelsAgree: true },
  ...{ undo: ['rm billing/bb02_initial.py', 'cp -R /backups/scripts/. .'], failure: null },
}
const look = { unicode: false, width: 80 }

describe('backups and restores look like', () => {
  it('one that was made, and what restores it', () => {
    expect(formatBackups([backedUp], look)).toMatchInlineSnapshot(`
      "ok: billing: backed up, standing at aa01
          of     postgresql://app@127.0.0.1/billing
          backup /backups/2026-01-05T10-00-00.000Z_billing-1f2e3d4c.dump (12 kB, 3
                 tables, read back)
          next   onehead restore billing 2026-01-05T10-00-00.000Z
      "
    `)
    const failure = { kind: 'missing-program', message: 'pg_dump is not on the PATH', help: 'install it' }
    const none = { ...backedUp, databases: [{ ...database, backup: null, restore: null, failure }] }
    expect(formatBackups([none], look)).toMatchInlineSnapshot(`
      "x billing: there is no backup
          because pg_dump is not on the PATH
          cure: install it
          next: then try again
            onehead backup billing
      "
    `)
  })

  it('those that there are', () => {
    const before = {
      ...listed,
      backup: '2026-01-06T10-00-00.000Z',
      before: 'restore' as const,
      tables: null,
      revisions: null,
    }
    const listing: BackupListing = { ...environment, folder: '/backups', backups: [before, listed] }
    expect(formatBackupList([listing, { ...listing, name: 'users', backups: [] }], look)).toMatchInlineSnapshot(`
      "* billing: 2 backups in /backups
          2026-01-06T10-00-00.000Z  billing  12 kB             (before a restore)
          2026-01-05T10-00-00.000Z  billing  12 kB  3 tables  at aa01
          next   onehead restore billing 2026-01-05T10-00-00.000Z
      ! users: no backups in /backups
          next: make one
            onehead backup users
      "
    `)
  })

  it('a plan, its refusal, and what became of it', () => {
    expect(formatRestorePlan(plan, look)).toMatchInlineSnapshot(`
      "* billing: restore 2026-01-05T10-00-00.000Z
          taken  2026-01-05 10:00:00 UTC, at aa01, 12 kB, 3 tables
          into   postgresql://app@127.0.0.1/billing: everything since is replaced
          steps  1. back up billing as it is now
                 2. load the backup
          warning: it is a backup of users
      "
    `)
    expect(formatRestorePlan({ ...plan, refusal }, look)).toMatchInlineSnapshot(`
      "x billing: nothing is restored
          because 2 others are connected
          next: stop them
      "
    `)
    expect(formatRestoreOutcome(restored, look)).toMatchInlineSnapshot(`
      "ok: billing: restored in place
          stands at aa01
          rows   refund 1,200, invoice 7
          undo   onehead restore billing x --in-place --yes billing
          next   onehead status billing
      "
    `)
    expect(formatRestoreOutcome(failed, look)).toMatchInlineSnapshot(`
      "x billing is not restored: billing holds a part
          because no \\x1b[31mspace
          cure: make room
          before /backups/2026-01-05T10-00-00.000Z_billing-1f2e3d4c.dump (12 kB, 3
                 tables, read back)
          next: this brings back what was there before
            onehead restore billing x --in-place --yes billing
      "
    `)
  })

  it('a reset', () => {
    expect(formatResetPlan(resetPlan, look)).toMatchInlineSnapshot(`
      "* billing: the database and 1 script go, and are made anew
          of     postgresql://app@127.0.0.1/billing, at aa01
          may go it is on this machine
          steps  1. back up billing
      "
    `)
    expect(formatResetOutcome(wasReset, look)).toMatchInlineSnapshot(`
      "ok: billing: one initial revision, and a database made from it
          stands at bb02
          made   billing/bb02_initial.py
          models agree with the schema
          kept   /backups/scripts
          undo   brings back what was there:
            rm billing/bb02_initial.py
            cp -R /backups/scripts/. .
          next   onehead check billing
      "
    `)
  })

  it('commands with what env.py was told: without it another database would be restored', () => {
    const x = ['tenant=b c']
    const next = (text: string) => /(onehead .+)\n$/.exec(text)![1]
    const failure = { message: 'no answer', cause: null, help: null }
    const listing: BackupListing = { ...environment, x, folder: '/backups', backups: [listed] }
    const restore = { ...plan, x, inPlace: false }
    expect(next(formatBackups([{ ...backedUp, x, databases: [], failure }]))).toBe(
      "onehead status billing -x 'tenant=b c'",
    )
    expect(next(formatBackupList([listing]))).toBe(`onehead restore billing ${listed.backup} -x 'tenant=b c'`)
    expect(next(formatBackupList([{ ...listing, backups: [] }]))).toBe("onehead backup billing -x 'tenant=b c'")
    expect(next(formatRestoreOutcome({ ...restored, plan: { ...plan, x } }))).toBe(
      "onehead status billing -x 'tenant=b c'",
    )
    expect(next(formatRestoreOutcome({ ...restored, plan: restore }))).toBe(
      `onehead restore billing ${listed.backup} --in-place -x 'tenant=b c'`,
    )
    expect(next(formatResetOutcome({ ...wasReset, plan: { ...resetPlan, x }, initial: null }))).toBe(
      "onehead status billing -x 'tenant=b c'",
    )
  })

  it('nothing that a terminal would obey', () => {
    expect(formatRestoreOutcome(failed)).not.toContain('\x1b')
  })

  it('the same as JSON, as the schema promises', () => {
    const path = new URL('../../schema/report.schema.json', import.meta.url)
    const { $defs } = JSON.parse(readFileSync(path, 'utf8')) as Schema
    const validate = (name: string, text: string) =>
      new Validator({ $defs: $defs!, $ref: `#/$defs/${name}` }, '2020-12', false).validate(JSON.parse(text)).valid
    const listing: BackupListing = { ...environment, folder: '/backups', backups: [listed] }
    const refused: RestoreOutcome = {
      ...failed,
      kind: 'refused',
      plan: { ...plan, backup: null, refusal },
      failure: null,
    }
    expect(validate('backup', formatBackupsJson([backedUp]))).toBe(true)
    expect(validate('backupList', formatBackupListJson([listing]))).toBe(true)
    for (const one of [restored, failed, refused]) expect(validate('restore', formatRestoreJson(one))).toBe(true)
    const none = { ...wasReset, standing: null, initial: null, failure: failed.failure }
    for (const one of [wasReset, none]) expect(validate('reset', formatResetJson(one))).toBe(true)
    expect(validate('restore', formatBackupsJson([backedUp]))).toBe(false)
  })
})
