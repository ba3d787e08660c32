import { sayMoveStep, visible } from '@onehead/core'
import type { MoveProgress } from '@onehead/workspace'

/** Tells what happens as it happens: steps as results, what Alembic prints as trouble. With JSON, results come in one document at the end. */
export function tellStep(step: MoveProgress, isText: boolean): void {
  if (step.kind === 'output') process.stderr.write(`${visible(step.line)}\n`)
  else if (isText && step.kind !== 'asking' && step.kind !== 'running') process.stdout.write(`  ${sayMoveStep(step)}\n`)
}
