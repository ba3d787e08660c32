import type { PlacedDifference, RehearsalFinding } from '../rehearse/rehearsal.js'
import { padEnd, visible } from './cells.js'
import { hang } from './frame.js'
import type { Page } from './page.js'

const INDENT = '      '

/** One difference of a schema: what stayed, what is gone, what became something else; with its own line in the script. */
export function drawDifference(
  { kind, line }: Pick<RehearsalFinding, 'kind' | 'line'>,
  difference: PlacedDifference,
  page: Page,
): readonly string[] {
  const { before, after } = difference
  const words = WORDS[kind] ?? USUAL
  const [tone, word] =
    before === null
      ? (['added', words.came] as const)
      : after === null
        ? (['removed', words.went] as const)
        : (['warn', words.changed] as const)
  const text = before !== null && after !== null ? `${before} → ${after}` : (after ?? before ?? '')
  const said = [sayThing(difference), text].filter((one) => one !== '').join(': ')
  const own = difference.line === null || difference.line === line ? '' : ` (line ${difference.line})`
  return hang(tone, padEnd(word, 12), visible(said + own), page, INDENT)
}

/** `index ix_refund_total on refund`, `column refund.total`, `table refund`. */
function sayThing({ kind, table, name }: Pick<PlacedDifference, 'kind' | 'table' | 'name'>): string {
  if (kind === 'column') return `column ${table}.${name}`
  if (table === null) return `${kind} ${name}`
  if (kind === 'table' || kind === 'view') return `${kind} ${table}`
  return name === '' ? `${kind} on ${table}` : `${kind} ${name} on ${table}`
}

const USUAL = { came: 'left behind', went: 'lost', changed: 'changed' }

const WORDS: Partial<Record<RehearsalFinding['kind'], typeof USUAL>> = {
  'differs-again': { came: 'more', went: 'missing', changed: 'changed' },
  'order-matters': { came: 'only then', went: 'not then', changed: 'changed' },
  'schema-differs': { came: 'not in file', went: 'only in file', changed: 'changed' },
}
