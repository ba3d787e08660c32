import { describe, expect, test } from 'vitest'
import { exampleEnvironment, readHistory } from '../../../../test/support/read-history.js'
import { bytes, compact } from '../../../../test/support/rule-examples.js'
import { type JudgeOptions, joinJudgements, judge, judgeBroken, judgeHistory } from './judge.js'
import { findRule, isRuleName, nearestRuleName, rules } from './registry.js'

const invoice = script('3c9e51a7b204', 'None')
const stale = '"""add due date\n\nRevises: 000\n"""\n'

function script(revision: string, parent: string, before = ''): string {
  return `${before}revision = '${revision}'\ndown_revision = ${parent}\n`
}

function billing(scripts: Record<string, string>) {
  return new Map(Object.entries(scripts).map(([name, text]) => [`migrations/versions/${name}.py`, bytes(text)]))
}

function judgeFiles(scripts: Record<string, string>, options: Partial<JudgeOptions> = {}) {
  const files = billing(scripts)
  return judgeHistory(readHistory(files), { ...defaults, source: (path) => files.get(path)!, ...options })
}

const defaults: JudgeOptions = {
  levels: (_rule, _environment, byDefault) => byDefault,
  isPublished: () => false,
  baseline: new Set(),
  scripts: 'new',
  source: () => new Uint8Array(),
}
const everything = () => true

describe('old debt', () => {
  const debt = {
    a: invoice,
    b: script('8b1f2c7d90aa', "'3c9e51a7b204'", stale),
    c: script('f04d6e2b713c', "'8b1f2c7d90aa'", stale),
  }

  test('of published scripts is one line per rule', () => {
    const { diagnostics, folded } = judgeFiles(debt, { isPublished: everything })
    expect(diagnostics).toEqual([])
    expect(folded).toEqual([
      { rule: 'stale-docstring', severity: 'warn', environments: ['billing'], count: 2, reason: 'published' },
    ])
  })

  test('is listed when all scripts are asked for', () => {
    const { diagnostics, folded } = judgeFiles(debt, { isPublished: everything, scripts: 'all' })
    expect([diagnostics.length, folded.length]).toEqual([2, 0])
  })

  test('is not even looked for when no scripts are asked for', () => {
    const { diagnostics, folded } = judgeFiles(debt, { isPublished: everything, scripts: 'none' })
    expect([diagnostics.length, folded.length]).toEqual([0, 0])
  })

  test('is parked by a fingerprint that survives moved lines', () => {
    const [first] = judgeFiles(debt).diagnostics
    const moved = { ...debt, b: `# licence\n\n${debt.b}` }
    const { diagnostics, folded } = judgeFiles(moved, { baseline: new Set([first!.fingerprint]) })
    expect(diagnostics.map(({ labels }) => labels[0]?.path)).toEqual(['migrations/versions/c.py'])
    expect(folded).toMatchObject([{ rule: 'stale-docstring', count: 1, reason: 'baseline' }])
  })

  test('is not what stops Alembic, neither published nor parked', () => {
    const fork = {
      a: invoice,
      b: script('8b1f2c7d90aa', "'3c9e51a7b204'"),
      c: script('f04d6e2b713c', "'3c9e51a7b204'"),
    }
    const [heads] = judgeFiles(fork).diagnostics
    const again = judgeFiles(fork, { isPublished: everything, baseline: new Set([heads!.fingerprint]) })
    expect(again.diagnostics.map(({ rule }) => rule)).toEqual(['multiple-heads'])
    expect(again.folded).toEqual([])
  })

  test('is not a dependency that only Python can tell; a label may be', () => {
    const scripts = { a: `${invoice}depends_on = compute()\nbranch_labels = compute()\n` }
    const { diagnostics, folded } = judgeFiles(scripts, { isPublished: everything })
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'cannot tell the depends_on of this script without running it',
    ])
    expect(folded).toMatchObject([{ rule: 'unreadable-script', count: 1 }])
  })

  test('is a star import that might set anything, and never does', () => {
    const scripts = { a: `from shop.models import *\n${invoice}` }
    const { diagnostics, folded } = judgeFiles(scripts, { isPublished: everything })
    expect(diagnostics).toEqual([])
    expect(folded).toMatchObject([{ rule: 'unreadable-script', count: 2 }])
  })

  test('is not what only Python can tell, although Alembic may go on', () => {
    const scripts = { a: invoice, b: "revision = '8b1f2c7d90aa'\ndown_revision = compute()\n" }
    const [first] = judgeFiles(scripts).diagnostics
    const { diagnostics } = judgeFiles(scripts, { isPublished: everything, baseline: new Set([first!.fingerprint]) })
    expect(diagnostics.map(({ rule, stopsAlembic }) => [rule, stopsAlembic])).toEqual([['unreadable-script', false]])
  })

  test('is new as long as nobody can tell what is published', () => {
    expect(judgeFiles(debt, { isPublished: () => null }).diagnostics).toHaveLength(2)
  })

  test('joins over environments, with their names sorted', () => {
    const judgement = judgeFiles(debt, { isPublished: everything })
    const other = { ...judgement, folded: judgement.folded.map((line) => ({ ...line, environments: ['accounts'] })) }
    expect(joinJudgements([judgement, other]).folded).toEqual([
      {
        rule: 'stale-docstring',
        severity: 'warn',
        environments: ['accounts', 'billing'],
        count: 4,
        reason: 'published',
      },
    ])
  })
})

