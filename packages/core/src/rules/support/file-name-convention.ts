/** A convention for file names such as `<date>_<short_description>_<branch_label>.py`, ready for use. */
export interface FileNameConvention {
  readonly text: string
  readonly matches: (name: string, revision: string) => boolean
  /** Alembic's own setting that makes such names, as it stands in a configuration file; null where there is none. */
  readonly fileTemplate: string | null
  /** A name for a script, or null where a part of it is not known. */
  readonly propose: (parts: NameParts) => string | null
}

export interface NameParts {
  /** `2026-11-20`. */
  readonly date: string | null
  readonly description: string
  readonly revision: string
}

interface Token {
  readonly pattern: (revision: string) => string
  readonly template: string | null
  readonly value: (parts: NameParts) => string | null
}

const DATE: Token = {
  pattern: () => String.raw`\d{4}[-_]?(?:0[1-9]|1[0-2])[-_]?(?:0[1-9]|[12]\d|3[01])`,
  template: '%%(year)d%%(month).2d%%(day).2d',
  value: ({ date }) => date?.replaceAll('-', '') ?? null,
}
const DESCRIPTION: Token = {
  pattern: () => String.raw`[\p{Ll}\p{Lo}\p{N}]+(?:_+[\p{Ll}\p{Lo}\p{N}]+)*_?`,
  template: '%%(slug)s',
  value: ({ description }) => slug(description),
}
/** Alembic knows no branch in a file name: the revision id is what keeps two branches apart. */
const BRANCH: Token = {
  pattern: () => String.raw`[\p{L}\p{N}]+`,
  template: '%%(rev)s',
  value: ({ revision }) => (/^[\p{L}\p{N}]+$/u.test(revision) ? revision : null),
}
const REVISION: Token = {
  pattern: literally,
  template: '%%(rev)s',
  value: ({ revision }) => (/^[\w.]+$/.test(revision) ? revision : null),
}

const TOKENS: Readonly<Record<string, Token>> = {
  date: DATE,
  description: DESCRIPTION,
  short_description: DESCRIPTION,
  slug: DESCRIPTION,
  branch: BRANCH,
  branch_label: BRANCH,
  rev: REVISION,
  revision: REVISION,
}

/** Reads a convention. Words in angle brackets that are none of the known ones stand for any text. */
export function readConvention(text: string): FileNameConvention {
  const body = text.endsWith('.py') ? text.slice(0, -3) : text
  const parts = body.split(/(<[^<>]*>)/).filter((part) => part !== '')
  const tokens = parts.map((part) => tokenOf(part))
  const known = tokens.every((token) => token.template !== null)
  return {
    text: `${body}.py`,
    matches: (name, revision) => {
      const pattern = tokens.map((token) => token.pattern(revision)).join('')
      return new RegExp(`^${pattern}\\.py$`, 'u').test(name)
    },
    fileTemplate: known ? tokens.map((token) => token.template).join('') : null,
    propose: (given) => {
      const values = tokens.map((token) => token.value(given))
      return values.includes(null) ? null : `${values.join('')}.py`
    },
  }
}

function tokenOf(part: string): Token {
  if (!part.startsWith('<'))
    return { pattern: () => literally(part), template: part.replaceAll('%', '%%%%'), value: () => part }
  return TOKENS[part.slice(1, -1)] ?? { pattern: () => '.+', template: null, value: () => null }
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

/** Alembic's slug, shortened at a word like its own. Null where nothing is left. */
function slug(description: string): string | null {
  const words =
    description
      .toLowerCase()
      .match(/[\p{L}\p{N}_]+/gu)
      ?.join('_')
      .replace(/^_+|_+$/g, '') ?? ''
  const short =
    [...words].length > 40
      ? [...words]
          .slice(0, 40)
          .join('')
          .replace(/_[^_]*$/, '')
      : words
  return short === '' ? null : short
}
