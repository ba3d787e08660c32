import { describe, expect, it, test } from 'vitest'
import { type CreateDate, createDateText } from './create-date.js'
import { newFileName } from './file-name.js'
import { guardedBody, withGuards } from './guarded.js'
import { type NewScriptSettings, placeOf, renderMerge, renderNewScript, whyLost } from './new-script.js'

const date: CreateDate = {
  year: 2026,
  month: 1,
  day: 5,
  hour: 10,
  minute: 0,
  second: 9,
  microsecond: 0,
  offset: null,
  epoch: 1767607209,
}

/** `@{…}` stands for Mako's expressions. */
const TEMPLATE = `"""@{message}

Revision ID: @{up_revision}
Revises: @{down_revision | comma,n}
Create Date: @{create_date}

"""
from alembic import op
import sqlalchemy as sa
@{imports if imports else ""}

revision = @{repr(up_revision)}
down_revision = @{repr(down_revision)}
branch_labels = @{repr(branch_labels)}
depends_on = @{repr(depends_on)}


def upgrade():
    @{upgrades if upgrades else "pass"}


def downgrade():
    @{downgrades if downgrades else "pass"}
`

function settings(more: Partial<NewScriptSettings> = {}, template: string = TEMPLATE): NewScriptSettings {
  return {
    template: new TextEncoder().encode(template.replaceAll('@{', '\u0024{')),
    fileTemplate: '%(rev)s_%(slug)s',
    slugLength: 0,
    versionLocations: ['billing/migrations/versions'],
    besideParent: false,
    recursive: false,
    convention: null,
    createDate: date,
    viaAlembic: null,
    ...more,
  }
}

const merge = {
  revision: 'dddd',
  message: 'merge add due date and add refunds',
  parents: [
    { revision: 'bbbb', path: 'billing/migrations/versions/bbbb_add_due_date.py' },
    { revision: 'cccc', path: 'billing/migrations/versions/cccc_add_refunds.py' },
  ],
}

function rendered(result: ReturnType<typeof renderMerge>): { path: string; text: string } {
  if ('viaAlembic' in result) throw new Error(result.viaAlembic)
  return { path: result.path, text: new TextDecoder().decode(result.bytes) }
}

describe('a merge revision', () => {
  test('has its parents in the order given, in the docstring and in the tuple', () => {
    const { path, text } = rendered(renderMerge(settings(), merge))
    expect(path).toBe('billing/migrations/versions/dddd_merge_add_due_date_and_add_refunds.py')
    expect(text).toContain('\nRevises: bbbb, cccc\nCreate Date: 2026-01-05 10:00:09\n')
    expect(text).toContain("\ndown_revision = ('bbbb', 'cccc')\nbranch_labels = None\n")
    expect(text).toMatch(/def upgrade\(\):\n {4}pass\n/)
  })

  test('lies beside its first parent where there are several version locations', () => {
    const places = { versionLocations: ['users', 'billing', 'billing/old'], besideParent: true }
    expect(placeOf(settings(places), 'billing/old/2026/a.py')).toBe('billing/old')
    expect(placeOf(settings(places), 'billing/a.py')).toBe('billing')
    expect(placeOf(settings(places), 'other/a.py')).toBeNull()
    expect(placeOf(settings(places), null)).toBeNull()
    expect(renderMerge(settings(places), merge)).toMatchObject({ path: expect.stringMatching(/^billing\/dddd_/) })
  })
})

describe('only the project’s own Alembic can write it', () => {
  const reasonFor = (template: string) => {
    const result = renderMerge(settings({}, template), merge)
    return 'viaAlembic' in result ? result.viaAlembic : null
  }

  it.each([
    ['a control line', '"""@{message}"""\n  % if upgrades:\nx = 1\n  % endif\n', 'it has a control line (line 2)'],
    ['a module block', '<%! import re %>\n', 'it has a Mako tag (line 1)'],
    ['a closing tag', 'a\nb</%def>\n', 'it has a Mako tag (line 2)'],
    ['a call', '\n\n@{message.upper()}\n', 'it has an expression of its own (line 3)'],
    ['another filter', '@{message | trim}\n', 'it has an expression of its own (line 1)'],
    ['a name that nobody gave', '@{config}\n', 'it has an expression of its own (line 1)'],
    ['an expression over lines', '@{repr(\nup_revision)}', 'it has an expression of its own (line 1)'],
    ['an encoding', '# coding: latin-1\n', 'it declares the encoding latin-1'],
    ['a lone carriage return', 'a\rb', 'it has a carriage return without a line feed'],
  ])('with %s in the template', (_, template, reason) => {
    expect(reasonFor(template)).toBe(`script.py.mako is not a plain one: ${reason}`)
  })

  test('without a template, with bytes that are no text, with a hook', () => {
    const none = renderMerge(settings({ template: null }), merge)
    expect(none).toEqual({ viaAlembic: 'there is no script.py.mako' })
    const latin = renderMerge(settings({ template: new Uint8Array([0xe9]) }), merge)
    expect(latin).toEqual({ viaAlembic: 'script.py.mako is not a plain one: it is not UTF-8' })
    const hooked = renderMerge(settings({ viaAlembic: 'post_write_hooks are configured (black)' }), merge)
    expect(hooked).toEqual({ viaAlembic: 'post_write_hooks are configured (black)' })
  })

  it.each(['%(rev)d', '%(nothing)s', '%s', '../%(rev)s', '/%(rev)s', 'a\0%(rev)s'])(
    'for file_template %j',
    (template) => {
      expect(newFileName(template, 0, { revision: 'dddd', message: 'x', createDate: date })).toBeNull()
      expect(renderMerge(settings({ fileTemplate: template }), merge)).toHaveProperty('viaAlembic')
    },
  )
})

