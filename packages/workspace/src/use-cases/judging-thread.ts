import type { Verdict } from '../cache/verdicts.js'
import { createLinkResolver } from '../snapshot/links.js'
import { workingTree } from '../snapshot/working-tree.js'
import { answer, handed } from '../threads.js'
import { diskSurroundings } from './disk-surroundings.js'
import { judgeOne, judgingOptions } from './judge-workspace.js'
import { type HandedWork, take } from './second-thread.js'
import { sourceReader } from './sources.js'

/** Runs in a thread of its own; see `SecondThread`. */
async function judgeWhatIsLeft(work: HandedWork): Promise<ReadonlyMap<number, Verdict>> {
  const { options, configuration, environments, parseAll } = work
  const snapshot = workingTree(options.root)
  const workspace = { snapshot, links: createLinkResolver(snapshot, options.root), configuration, environments }
  const sources = sourceReader(snapshot)
  const judging = await judgingOptions(workspace, options, sources)
  const around = diskSurroundings(work)
  const verdicts = new Map<number, Verdict>()
  for (let next = take(work); next !== null; next = take(work)) {
    verdicts.set(
      next,
      await judgeOne(environments[next]!, null, { workspace, sources, judging, around, options, parseAll }),
    )
  }
  return verdicts
}

judgeWhatIsLeft(handed() as HandedWork).then(answer)
