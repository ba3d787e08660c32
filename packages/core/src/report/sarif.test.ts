import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { diagnostic, environment, marked, report } from '../../../../test/support/reports.js'
import { formatSarif } from './sarif.js'

const file = marked("revision = 'bbbb'\ndown_revision = «'aaaa'»")
const label = { path: 'v/b, 100%#x.py', range: file.range(2), text: 'yours' }
const options = {
  rule: (name: string) =>
    name === 'multiple-heads' ? ({ severity: 'error', summary: 'more heads than are right' } as const) : undefined,
  page: (name: string) =>
    name === 'multiple-heads' ? '# multiple-heads\n\n### Fires: one\n\nfirst\n\n### Fires: two\n\nsecond\n' : null,
  version: '1.2.3',
}

const text = { type: 'object', required: ['text'], properties: { text: { type: 'string', minLength: 1 } } }
const positive = { type: 'integer', minimum: 1 }
const artifact = {
  type: 'object',
  required: ['uri'],
  properties: { uri: { type: 'string', format: 'uri-reference', pattern: '^[^/]' }, uriBaseId: { type: 'string' } },
  additionalProperties: false,
}
const region = {
  type: 'object',
  properties: {
    ...{ startLine: positive, startColumn: positive, endLine: positive, endColumn: positive },
    ...{ byteOffset: { type: 'integer', minimum: 0 }, byteLength: { type: 'integer', minimum: 0 } },
  },
  additionalProperties: false,
}
const location = {
  type: 'object',
  properties: {
    id: { type: 'integer', minimum: -1 },
    message: text,
    physicalLocation: {
      type: 'object',
      required: ['artifactLocation'],
      properties: { artifactLocation: artifact, region },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
}
const level = { enum: ['none', 'note', 'warning', 'error'] }
const replacement = {
  type: 'object',
  required: ['deletedRegion'],
  properties: { deletedRegion: region, insertedContent: text },
  additionalProperties: false,
}
const change = {
  type: 'object',
  required: ['artifactLocation', 'replacements'],
  properties: { artifactLocation: artifact, replacements: { type: 'array', minItems: 1, items: replacement } },
  additionalProperties: false,
}
const result = {
  type: 'object',
  required: ['message'],
  properties: {
    ...{ ruleId: { type: 'string' }, ruleIndex: { type: 'integer', minimum: 0 }, level, message: text },
    ...{ locations: { type: 'array', items: location }, relatedLocations: { type: 'array', items: location } },
    partialFingerprints: { type: 'object', additionalProperties: { type: 'string' } },
    fixes: {
      type: 'array',
      items: {
        type: 'object',
        required: ['artifactChanges'],
        properties: { description: text, artifactChanges: { type: 'array', minItems: 1, items: change } },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
}
const rule = {
  type: 'object',
  required: ['id'],
  properties: {
    ...{ id: { type: 'string' }, shortDescription: text, help: text },
    defaultConfiguration: { type: 'object', properties: { level, enabled: { type: 'boolean' } } },
  },
  additionalProperties: false,
}

/** What SARIF 2.1.0 demands of the parts that we write, and nothing that it does not know. */
const sarif = {
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['tool'],
        properties: {
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                properties: { rules: { type: 'array', uniqueItems: true, items: rule } },
              },
            },
          },
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          invocations: {
            type: 'array',
            items: {
              type: 'object',
              required: ['executionSuccessful'],
              properties: {
                toolExecutionNotifications: {
                  type: 'array',
                  items: { type: 'object', required: ['message'], properties: { level, message: text } },
                },
              },
            },
          },
          results: { type: 'array', items: result },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
}

function write(...[given, more]: [Parameters<typeof formatSarif>[0], Partial<Parameters<typeof formatSarif>[1]>?]) {
  const log = JSON.parse(formatSarif(given, { ...options, ...more }))
  const { valid, errors } = new Validator(sarif as Schema, '2020-12', false).validate(log)
  expect(valid ? [] : errors).toEqual([])
  return log.runs[0]
}

const edited = diagnostic({
  severity: 'warn',
  labels: [label, { ...label, path: 'v/c.py', text: '' }],
  notes: ['50% of the scripts\nwere read'],
  help: 'revise the other head',
  fix: {
    applicability: 'ask',
    edits: [{ path: label.path, range: label.range, text: "'cccc'" }],
    command: 'onehead rebase',
  },
  rewrite: [{ title: 'in upgrade()', code: ["op.drop_table('invoice')"] }],
})

describe('a log of SARIF', () => {
  it('has one result for each diagnostic: place, other places, fix and fingerprint', () => {
    const [only] = write(report({ diagnostics: [edited] }), { pathPrefix: 'back end/', program: 'npx onehead' }).results
    expect(only).toMatchInlineSnapshot(`
      {
        "fixes": [
          {
            "artifactChanges": [
              {
                "artifactLocation": {
                  "uri": "back%20end/v/b%2C%20100%25%23x.py",
                  "uriBaseId": "%SRCROOT%",
                },
                "replacements": [
                  {
                    "deletedRegion": {
                      "byteLength": 6,
                      "byteOffset": 2017,
                      "endColumn": 23,
                      "endLine": 2,
                      "startColumn": 17,
                      "startLine": 2,
                    },
                    "insertedContent": {
                      "text": "'cccc'",
                    },
                  },
                ],
              },
            ],
            "description": {
              "text": "revise the other head",
            },
          },
        ],
        "level": "warning",
        "locations": [
          {
            "message": {
              "text": "yours",
            },
            "physicalLocation": {
              "artifactLocation": {
                "uri": "back%20end/v/b%2C%20100%25%23x.py",
                "uriBaseId": "%SRCROOT%",
              },
              "region": {
                "byteLength": 6,
                "byteOffset": 2017,
                "endColumn": 23,
                "endLine": 2,
                "startColumn": 17,
                "startLine": 2,
              },
            },
          },
        ],
        "message": {
          "text": "this history has 2 heads (services/billing)
      yours
      note: 50% of the scripts\\nwere read
      help: revise the other head
      instead: in upgrade()
          op.drop_table('invoice')
      on your machine: npx onehead rebase",
        },
        "partialFingerprints": {
          "onehead/v1": "0123456789abcdef",
        },
        "relatedLocations": [
          {
            "id": 0,
            "physicalLocation": {
              "artifactLocation": {
                "uri": "back%20end/v/c.py",
                "uriBaseId": "%SRCROOT%",
              },
              "region": {
                "byteLength": 6,
                "byteOffset": 2017,
                "endColumn": 23,
                "endLine": 2,
                "startColumn": 17,
                "startLine": 2,
              },
            },
          },
        ],
        "ruleId": "multiple-heads",
        "ruleIndex": 0,
      }
    `)
  })

  it('has the rules that found something, once each, with their page up to the second example', () => {
    const { results, tool } = write(report({ diagnostics: [edited, diagnostic({ rule: 'a-rule' }), edited] }))
    expect(results.map((one: { ruleIndex: number }) => tool.driver.rules[one.ruleIndex].id)).toEqual([
      'multiple-heads',
      'a-rule',
      'multiple-heads',
    ])
    expect(tool.driver.rules).toHaveLength(2)
    const { help, shortDescription, defaultConfiguration } = tool.driver.rules[1]
    expect(shortDescription.text).toBe('more heads than are right')
    expect(defaultConfiguration).toEqual({ level: 'error' })
    expect(help.markdown).toContain('first')
    expect(help.markdown).not.toContain('second')
    expect(help.text).toContain('first')
  })

  it('has what belongs to no place as a result without one, and notes and old debt as notifications', () => {
    const folded = [
      { rule: 'second-base', severity: 'error', environments: ['b'], count: 2, reason: 'baseline' },
    ] as const
    const environments = [environment('services/billing', { notes: ['sourceless = true'] })]
    const { results, invocations } = write(report({ environments, folded, diagnostics: [diagnostic({})] }))
    expect(results[0].locations).toEqual([])
    expect(invocations[0].toolExecutionNotifications).toEqual([
      { level: 'note', message: { text: 'services/billing: sourceless = true' } },
      { level: 'note', message: { text: '2 × second-base in b (baseline): `onehead check --scripts all` lists it' } },
    ])
  })

  it('is whole where nothing was found', () => {
    expect(write(report())).toMatchObject({ results: [], tool: { driver: { name: 'onehead', version: '1.2.3' } } })
  })
})
