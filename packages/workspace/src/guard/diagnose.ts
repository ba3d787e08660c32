import type { Parser } from '@onehead/core'
import { findBlock } from '../hooks/hook-file.js'
import { GUARD_MARKS, judgeBlock } from './block.js'
import { readEnvFile } from './env-file.js'
import type { GuardedFile } from './load-files.js'
import { guardCommand, wantedBlock } from './plan.js'

/** What an env.py has of the guard. Those that have nothing of it are not told of: nobody must want it. */
export interface GuardVerdict {
  readonly path: string
  readonly environments: readonly string[]
  /** `other`: it stops what another version, or `expectedHeads` as it was, had stopped. `snippet`: the one that guides advise. */
  readonly status: 'stops' | 'other' | 'edited' | 'torn' | 'snippet'
  readonly reason: string | null
  readonly cure: string | null
}

/** Tells of each env.py where the guard stands in it, and whether it is the one that would be put there today. Pure. */
export function diagnoseGuards(files: readonly GuardedFile[], parser: Parser): readonly GuardVerdict[] {
  return files.flatMap((file) => {
    const { path, text, environments } = file
    if (text === null) return []
    const says = (status: GuardVerdict['status'], reason: string | null, cure: string | null): GuardVerdict => ({
      path,
      environments: environments.map(({ name }) => name),
      status,
      reason,
      cure,
    })
    const verdicts: GuardVerdict[] = []
    const place = findBlock(text, GUARD_MARKS)
    if (place.kind === 'torn') verdicts.push(says('torn', place.reason, 'delete what is left of the block by hand'))
    if (place.kind === 'one') {
      const wanted = wantedBlock(file)
      const worth = judgeBlock(text.slice(place.start, place.end), 'lines' in wanted ? wanted.lines : [])
      if (worth === 'current') verdicts.push(says('stops', null, null))
      else if (worth === 'edited')
        verdicts.push(says('edited', 'it was changed by hand', guardCommand(environments, '--uninstall')))
      else verdicts.push(says('other', 'it is not the one that would be put there today', guardCommand(environments)))
    }
    // Parsing takes a while, and nearly no env.py has it.
    const snippet = text.includes('EnvironmentContext') ? readEnvFile(parser, text).snippet : null
    if (snippet !== null) {
      const reason = `line ${snippet.line} opens a second EnvironmentContext: Alembic ends in a KeyError`
      verdicts.push(says('snippet', reason, guardCommand(environments, '--replace-snippet')))
    }
    return verdicts
  })
}