describe('causes come first', () => {
  const ruleOrder = (scripts: Record<string, string>) => judgeFiles(scripts).diagnostics.map(({ rule }) => rule)
  const fork = { a: invoice, b: script('8b1f2c7d90aa', "'3c9e51a7b204'"), c: script('f04d6e2b713c', "'3c9e51a7b204'") }

  test('two heads alone are two heads', () => {
    expect(ruleOrder(fork)).toEqual(['multiple-heads'])
  })

  test('heads are not claimed beside a script that cannot be read, and that script says so', () => {
    const { diagnostics } = judgeFiles({ ...fork, d: 'revision = "d15ea5e0c0de"\ndown_revision = compute()\n' })
    expect(diagnostics.map(({ rule }) => rule)).toEqual(['unreadable-script'])
    expect(diagnostics[0]!.notes).toContain('3 of 4 scripts were read; heads and bases cannot be told')
  })

  test('a parent that an unreadable script declares is not missing', () => {
    const { diagnostics } = judgeFiles({
      a: invoice,
      b: "revision = '8b1f2c7d90aa'\ndown_revision = compute()\n",
      c: script('f04d6e2b713c', "'8b1f2c7d90aa'"),
    })
    expect(diagnostics.map(({ rule }) => rule)).toEqual(['unreadable-script'])
    expect(diagnostics[0]!.notes).toContain('other scripts revise 8b1f2c7d90aa, which may be declared here')
  })

  test('a file-name slip is no second head', () => {
    expect(
      ruleOrder({
        '3c9e_invoice': invoice,
        b: script('8b1f2c7d90aa', "'3c9e51a7b204'"),
        c: script('f04d6e2b713c', "'3c9e_invoice'"),
      }),
    ).toEqual(['missing-down-revision'])
  })

  test('a copy is no second head, and no cycle', () => {
    expect(
      ruleOrder({
        a: invoice,
        b: script('8b1f2c7d90aa', "'3c9e51a7b204'"),
        c: script('8b1f2c7d90aa', "'3c9e51a7b204'"),
      }),
    ).toEqual(['duplicate-revision'])
    expect(
      ruleOrder({
        a: invoice,
        b: script('8b1f2c7d90aa', "'3c9e51a7b204'"),
        c: script('3c9e51a7b204', "'8b1f2c7d90aa'"),
      }),
    ).toEqual(['duplicate-revision'])
  })

  test('a copy of what others revise is no head either', () => {
    const line = {
      a: invoice,
      b: script('8b1f2c7d90aa', "'3c9e51a7b204'"),
      c: script('8b1f2c7d90aa', "'3c9e51a7b204'"),
    }
    expect(ruleOrder({ ...line, d: script('f04d6e2b713c', "'8b1f2c7d90aa'") })).toEqual(['duplicate-revision'])
  })

  test('real heads beside a copy are said after it', () => {
    expect(ruleOrder({ ...fork, d: script('3c9e51a7b204', 'None') })).toEqual(['duplicate-revision', 'multiple-heads'])
  })

  test('down_revisions is the cause, the second base is not', () => {
    const merge = "revision = 'd15ea5e0c0de'\ndown_revision = None\ndown_revisions = ('8b1f2c7d90aa', 'f04d6e2b713c')\n"
    expect(ruleOrder({ ...fork, d: merge })[0]).toBe('misspelt-identifier')
    expect(ruleOrder({ ...fork, d: merge })).not.toContain('second-base')
  })
})

