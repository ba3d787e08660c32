import { execFileSync } from 'node:child_process'
import { type NewScript, type NewScriptSettings, renderNewScript } from '@onehead/core'
import { describe, expect, it } from 'vitest'
import { slugOf } from '../../packages/core/src/new-script/file-name.js'
import { percentFormat } from '../../packages/core/src/new-script/percent-format.js'
import { pythonRepr } from '../../packages/core/src/new-script/python-values.js'
import { providePython } from '../support/python.js'

const { python, reason } = providePython('alembic-1.20')

const PROGRAM = `
import datetime, json, re, sys
from mako.template import Template
from alembic.util import format_as_comma
task = json.load(sys.stdin)
def attempt(action):
    try:
        return action()
    except Exception as error:
        return None
def slug(message, length):
    slug = "_".join(re.findall(r"\\w+", message)).lower()
    if len(slug) > length:
        slug = slug[:length].rsplit("_", 1)[0] + "_"
    return slug
own = task["script"]
values = dict(up_revision=own["revision"], down_revision=tuple(own["parents"]), branch_labels=(own["branchLabel"],),
              depends_on=own["dependsOn"], message=own["message"], comma=format_as_comma, config=None,
              create_date=datetime.datetime(2026, 1, 5, 10, 0))
json.dump({
    "templates": [attempt(lambda: Template(bytes(text, "utf-8")).render_unicode(**values)) for text in task["templates"]],
    "formats": [attempt(lambda: text % task["values"]) for text in task["formats"]],
    "slugs": [slug(text, length) for text, length in task["slugs"]],
    "reprs": [repr(tuple(text) if isinstance(text, list) else text) for text in task["reprs"]],
}, sys.stdout)
`

/** The same numbers in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * sides)
  }
}

function scatter(count: number, seed: number, pieces: readonly string[], longest: number): string[] {
  const roll = dice(seed)
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + roll(longest) }, () => pieces[roll(pieces.length)]!).join(''),
  )
}

/** `@{…}` stands for Mako's expressions. */
const asMako = (text: string) => text.replaceAll('@{', '\u0024{')

const TEMPLATE_PIECES = [
  'revision = ',
  '\n',
  '\r\n',
  '    ',
  '\t',
  '"""',
  '#',
  '##',
  '## note',
  '\\',
  '\\\n',
  '\\\r\n',
  '%',
  '%%',
  '$',
  '{',
  '}',
  '<',
  '<%',
  '</%',
  '\r',
  '% if x:',
  '@{repr(up_revision)}',
  '@{message}',
  '@{ message }',
  '@{down_revision | comma,n}',
  '@{down_revision}',
  '@{branch_labels | comma, n}',
  '@{repr(depends_on)}',
  '@{create_date}',
  '@{upgrades if upgrades else "pass"}',
  "@{downgrades or 'pass'}",
  '@{imports if imports else ""}',
  '@{upgrades}',
  '@{message | n}',
  '@{message.upper()}',
  '@{config or "none"}',
  'é𝔘',
  '# -*- coding: utf-8 -*-\n',
  '# coding: latin-1\n',
  '\ufeff',
]

const FORMATS = ['d', 'i', 'u', 's', 'x', 'X', 'o', 'r', 'a', 'f', 'c', '', 'q'].flatMap((conversion) =>
  ['rev', 'year', 'month', 'epoch', 'slug', 'nothing'].flatMap((name) =>
    ['', '02', '-6', '+', ' ', '#', '.2', '.0', '.', '6.3', '06.3', '-06', '+05', '12', 'l', '*'].map(
      (flags) => `a%%b%(${name})${flags}${conversion}-`,
    ),
  ),
)

const values = { rev: 'dddd', slug: 'ünïcode', year: 2026, month: 7, epoch: 1767607200 }
const templates = scatter(3000, 7, TEMPLATE_PIECES, 12).map(asMako)
const formats = [...FORMATS, '%s', '%', '%%', '100%', '%(rev)', '%()s', '%(a(b))s', '']
const slugs = scatter(
  2000,
  11,
  [
    'a',
    'B',
    '_',
    ' ',
    '-',
    'İ',
    'Σ',
    'ΑΣ ',
    'ß',
    '²',
    '½',
    '日本',
    '\u0301',
    '𐐀',
    '𝟘',
    '٣',
    'ǅ',
    '\u200d',
    '\n',
    'word',
  ],
  30,
).map((text, index) => [text, 1 + (index % 45)] as const)
const reprs = [
  "it's",
  '"',
  `'"`,
  '\\',
  '\n\r\t\x00\x7f\x80\xa0\xad',
  '日本\u2028\ue000\u{1d518}\u{e0001}\u{10ffff}',
  ['a'],
  ['a', "b'"],
]

describe.skipIf(reason)(`parts of a new script as Python has them${reason ? ` (${reason})` : ''}`, () => {
  const input = JSON.stringify({ templates, formats, values, slugs, reprs, script })
  const answers =
    python === null
      ? null
      : JSON.parse(
          execFileSync(python, ['-W', 'ignore', '-c', PROGRAM], { input, encoding: 'utf8', maxBuffer: 1 << 26 }),
        )

  it('templates: what is called plain is rendered like Mako', () => {
    let plain = 0
    for (const [index, template] of templates.entries()) {
      const rendered = renderNewScript({ ...settings, template: Buffer.from(template) }, script)
      if ('viaAlembic' in rendered) continue
      plain++
      expect({ template, text: Buffer.from(rendered.bytes).toString() }).toEqual({
        template,
        text: answers.templates[index],
      })
    }
    expect(plain).toBeGreaterThan(300)
  })

  it('formats: what is formatted is formatted like Python', () => {
    const ours = formats.map((format) => [format, percentFormat(format, values)] as const)
    for (const [index, [format, text]] of ours.entries())
      if (text !== null) expect([format, text]).toEqual([format, answers.formats[index]])
    expect(ours.filter(([, text]) => text !== null).length).toBeGreaterThan(250)
  })

  it('slugs', () => {
    expect(slugs.map(([text, length]) => slugOf(text, length))).toEqual(answers.slugs)
  })

  it('texts and tuples as Python writes them', () => {
    const ours = reprs.map((value) => pythonRepr(typeof value === 'string' ? value : { kind: 'tuple', items: value }))
    expect(ours).toEqual(answers.reprs)
  })
})

const settings: NewScriptSettings = {
  template: null,
  fileTemplate: '%(rev)s_%(slug)s',
  slugLength: 0,
  versionLocations: ['versions'],
  besideParent: false,
  recursive: false,
  convention: null,
  createDate: { year: 2026, month: 1, day: 5, hour: 10, minute: 0, second: 0, microsecond: 0, offset: null, epoch: 0 },
  viaAlembic: null,
}

const script: NewScript = {
  revision: 'dddd',
  message: asMako('add @{due} 50% date'),
  parents: ['bbbb', `c"c'`],
  branchLabel: 'shop',
  dependsOn: ['aaaa', 'eeee'],
  versionLocation: 'versions',
}
