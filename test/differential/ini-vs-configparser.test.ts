import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { parseIni } from '../../packages/workspace/src/environment/ini.js'
import { readIniOption } from '../../packages/workspace/src/environment/interpolation.js'
import { providePython } from '../support/python.js'

const python = providePython('plain')

/** What is compared: the error's class and line, or every option of every section, raw and interpolated. */
type Answer =
  | { error: string; line: number }
  | { sections: [string, [string, { raw: string; value: string | null; error: string | null }][]][] }

const PROGRAM = `
import configparser, io, json, sys
def answer(text):
    parser = configparser.ConfigParser({"here": "/workspace/app"})
    try:
        parser.read_file(io.StringIO(text, newline=None), "alembic.ini")
    except configparser.ParsingError as e:
        line = getattr(e, "lineno", None) or e.errors[0][0]
        return {"error": type(e).__name__, "line": line}
    except configparser.Error as e:
        return {"error": type(e).__name__, "line": e.lineno}
    sections = []
    for section in parser.sections():
        options = []
        for option in sorted(parser.options(section)):
            try:
                value, error = parser.get(section, option), None
            except configparser.Error as e:
                value, error = None, type(e).__name__
            options.append([option, {"raw": parser.get(section, option, raw=True), "value": value, "error": error}])
        sections.append([section, options])
    return {"sections": sections}
print(json.dumps([answer(text) for text in json.load(sys.stdin)]))
`

