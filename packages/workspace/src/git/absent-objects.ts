import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { findGitDirectories } from './directories.js'
import { isOid } from './oid.js'
import { runGit } from './process.js'

/**
 * Downloads objects by their full ids, all in one go. Never rejects.
 * @returns null where they are here now; else why not, in words, `''` where nobody wants a download
 */
export type Download = (oids: readonly string[]) => Promise<string | null>

/** What a partial clone has not downloaded: listed without any download, and fetched together where somebody has said how. */
export class AbsentObjects {
  readonly #cwd: string
  readonly #roots = new Set<string>()
  readonly #known = new Set<string>()
  /** Asked for once, with whatever success: nothing is asked for twice. */
  readonly #asked = new Set<string>()
  #wanted: string[] = []
  #downloading: Promise<void> = Promise.resolve()
  #looking: Promise<void> = Promise.resolve()
  #failure = ''
  #download: Download | null = null

  constructor(cwd: string) {
    this.#cwd = cwd
  }

  /** Why the last download failed, in words; `''` where none was tried. */
  get failure(): string {
    return this.#failure
  }

  /** A root tree to look through for what is absent. */
  addRoot(tree: string): void {
    this.#roots.add(tree)
  }

  downloadWith(download: Download): void {
    this.#download = download
  }

  has(oid: string): boolean {
    return this.#known.has(oid)
  }

  /** Every object that is not there would end git: lists them once for all roots that were added since, downloading none. */
  look(culprit: string): Promise<void> {
    if (isOid(culprit)) this.#known.add(culprit)
    this.#looking = this.#looking.then(() => this.#lookThrough())
    return this.#looking
  }

  /** Downloads what is absent of these before anybody asks for it; in a whole clone nothing is started for that. */
  async prepare(list: () => Promise<Iterable<string>>): Promise<void> {
    if (this.#download === null || !isPartial(this.#cwd)) return
    this.#looking = this.#looking.then(() => this.#lookThrough())
    await this.#looking
    await this.obtain(await list())
  }

  async #lookThrough(): Promise<void> {
    const roots = [...this.#roots]
    this.#roots.clear()
    if (roots.length === 0) return
    const args = ['rev-list', '--objects', '--missing=print', '--no-object-names', '--ignore-missing', '--stdin']
    const { stdout } = await runGit(this.#cwd, args, { input: `${roots.join('\n')}\n` })
    for (const [, oid] of stdout.toString('latin1').matchAll(/^\?([0-9a-f]+)$/gm)) this.#known.add(oid!)
  }

  /** Downloads those that are absent, once. What is asked for at one moment goes out together. */
  obtain(oids: Iterable<string>): Promise<void> {
    if (this.#download === null || this.#known.size === 0) return this.#downloading
    const wanted = [...oids].filter((oid) => this.#known.has(oid) && !this.#asked.has(oid))
    for (const oid of wanted) this.#asked.add(oid)
    const isFirst = this.#wanted.length === 0
    this.#wanted.push(...wanted)
    if (isFirst && wanted.length > 0) {
      const others = new Promise((resolve) => setImmediate(resolve))
      this.#downloading = Promise.all([this.#downloading, others]).then(() => this.#downloadWanted())
    }
    return this.#downloading
  }

  async #downloadWanted(): Promise<void> {
    const oids = [...new Set(this.#wanted)]
    this.#wanted = []
    const failure = await this.#download!(oids)
    if (failure !== null) {
      this.#failure = failure
      return
    }
    for (const oid of oids) {
      this.#known.delete(oid)
      // A tree came with the trees below it; their files may be absent still.
      this.#roots.add(oid)
    }
  }
}

/** Git marks every pack of which the rest is promised, and keeps the mark for as long as that is so. */
function isPartial(cwd: string): boolean {
  const directories = findGitDirectories(cwd, process.env)
  try {
    return directories !== null && readdirSync(join(directories.common, 'objects/pack')).some(isPromised)
  } catch {
    return false
  }
}

function isPromised(name: string): boolean {
  return name.endsWith('.promisor')
}
