import type { ByHand, StagedColumn, StagedValue } from '@onehead/core'
import type { Ask } from './questions.js'

/**
 * Asks of each column that becomes NOT NULL at once whether it shall get there in several revisions, and which value the rows get
 * that are there. What was left alone is not in the answer.
 */
export async function askValues(
  environment: string,
  columns: readonly StagedColumn[],
  ask: Ask,
): Promise<readonly StagedValue[]> {
  const values: StagedValue[] = []
  for (const column of columns) {
    const value = await askValue(environment, column, ask)
    if (value !== null) values.push({ column, value })
  }
  return values
}

/** What nobody is asked about, and why; empty where there is nothing. */
export function sayByHand(environment: string, byHand: readonly ByHand[]): string {
  return byHand.map(({ message, why }) => `${environment}: ${message}; by hand, because ${why}\n`).join('')
}

const OTHER = 'other'

async function askValue(environment: string, column: StagedColumn, ask: Ask): Promise<string | null> {
  const { operation, name, examples } = column
  const isNew = operation.kind === 'add_column'
  const answer = await ask({
    kind: 'choose',
    message: `${environment}: ${operation.table}.${name} becomes NOT NULL; what do the rows get that are there?`,
    choices: [
      ...examples.map((value, index) => ({ value: `${index}`, label: value, hint: hintFor(isNew) })),
      { value: OTHER, label: 'another value', hint: 'in SQL' },
      { value: 'leave', label: 'leave it as it is' },
    ],
  })
  if (answer === 'leave') return null
  if (answer !== OTHER) return examples[Number(answer)]!
  const typed = await ask({ kind: 'type', message: `in SQL, such as ${examples[0]} or an expression of other columns` })
  return typed.trim() === '' ? null : typed
}

function hintFor(isNew: boolean): string {
  return isNew ? 'nullable, filled, NOT NULL: three revisions' : 'filled in a revision below'
}