function ours(text: string): Answer {
  const { ini, error } = parseIni(text)
  if (error !== null) return { error: error.kind, line: error.line }
  return {
    sections: [...ini.sections.keys()].map((section) => {
      const names = new Set([...ini.sections.get(section)!.keys(), ...ini.defaults.keys(), 'here'])
      return [
        section,
        [...names].sort(byCodePoint).map((name) => {
          const raw = (ini.sections.get(section)!.get(name) ?? ini.defaults.get(name))?.raw ?? '/workspace/app'
          const read = readIniOption(ini, section, name, '/workspace/app')!
          return [name, { raw, value: read.value, error: read.failure?.kind ?? null }]
        }),
      ]
    }),
  }
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

const nasty = [
  '',
  '\n\n',
  '\ufeff[alembic]\nscript_location = migrations\n',
  'script_location = migrations\n',
  '# only a comment\n; and another',
  '[alembic]',
  '[]\nx = y',
  '[]]\nx = y',
  '[a]b]c\nx = y',
  '[ alembic ]\nx = y',
  '[alembic] ; comment\nx = y ; kept\n',
  '[alembic\nx = y',
  '[alembic]\nscript_location\n',
  '[alembic]\nscript_location\n[alembic]\n',
  '[alembic]\n= migrations\n  more\n',
  '[alembic]\n= migrations\n= again\n',
  '[alembic]\n : migrations\n',
  '[alembic]\nScript_Location: migrations\nSCRIPT_LOCATION = again\n',
  '[alembic]\nİ = dotted\nstraße = x\nΑΣ = sigma\n',
  '[alembic]\na = 1\n[alembic]\nb = 2\n',
  '[DEFAULT]\na = 1\n[DEFAULT]\nb = 2\n[alembic]\n',
  '[DEFAULT]\na = 1\n[DEFAULT]\na = 2\n',
  '[DEFAULT]\nhere = elsewhere\n[alembic]\nx = %(here)s\n',
  '[alembic]\nhere = %(here)s\n',
  '[alembic]\nversion_locations =\n    a\n    b\n\n    c\n  # gone\n    d ; kept\n\n\nnext = 1\n',
  '[alembic]\nversion_locations =\n\n\n',
  '[alembic]\nx = 1\n  [users]\ny = 2\n',
  '  [alembic]\n  x = 1\n    y = 2\n  z = 3\n',
  '[alembic]\n\tx = 1\n\t\tmore\n        spaces\n',
  '[alembic]\r\nx = 1\r\n  more\r\n\r\ny = 2\r\n',
  '[alembic]\rx = 1\r  more\ry = 2\r',
  '[alembic]\nx = a\x0bb\x0cc\x1cd\x85e\u2028f\n',
  '[alembic]\nx =\x1c a \x85\n\x1cy = 2\n\u3000z = 3\n',
  '[alembic]\nx = \ufeffa\ufeff\n\ufeffy = 2\n',
  '[alembic]\n\u2028x = 1\n',
  '[alembic]\nx\x00y = a\x00b\n',
  '[alembic]\nx == 1\ny := 2\nz =: 3\n',
  '[alembic]\nx = %\ny = %%\nz = %%(here)s\nw = %(here)\nv = %()s\nu = %(here)d\nt = %(nope)s\ns = 100%\n',
  '[alembic]\nx = %(y)s\ny = %(x)s\n',
  '[alembic]\nx = %(x)s\n',
  '[alembic]\nx = %(HERE)s/%(here )s\n',
  '[alembic]\nx = %(a\n  b)s\n',
  '[alembic]\nx = a\n\n\n   \n\t\n  b\n',
  '[alembic]\nx = a\n#\n  ;\n  b\n# y\n',
  '[alembic]\nx = "quoted"\ny = \'single\'\nz = """x"""\n',
  '[alembic]\nx = \u{1f600}\n\u{1f600} = 1\n[\u{1f600}]\nx = %(here)s\n',
  '[alembic]\n  indented = 1\nnot = 2\n',
  '[a]\n[b]\n[c]\n[DEFAULT]\nx = 1\n',
  '[a]\n  x = 1\n[b]\n  y\n  z = 1\n',
  '[default]\nx = 1\n[Default]\ny = 2\n',
  `[alembic]\n${Array.from({ length: 11 }, (_, depth) => `x${depth} = %(x${depth + 1})s`).join('\n')}\nx11 = %%\n`,
  `[alembic]\n${Array.from({ length: 10 }, (_, depth) => `x${depth} = %(x${depth + 1})s`).join('\n')}\nx10 = plain\n`,
]

/** Lines put together at random, from a fixed seed. */
function generated(count: number): string[] {
  let state = 20_260_726
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const pick = <T>(items: readonly T[]): T => items[random(items.length)]!
  const names = [
    'script_location',
    'version_locations',
    'Path_Separator',
    'here',
    'a',
    'b',
    'a b',
    'ñ',
    'sqlalchemy.url',
  ]
  const values = [
    'migrations',
    '%(here)s/db',
    'a, b  c',
    '%(a)s/%(b)s',
    '%%(rev)s',
    '%d',
    'x ; y',
    '# no',
    '',
    'a = b',
    '[x]',
  ]
  const indents = ['', '', '', ' ', '  ', '\t', '    ', '\u00a0', '\x1f']
  const ends = ['\n', '\n', '\n', '\r\n', '\r', ' \n', '\t\n', '\x0c\n']
  const line = (): string => {
    switch (random(9)) {
      case 0:
        return `[${pick(['alembic', 'users', 'billing', 'DEFAULT', 'loggers', 'x]y', ' '])}]${pick(['', '', ' ', ' # c', 'z'])}`
      case 1:
        return pick(['', '', ' ', '\t'])
      case 2:
        return pick(['# comment', '; comment', '#', ' ; x = y', '\t# [alembic]'])
      case 3:
        return pick(['continued', 'no delimiter', 'c:/x', '%(here)s', '[half', 'half]', '=', ':', '= x'])
      default:
        return `${pick(names)}${pick(['=', ' = ', ': ', '  :', '\t=\t', ' =: '])}${pick(values)}${pick(['', '', ' ', '\u3000'])}`
    }
  }
  return Array.from({ length: count }, () => {
    const length = 2 + random(9)
    const start = random(12) === 0 ? '' : `[${pick(['alembic', 'users', 'DEFAULT'])}]\n`
    return start + Array.from({ length }, () => pick(indents) + line() + pick(ends)).join('')
  })
}

describe.skipIf(python.reason !== null)(
  `ini against Python's ConfigParser${python.reason ? ` (${python.reason})` : ''}`,
  () => {
    const texts = [...nasty, ...generated(3000)]
    const theirs = (): Answer[] => {
      const input = JSON.stringify(texts)
      return JSON.parse(execFileSync(python.python!, ['-c', PROGRAM], { input, encoding: 'utf8', maxBuffer: 2 ** 28 }))
    }

    it('gives the same sections, options, values and errors', () => {
      const differing: unknown[] = []
      const kinds = new Set<string>()
      for (const [index, expected] of theirs().entries()) {
        kinds.add('error' in expected ? expected.error : 'read')
        const actual = ours(texts[index]!)
        if (JSON.stringify(sorted(actual)) !== JSON.stringify(sorted(expected))) {
          differing.push({ text: texts[index], actual, expected })
        }
      }
      expect(differing.slice(0, 3)).toEqual([])
      expect([...kinds].sort()).toEqual([
        'DuplicateOptionError',
        'DuplicateSectionError',
        'MissingSectionHeaderError',
        'ParsingError',
        'read',
      ])
    })
  },
)

/** The same key order on both sides. */
function sorted(answer: Answer): unknown {
  if ('error' in answer) return [answer.error, answer.line]
  return answer.sections.map(([name, options]) => [name, options.map(([key, o]) => [key, o.raw, o.value, o.error])])
}
