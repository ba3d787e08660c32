import { setImmediate as otherWork } from 'node:timers/promises'
import type { Environment } from '@onehead/core'
import { listScripts, type ScriptListing } from '../history/list-scripts.js'
import { type ScannedScripts, scanScripts } from '../history/load-history.js'
import { createLinkResolver } from '../snapshot/links.js'
import { workingTree } from '../snapshot/working-tree.js'
import { PARSED_WITHOUT_ASKING } from './read-workspace.js'

/** So many scripts are kept in memory before anybody can judge them. */
const MOST_SCRIPTS = 10_000

/** The scripts of one environment, read before they can be judged. */
export interface ReadScripts {
  readonly listing: ScriptListing
  readonly scanned: ScannedScripts
}

/**
 * Reads scripts of the working tree while git still looks for changes: what the scanner says does not depend on these. Only
 * where there are many scripts; few all go through the parser.
 */
export class ReadAhead {
  readonly #root: string
  readonly #read = new Map<Environment, ReadScripts>()
  #running: Promise<void> = Promise.resolve()
  #stopped = false

  /** @param root absolute */
  constructor(root: string) {
    this.#root = root
  }

  begin(environments: readonly Environment[]): void {
    // What goes wrong here goes wrong again, and is said, when the rest is read.
    this.#running = this.#readAll(environments).catch(() => {})
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  /** How many environments at the beginning of these are read, and how many scripts they have. */
  extent(environments: readonly Environment[]): { readonly environments: number; readonly scripts: number } {
    let scripts = 0
    for (const [index, environment] of environments.entries()) {
      const read = this.#read.get(environment)
      if (read === undefined) return { environments: index, scripts }
      scripts += read.listing.files.length
    }
    return { environments: environments.length, scripts }
  }

  /** What is read of an environment; it is kept no longer. */
  take(environment: Environment): ReadScripts | null {
    const read = this.#read.get(environment) ?? null
    this.#read.delete(environment)
    return read
  }

  async #readAll(environments: readonly Environment[]): Promise<void> {
    const snapshot = workingTree(this.#root)
    const links = createLinkResolver(snapshot, this.#root)
    let listed: { readonly environment: Environment; readonly listing: ScriptListing }[] = []
    let scripts = 0
    for (const environment of environments) {
      if (this.#stopped || scripts > MOST_SCRIPTS) return
      const listing = await listScripts(snapshot, links, environment)
      listed.push({ environment, listing })
      scripts += listing.files.length
      if (scripts <= PARSED_WITHOUT_ASKING) continue
      for (const one of listed) {
        const scanned = await scanScripts(snapshot, one.listing, { parse: () => false, full: false })
        this.#read.set(one.environment, { listing: one.listing, scanned })
      }
      listed = []
      await otherWork()
    }
  }
}