describe('levels and selection', () => {
  const fork = {
    a: invoice,
    b: script('8b1f2c7d90aa', "'3c9e51a7b204'", stale),
    c: script('f04d6e2b713c', "'3c9e51a7b204'"),
  }

  test('a rule that is off does not run; another level is shown', () => {
    const { diagnostics } = judgeFiles(fork, { levels: (rule) => (rule === 'stale-docstring' ? 'info' : 'off') })
    expect(diagnostics.map(({ rule, severity }) => [rule, severity])).toEqual([['stale-docstring', 'info']])
  })

  test('levels are asked with the script directory', () => {
    const asked = new Set<string | null>()
    const levels: JudgeOptions['levels'] = (_rule, environment, byDefault) => {
      asked.add(environment)
      return byDefault
    }
    judgeFiles(fork, { levels })
    expect([...asked]).toEqual(['migrations'])
  })

  test('only the rules asked for; their absence makes no ignore unused', () => {
    const ignored = { ...fork, b: `# onehead: ignore-file stale-docstring — shows the past\n${fork.b}` }
    expect(
      judgeFiles(ignored, { only: ['multiple-heads', 'unused-ignore'] }).diagnostics.map(({ rule }) => rule),
    ).toEqual(['multiple-heads'])
  })
})

describe('ignore comments', () => {
  const fork = (comment: string, inside = '') => ({
    a: invoice,
    b: `revision = '8b1f2c7d90aa'\n${comment}down_revision = (\n    '3c9e51a7b204',${inside}\n)\n`,
    c: script('f04d6e2b713c', "'3c9e51a7b204'"),
  })
  const found = (scripts: Record<string, string>) => judgeFiles(scripts).diagnostics.map(({ rule }) => rule)

  test.each([
    ['on the line before', fork('# onehead: ignore multiple-heads — until May\n')],
    [
      'on the line before, above a comment for another rule',
      fork('# onehead: ignore multiple-heads — until May\n# onehead: ignore second-base, unused-ignore — as well\n'),
    ],
    ['for the whole file', fork('# onehead: ignore-file multiple-heads -- until May\n')],
  ])('silence %s', (_, scripts) => {
    expect(found(scripts)).toEqual([])
  })

  test('are not called unused while a cause keeps their rule silent', () => {
    const scripts = fork('# onehead: ignore multiple-heads — until May\n')
    expect(found({ ...scripts, d: script('d15ea5e0c0de', "'77aa01bb23cc'") })).toEqual(['missing-down-revision'])
  })

  test('go by themselves only where one script decides', () => {
    const fixOf = (rule: string) =>
      judgeFiles({ a: `# onehead: ignore-file ${rule} — no longer\n${invoice}` }).diagnostics[0]!.fix?.applicability
    expect([fixOf('stale-docstring'), fixOf('second-base')]).toEqual(['safe', 'ask'])
  })

  test('do not reach further', () => {
    expect(found(fork('# onehead: ignore multiple-heads — until May\n\n'))).toEqual(['multiple-heads', 'unused-ignore'])
  })
})

describe('a broken configuration', () => {
  const broken = {
    name: 'billing',
    config: 'services/billing/alembic.ini',
    section: 'alembic',
    message: 'no script_location is set',
    span: { start: 0, end: 9 },
    notes: [],
    help: 'set `script_location`',
    error: { kind: 'CommandError', revisions: [], message: "No 'script_location' key found in configuration." },
  }

  test('is a diagnostic, whatever is published', () => {
    const source = () => bytes('[alembic]\n')
    const { diagnostics } = judgeBroken(broken, { ...defaults, isPublished: everything, source })
    expect(compact(diagnostics)).toBe(
      'error broken-configuration: no script_location is set\n  services/billing/alembic.ini:1:1',
    )
    expect(diagnostics[0]!.notes).toEqual([
      "Alembic ends in `CommandError: No 'script_location' key found in configuration.`",
    ])
  })
})

test('judging all at once is judging one by one', () => {
  const files = billing({ a: invoice, b: script('8b1f2c7d90aa', "'77aa01bb23cc'") })
  const options = { ...defaults, source: (path: string) => files.get(path)! }
  const history = readHistory(files)
  expect(judge({ histories: [history, history] }, options)).toEqual(
    joinJudgements([judgeHistory(history, options), judgeHistory(history, options)]),
  )
})

test('an empty history has nothing wrong with it', () => {
  expect(judgeFiles({})).toEqual({ diagnostics: [], folded: [] })
  expect(exampleEnvironment().settings.expectedHeads).toBe(1)
})

describe('rule names', () => {
  test('are known, or the nearest is', () => {
    expect(isRuleName('multiple-heads')).toBe(true)
    expect(isRuleName('toString')).toBe(false)
    expect(nearestRuleName('mutliple-head')).toBe('multiple-heads')
    expect(nearestRuleName('no-console')).toBeNull()
    expect(findRule('second-base')?.severity).toBe('warn')
  })

  test('begin with the causes', () => {
    const order = [
      'broken-configuration',
      'unreadable-script',
      'duplicate-revision',
      'revision-cycle',
      'multiple-heads',
      'second-base',
    ]
    const names: string[] = rules.map((rule) => rule.name)
    const places = order.map((name) => names.indexOf(name))
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })
})
