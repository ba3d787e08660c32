import { runAlembic } from '../alembic/run-alembic.js'
import type { Runner } from '../alembic/runner.js'

/** `alembic check`: whether the models and the schema agree; null where Alembic cannot compare (no metadata, or older than 1.9). */
export async function compareModels(runner: Runner, x: readonly string[]): Promise<boolean | null> {
  const { failure, stdout, stderr } = await runAlembic(runner, 'check', [], { x })
  const printed = stdout + stderr
  if (/New upgrade operations detected/.test(printed)) return false
  return failure === null && /No new upgrade operations detected/.test(printed) ? true : null
}
