import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import {
  change,
  merge,
  mergeChange,
  minePath,
  outcome,
  plan,
  rebase,
  rebaseChange,
  refusal,
  repair,
  script,
  steps,
} from '../../../../test/support/plans.js'
import { diagnostic } from '../../../../test/support/reports.js'
import { bytes } from '../../../../test/support/rule-examples.js'
import { formatRepairPlanJson, formatUndoJson } from './plan-json.js'

const schema = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8')) as Schema

function validate(kind: 'repair' | 'undo', text: string) {
  const document = JSON.parse(text)
  for (const one of [schema, { $ref: `#/$defs/${kind}`, $defs: schema.$defs ?? {} } as Schema])
    expect(new Validator(one, '2020-12', false).validate(document).errors).toEqual([])
  return document
}

const everything = plan({
  git: { kind: 'merge', target: 'origin/main', commit: 'a'.repeat(40), behind: 3 },
  repairs: [
    rebase({ notes: ['a note'] }),
    merge({ dropped: [{ revision: 'm', path: 'v/m.py', by: 'n' }] }),
    repair({
      decision: 'refuse',
      refusals: [refusal('published', 'it is published', { command: 'onehead merge', path: 'v/a.py' })],
      renamed: [{ from: 'a', to: 'b', path: 'v/b.py', formerPath: 'v/a.py' }],
      mended: [{ rule: 'stale-docstring', path: 'v/b.py', text: 'write `Revises: b`' }],
    }),
  ],
  changes: [rebaseChange, mergeChange, change('v/m.py', script('a'), null)],
  refusals: [refusal('no-target', 'no target is known')],
  notices: ['a stale target'],
})

describe('a plan for an agent', () => {
  it('keeps its contract', () => {
    const text = formatRepairPlanJson(
      everything,
      outcome({ applied: true, commit: 'b'.repeat(40), push: 'passes', left: [diagnostic({})], next: 'git push' }),
    )
    const document = validate('repair', text)
    expect(document.plan.repairs[0].databases[0].catchUp.command).toBe(
      'cd billing && alembic stamp 3c9e51a7b204 && alembic upgrade f04d6e2b713c && alembic stamp 8b1f2c7d90aa',
    )
    expect(document.refusals.map(({ environment }: { environment: string | null }) => environment)).toEqual([
      null,
      'billing',
    ])
    document.plan.repairs[0].decision = 'maybe'
    expect(new Validator(schema, '2020-12').validate(document).valid).toBe(false)
  })

  it('is a document also where nothing is to be done', () => {
    expect(validate('repair', formatRepairPlanJson(plan(), outcome()))).toMatchObject({ applied: false, commit: null })
  })

  it.each([
    ['an edited file', rebaseChange],
    ['one with CRLF and a byte order mark', change(minePath, '\ufeffa\r\nb\r\nc', '\ufeffa\r\nd\r\ne\r\nc')],
    ['one whose first line has the byte order mark', change(minePath, '\ufeffa\nb\n', '\ufeffc\nb\n')],
    ['one in Latin-1', { path: minePath, before: latin1('é\na\n'), after: latin1('é\nü\n') }],
    ['one that ends without a line end', change(minePath, 'a\nb', 'a\nb\nc')],
  ])('has edits that make the new bytes of the old: %s', (_, given) => {
    const [file] = JSON.parse(formatRepairPlanJson(plan({ changes: [given] }), outcome())).plan.changes
    const encode = (text: string) => (file.encoding === 'utf-8' ? Buffer.from(text) : latin1(text))
    let edited: Buffer = Buffer.from(given.before!)
    for (const { range, text } of [...file.edits].reverse()) {
      const end = edited.subarray(range.end.offset)
      edited = Buffer.concat([edited.subarray(0, range.start.offset), encode(text), end])
    }
    expect(edited).toEqual(Buffer.from(given.after!))
  })

  it('has the whole text of a new file, and what a renamed one was called', () => {
    const changes = [
      mergeChange,
      change('v/old.py', script('a'), null),
      change('v/new.py', null, script('b')),
      change('v/gone.py', 'nothing of the kind\n', null),
    ]
    const files = JSON.parse(formatRepairPlanJson(plan({ changes }), outcome())).plan.changes
    expect(bytes(files[0].text)).toEqual(mergeChange.after)
    expect(files.map((file: { change: string; from: string | null }) => [file.change, file.from])).toEqual([
      ['add', null],
      ['rename', 'v/old.py'],
      ['delete', null],
    ])
  })
})

describe('an undoing for an agent', () => {
  it('keeps its contract', () => {
    const { environment } = repair()
    const databases = [{ environment, at: 'b', steps: steps('stamp c') }]
    const report = {
      command: 'onehead fix',
      applied: true,
      changes: [rebaseChange],
      git: 'uncommit' as const,
      databases,
      refusals: [],
    }
    expect(validate('undo', formatUndoJson(report)).undo.databases[0].command).toBe('cd billing && alembic stamp c')
    validate('undo', formatUndoJson({ ...report, command: null, refusals: [refusal('changed', 'it changed since')] }))
  })
})

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}
