import type { CreateDate } from './create-date.js'
import { percentFormat } from './percent-format.js'

export const DEFAULT_FILE_TEMPLATE = '%(rev)s_%(slug)s'
const DEFAULT_SLUG_LENGTH = 40

/** What a file name is made of. */
export interface FileNameParts {
  readonly revision: string
  readonly message: string | null
  readonly createDate: CreateDate
}

/**
 * Where below its version location Alembic would put a script (`/` makes folders), or null where only Python can tell.
 *
 * @param fileTemplate `file_template` after interpolation
 * @param slugLength `truncate_slug_length`; 0 stands for Alembic's 40
 */
export function newFileName(fileTemplate: string, slugLength: number, parts: FileNameParts): string | null {
  const { year, month, day, hour, minute, second, epoch } = parts.createDate
  const name = percentFormat(fileTemplate, {
    rev: parts.revision,
    slug: slugOf(parts.message ?? '', slugLength),
    epoch,
    year,
    month,
    day,
    hour,
    minute,
    second,
  })
  if (name === null) return null
  const segments = `${name}.py`.split('/').filter((segment) => segment !== '' && segment !== '.')
  const staysBelow = !name.startsWith('/') && !segments.includes('..') && !name.includes('\0')
  return staysBelow ? segments.join('/') : null
}

/** Alembic's slug: words joined by `_`, in lower case, cut behind a word. Lengths count code points. */
export function slugOf(message: string, slugLength: number): string {
  const limit = slugLength === 0 ? DEFAULT_SLUG_LENGTH : slugLength
  const words = message.match(/[\p{L}\p{N}_]+/gu) ?? []
  const slug = words.join('_').toLowerCase()
  const characters = [...slug]
  if (characters.length <= limit) return slug
  const kept = characters.slice(0, limit).join('')
  const end = kept.lastIndexOf('_')
  return `${end === -1 ? kept : kept.slice(0, end)}_`
}
