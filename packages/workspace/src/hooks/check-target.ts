import { nearest } from '@onehead/core'
import { type OperatorSettings, trackingRef } from '../gate/operator.js'
import type { KnownRefs } from '../git/known-refs.js'
import { quote } from './block.js'
import type { Refusal } from './plan.js'

/**
 * Why a branch cannot be what work lands on from this clone, and the way out; null where it can. It is read as the gate reads
 * `onehead.target`: `upstream/main` is a branch of that remote, `main` one of the remote that is pushed to, `self` each
 * branch itself; without any remote `main` is the branch here. Pure.
 */
export function refuseTarget(text: string, settings: OperatorSettings, refs: KnownRefs): Refusal | null {
  if (text === 'self') return null
  const remotes = [...settings.remotes.keys()]
  const branch = text.replace(/^refs\/heads\//, '')
  const own = remotes.filter((name) => text.startsWith(`${name}/`)).sort((a, b) => b.length - a.length)[0]
  if (own !== undefined) return refuseRemoteBranch(text, own, text.slice(own.length + 1), settings, refs)
  if (remotes.length === 0) {
    if (refs.commits.has(`refs/heads/${branch}`)) return null
    return refusal(
      `there is no branch ${text}, and no remote that could have one`,
      near(text, branchesHere(refs)),
      null,
    )
  }
  const isThere = (remote: string) => refs.commits.has(trackingRef(settings, remote, branch) ?? '')
  if (remotes.some(isThere)) return null
  const names = remotes.flatMap((remote) => branchesOf(remote, refs))
  const candidates = [...names, ...names.map((name) => name.slice(name.indexOf('/') + 1))]
  const fetch = remotes.length === 1 ? remotes[0]! : '--all'
  return refusal(
    `no remote has a branch ${text}, as far as is known here`,
    near(text, candidates),
    `git fetch ${quote(fetch)}`,
  )
}

function refuseRemoteBranch(
  text: string,
  remote: string,
  branch: string,
  settings: OperatorSettings,
  refs: KnownRefs,
): Refusal | null {
  const ref = trackingRef(settings, remote, branch)
  if (ref !== null && refs.commits.has(ref)) return null
  const known = branchesOf(remote, refs)
  const fetch = `git fetch ${quote(remote)}`
  if (known.length === 0)
    return refusal(`nothing of ${remote} has been fetched yet, so ${text} is not known here`, null, fetch)
  const close = near(text, known)
  if (ref === null && close === null) {
    const set = `git remote set-branches --add ${quote(remote)} ${quote(branch)} && ${fetch}`
    return refusal(`this clone does not fetch the branch ${branch} of ${remote}`, null, set)
  }
  return refusal(`${remote} has no branch ${branch}, as far as is known here`, close, fetch)
}

/** A name that is nearly the same comes first: a slip is likelier than a branch of today. */
function refusal(message: string, close: string | null, fetch: string | null): Refusal {
  const again =
    fetch === null ? 'name a branch that is there' : `if it is there by now, \`${fetch}\` and run this again`
  return { path: null, message, help: close === null ? again : `did you mean ${close}? ${again}` }
}

function near(text: string, names: readonly string[]): string | null {
  return nearest(text, [...new Set(names)])
}

/** `upstream/main`, … */
function branchesOf(remote: string, { commits }: KnownRefs): readonly string[] {
  const start = `refs/remotes/${remote}/`
  return [...commits.keys()].filter((ref) => ref.startsWith(start)).map((ref) => ref.slice('refs/remotes/'.length))
}

function branchesHere({ commits }: KnownRefs): readonly string[] {
  const start = 'refs/heads/'
  return [...commits.keys()].filter((ref) => ref.startsWith(start)).map((ref) => ref.slice(start.length))
}
