import { runGit } from '../git/process.js'

/** What whoever works here has set in git's configuration; nothing of it can come from a pushed commit. */
export interface OperatorSettings {
  /** `onehead.fetch`: whether a push may ask the remote for news of the target. */
  readonly fetch: 'never' | 'auto' | 'always'
  /** `onehead.strict`: what cannot be told blocks. */
  readonly strict: boolean
  /** `onehead.target`: a branch, or `self`. */
  readonly target: string | null
  readonly remotes: ReadonlyMap<string, RemoteSettings>
  /** Remotes that have promised what a partial clone has left out; none in a whole clone. */
  readonly promisors: readonly string[]
  readonly initialBranch: string | null
  /** `core.sshCommand`. */
  readonly sshCommand: string | null
  /** Settings that mean nothing, in words. */
  readonly complaints: readonly string[]
}

export interface RemoteSettings {
  /** Addresses, those for pushing too. */
  readonly urls: readonly string[]
  /** Refspecs of `fetch`. */
  readonly fetch: readonly string[]
}

const KEYS =
  '^(onehead\\..*|remote\\..*\\.(url|pushurl|fetch|promisor)|extensions\\.partialclone|init\\.defaultbranch|core\\.sshcommand)$'

/** Asks git for everything at once: one process. */
export async function readOperatorSettings(cwd: string): Promise<OperatorSettings> {
  const { stdout } = await runGit(cwd, ['config', '-z', '--get-regexp', KEYS])
  return parseOperatorSettings(stdout.toString('utf8'))
}

/** `key LF value NUL` for each; a key alone stands for true. The last one counts, except in lists. */
export function parseOperatorSettings(output: string): OperatorSettings {
  const pairs = pairsIn(output)
  const single = new Map(pairs)
  const { fetch, complaint } = fetchFrom(single.get('onehead.fetch'))
  const { strict, why } = strictnessFrom(single.get('onehead.strict'))
  return {
    fetch,
    strict,
    target: single.get('onehead.target') || null,
    ...remotesIn(pairs),
    initialBranch: single.get('init.defaultbranch') || null,
    sshCommand: single.get('core.sshcommand') || null,
    complaints: [complaint, why === SET ? null : why].filter((one) => one !== null),
  }
}

function fetchFrom(text = 'never'): { readonly fetch: OperatorSettings['fetch']; readonly complaint: string | null } {
  if (text === 'never' || text === 'auto' || text === 'always') return { fetch: text, complaint: null }
  return { fetch: 'never', complaint: `onehead.fetch is "${text}" in git's configuration: write never, auto or always` }
}

/** Whether what cannot be told blocks, and why, in words that follow `because`; null where it does not. */
export interface Strictness {
  readonly strict: boolean
  readonly why: string | null
}

const SET = 'onehead.strict is set'

/** Whoever has written something there wants to be safe: what git could not take for a boolean counts as true. */
function strictnessFrom(text = 'false'): Strictness {
  const truth = truthOf(text)
  if (truth !== null) return { strict: truth, why: truth ? SET : null }
  return {
    strict: true,
    why: `onehead.strict is "${text}" in git's configuration, which counts as true: write true or false`,
  }
}

type Pair = readonly [key: string, value: string]

function pairsIn(output: string): readonly Pair[] {
  const entries = output.split('\0').filter((entry) => entry !== '')
  return entries.map((entry): Pair => {
    const end = entry.indexOf('\n')
    return end === -1 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)]
  })
}

function remotesIn(pairs: readonly Pair[]): Pick<OperatorSettings, 'remotes' | 'promisors'> {
  const remotes = new Map<string, { urls: string[]; fetch: string[] }>()
  const promisors = new Set<string>()
  for (const [key, value] of pairs) {
    const [, name, variable] = /^remote\.(.+)\.(url|pushurl|fetch|promisor)$/s.exec(key) ?? []
    if (key === 'extensions.partialclone') promisors.add(value)
    if (name === undefined) continue
    if (variable === 'promisor') {
      if (truthOf(value) === true) promisors.add(name)
      continue
    }
    const remote = remotes.get(name) ?? { urls: [], fetch: [] }
    remotes.set(name, remote)
    remote[variable === 'fetch' ? 'fetch' : 'urls'].push(value)
  }
  return { remotes, promisors: [...promisors] }
}

/** A boolean as git reads it: its words, or a number; null for anything else. */
function truthOf(text: string): boolean | null {
  if (/^(?:true|yes|on)$/i.test(text)) return true
  if (/^(?:false|no|off|)$/i.test(text)) return false
  const digits = /^[-+]?(0x[0-9a-f]+|\d+)[kmg]?$/i.exec(text)?.[1]
  return digits === undefined ? null : !/^(?:0x)?0+$/i.test(digits)
}

/** The remote that is pushed to: git gives its name, or its address twice where that was typed. */
export function remoteNamed({ remotes }: OperatorSettings, name: string | null, url: string | null): string | null {
  if (name !== null && remotes.has(name)) return name
  for (const address of [url, name]) {
    if (address === null) continue
    for (const [remote, { urls }] of remotes) if (urls.some((one) => sameAddress(one, address))) return remote
  }
  return null
}

function sameAddress(one: string, other: string): boolean {
  const plain = (address: string) => address.replace(/\/+$/, '').replace(/\.git$/, '')
  return plain(one) === plain(other)
}

/** Where `git fetch` keeps a branch of a remote, by its refspecs; only among remote-tracking refs. */
export function trackingRef({ remotes }: OperatorSettings, remote: string, branch: string): string | null {
  const specs = remotes.get(remote)?.fetch ?? []
  for (const spec of specs) {
    const ref = mapped(spec, `refs/heads/${branch}`)
    if (ref?.startsWith('refs/remotes/')) return ref
  }
  // A remote without refspecs (an old clone, a test) is kept where git has always kept them.
  return specs.length === 0 ? `refs/remotes/${remote}/${branch}` : null
}

/** Where a refspec puts a ref; null where it is about others. */
function mapped(spec: string, ref: string): string | null {
  const [source = '', destination = ''] = spec.replace(/^\+/, '').split(':')
  const star = source.indexOf('*')
  if (star === -1) return source === ref ? destination : null
  const [start, end] = [source.slice(0, star), source.slice(star + 1)]
  if (!ref.startsWith(start) || !ref.endsWith(end) || ref.length < start.length + end.length) return null
  return destination.replace('*', () => ref.slice(start.length, ref.length - end.length))
}

/**
 * Only whether what cannot be told blocks: for when everything else has failed. It does not where git cannot be asked.
 */
export async function readStrictness(cwd: string): Promise<Strictness> {
  try {
    const args = ['config', '-z', '--get-regexp', '^onehead\\.strict$']
    const { stdout } = await runGit(cwd, args, { timeoutMs: 2000 })
    const values = pairsIn(stdout.toString('utf8')).map(([, value]) => value)
    return strictnessFrom(values.at(-1))
  } catch {
    return { strict: false, why: null }
  }
}
