import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { diagnostic, environment, history, marked, report, revision } from '../../../../test/support/reports.js'
import { formatCheckJson, formatErrorJson, formatHeadsJson, formatHistoryJson, formatShowJson } from './json.js'

const schema = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8')) as Schema

/** Validates against one kind of document, so that a check that lost its diagnostics does not pass for `heads`. */
function validate(kind: string, text: string): unknown {
  const document = JSON.parse(text) as unknown
  for (const one of [schema, { $ref: `#/$defs/${kind}`, $defs: schema.$defs ?? {} } as Schema])
    expect(new Validator(one, '2020-12', false).validate(document).errors).toEqual([])
  return document
}

const file = marked("revision = 'bbbb'\ndown_revision = «'aaaa'»")
const found = diagnostic({
  labels: [{ path: 'v/b.py', range: file.range(2), text: 'yours' }],
  notes: ['a note'],
  help: 'revise the other head',
  fix: {
    applicability: 'ask',
    edits: [{ path: 'v/b.py', range: file.range(2), text: "'cccc'" }],
    command: 'onehead rebase',
  },
  graph: [{ revision: 'bbbb', message: '', parents: [{ revision: 'aaaa', indirect: true }], tags: [], isHead: true }],
})
const refused = environment('users', {
  heads: null,
  resolvedHeads: null,
  bases: null,
  branchPoints: null,
  mergePoints: null,
  error: { kind: 'KeyError', revisions: ['gone'], message: "'gone'" },
})

describe('the JSON contract', () => {
  it('check', () => {
    const folded = [
      { rule: 'stale-docstring', severity: 'warn', environments: ['users'], count: 3, reason: 'published' },
    ] as const
    const document = validate(
      'check',
      formatCheckJson(
        report({ diagnostics: [found], environments: [environment('services/billing'), refused], folded }),
      ),
    )
    expect(document).toMatchObject({
      schemaVersion: 1,
      diagnostics: [{ rule: 'multiple-heads', fix: { command: 'onehead rebase' } }],
    })
  })

  it('heads', () => {
    validate('heads', formatHeadsJson([environment('services/billing'), refused]))
  })

  it('history, with a limit', () => {
    const revisions = ['cccc', 'bbbb', 'aaaa'].map((id) => revision(id))
    const text = formatHistoryJson(
      [history('services/billing', revisions), { ...refused, revisions: null, historyError: null, graph: null }],
      2,
    )
    expect(validate('history', text)).toMatchObject({
      environments: [{ revisions: [{ revision: 'cccc' }, { revision: 'bbbb' }] }, { revisions: null }],
    })
  })

  it('show', () => {
    const { name, path, config, section } = environment('services/billing')
    validate('show', formatShowJson([{ name, path, config, section, revisions: [revision('aaaa')] }]))
  })

  it('errors of exit code 2 and 3', () => {
    validate('error', formatErrorJson({ kind: 'usage', message: 'no such option', help: null, place: null }))
    validate('error', formatErrorJson({ kind: 'internal', message: 'x', help: 'tell us', place: 'onehead.json:1:2' }))
  })

  it('is a schema that knows every document it describes, also from the top', () => {
    const described = Object.entries(schema.$defs ?? {}).filter(([, one]) =>
      / --format json/.test((one as Schema).description ?? ''),
    )
    expect(described.length).toBeGreaterThan(10)
    const top = schema.anyOf?.map(({ $ref }: Schema) => $ref)
    expect(described.map(([name]) => `#/$defs/${name}`).filter((ref) => !top?.includes(ref))).toEqual([])
  })

  it('is a schema that refuses what it should', () => {
    const document = JSON.parse(formatCheckJson(report({ diagnostics: [found] })))
    const errors = (kind: string, value: unknown) =>
      new Validator({ $ref: `#/$defs/${kind}`, $defs: schema.$defs ?? {} } as Schema, '2020-12').validate(value).valid
    expect(errors('check', document)).toBe(true)
    const { summary, ...rest } = document
    expect(errors('check', rest)).toBe(false)
    document.diagnostics[0].labels[0].path = '/home/ada/v/b.py'
    expect(errors('check', document)).toBe(false)
  })

  it('says everything in a form that a terminal cannot obey', () => {
    const text = formatCheckJson(report({ diagnostics: [diagnostic({ message: 'a\u202eb\x1b[2J\x9b1m\u200b' })] }))
    expect(text).toContain('a\\u202eb\\u001b[2J\\u009b1m\\u200b')
    expect(JSON.parse(text).diagnostics[0].message).toBe('a\u202eb\x1b[2J\x9b1m\u200b')
  })
})