describe('what a file is called', () => {
  const pathFor = (more: Partial<NewScriptSettings>) =>
    renderMerge(settings(more), { ...merge, message: 'Join the two' })

  test('by the convention of onehead.json, where Alembic would call it otherwise', () => {
    const path = (name: string) => ({ path: `billing/migrations/versions/${name}` })
    expect(pathFor({ convention: '<date>_<short_description>_<branch_label>' })).toMatchObject(
      path('20260105_join_the_two_dddd.py'),
    )
    expect(pathFor({ convention: '<rev>_<slug>.py' })).toMatchObject(path('dddd_join_the_two.py'))
    expect(pathFor({ convention: '<ticket>-<slug>' })).toMatchObject(path('dddd_join_the_two.py'))
    const folders = { fileTemplate: '%(year)d/%(slug)s', recursive: true, convention: '<rev>_<slug>' }
    expect(pathFor(folders)).toMatchObject(path('2026/dddd_join_the_two.py'))
  })

  test('in folders only where Alembic looks for scripts', () => {
    expect(whyLost(settings(), 'billing/migrations/versions/a.py')).toBeNull()
    expect(whyLost(settings(), 'billing/migrations/versions/2026/a.py')).toBe(
      'it would lie in billing/migrations/versions/2026, where Alembic looks for no scripts: recursive_version_locations is not on',
    )
    expect(whyLost(settings({ recursive: true }), 'billing/migrations/versions/2026/a.py')).toBeNull()
    expect(whyLost(settings({ recursive: true }), 'billing/migrations/a.py')).not.toBeNull()
    expect(whyLost(settings({ versionLocations: [''] }), 'a.py')).toBeNull()
  })
})

test('dates as Python writes them', () => {
  expect(createDateText({ ...date, microsecond: 42, offset: 0 })).toBe('2026-01-05 10:00:09.000042+00:00')
  expect(createDateText({ ...date, offset: -12600 })).toBe('2026-01-05 10:00:09-03:30')
  expect(createDateText({ ...date, offset: 3661 })).toBe('2026-01-05 10:00:09+01:01:01')
})

describe('a guarded script', () => {
  const own = {
    revision: 'dddd',
    message: 'add users',
    parents: ['bbbb'],
    versionLocation: 'billing/migrations/versions',
    body: guardedBody,
  }
  const guarded = (template?: string) => {
    const result = renderNewScript(settings({}, template), own)
    if ('viaAlembic' in result) throw new Error(result.viaAlembic)
    const bytes = withGuards(result.bytes)
    return bytes === null ? null : new TextDecoder().decode(bytes)
  }

  test('shows how steps are asked for, and has what they ask', () => {
    const text = guarded()!
    expect(text).toContain('def upgrade():\n    # Ask before every step')
    expect(text).toContain('\n    #     if lacks("users"):\n')
    expect(text).toMatch(/ {4}pass\n\n\ndef has\(/)
    expect(text).not.toMatch(/[^\n]\n\n\n\n|\n\n$/)
  })

  test('keeps the line ends of its template', () => {
    expect(guarded(TEMPLATE.replaceAll('\n', '\r\n'))).not.toMatch(/(?<!\r)\n/)
  })

  test('needs `op` and `sa`, and a place for what the functions do', () => {
    expect(guarded(TEMPLATE.replace('import sqlalchemy as sa', 'import sqlalchemy'))).toBeNull()
    const noBody = renderNewScript(settings({}, '@{message}'), own)
    expect(noBody).toEqual({ viaAlembic: 'script.py.mako has no place for what upgrade() and downgrade() are to do' })
  })
})
