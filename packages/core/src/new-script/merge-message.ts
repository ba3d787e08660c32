import { saysWhatIsMerged } from '../rules/support/merge-words.js'
import { firstLine } from '../rules/support/words.js'

/** One of the lines that a merge revision joins. */
export interface MergedSide {
  readonly revision: string
  /** The message of its head. */
  readonly message: string
  /** Where it comes from, as people call it: a branch, a tag; null where git does not tell. */
  readonly from: string | null
}

/** Names beyond these are counted. */
const NAMED_SIDES = 3
const LONGEST_SIDE = 60

/**
 * A message that says what comes together: the first line of each side and where it comes from, such as `merge add invoice
 * due date (due-dates) and add refund table (origin/main)`.
 *
 * @param otherwise what to name where the sides say nothing: the environment
 */
export function describeMerge(sides: readonly MergedSide[], otherwise: string): string {
  const shown = sides.slice(0, NAMED_SIDES).map(describeSide)
  const rest = sides.length - shown.length
  const names = rest > 0 ? [...shown, `${rest} more`] : shown
  const message = `merge ${[names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(' and ')}`
  const ids = sides.map(({ revision }) => revision)
  return saysWhatIsMerged(message, ids) ? message : `${message} in ${plainText(otherwise)}`
}

function describeSide({ revision, message, from }: MergedSide): string {
  const said = shorten(plainText(firstLine(message)).replace(/[\s.]+$/, ''))
  const name = said === '' ? revision : said
  return from === null ? name : `${name} (${plainText(from)})`
}

/** What ends a docstring, or means something in it, is left out. */
function plainText(text: string): string {
  return text.replace(/["\\\p{Cc}]+/gu, '').trim()
}

function shorten(text: string): string {
  const characters = [...text]
  return characters.length <= LONGEST_SIDE ? text : `${characters.slice(0, LONGEST_SIDE - 1).join('')}…`
}
