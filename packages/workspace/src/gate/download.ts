import type { Download } from '../git/absent-objects.js'
import { type OperatorSettings, readOperatorSettings } from './operator.js'
import { inSeconds, quietFetch } from './quiet-fetch.js'

/** So long all downloads of one run may take together. */
export const LONGEST_DOWNLOAD_MS = 8000

/**
 * Downloads what a partial clone lacks from the remote that has promised it, if the operator lets onehead fetch: one
 * connection for all, where git itself would open one for each object.
 *
 * @param known the settings, where somebody has read them already; else they are read when the first object is absent
 */
export function downloadFor(
  root: string,
  known: OperatorSettings | null = null,
  longestMs = LONGEST_DOWNLOAD_MS,
): Download {
  let leftMs = longestMs
  let soon: Promise<OperatorSettings> | null = known && Promise.resolve(known)
  return async (oids) => {
    soon ??= readOperatorSettings(root)
    const settings = await soon
    if (settings.fetch === 'never') return ''
    const remotes = settings.promisors.filter((name) => !name.startsWith('-'))
    let failure: string | null = 'no remote has promised it'
    for (const remote of remotes) {
      if (leftMs <= 0) return `no answer within ${inSeconds(longestMs)} seconds`
      const started = performance.now()
      failure = await quietFetch(root, settings, {
        config: ['fetch.negotiationAlgorithm=noop'],
        args: ['--filter=blob:none', '--stdin', '--', remote],
        input: oids.map((oid) => `${oid}\n`).join(''),
        timeoutMs: leftMs,
      })
      leftMs -= performance.now() - started
      if (failure === null) return null
    }
    return failure
  }
}
