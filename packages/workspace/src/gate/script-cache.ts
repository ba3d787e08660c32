import {
  buildHistory,
  type Environment,
  type History,
  loadParser,
  type Parser,
  readWithoutLibrary,
  type Script,
  scan,
  toScript,
  type UnreadableScript,
} from '@onehead/core'
import { listScripts } from '../history/list-scripts.js'
import { MAX_PARSED_BYTES } from '../history/load-history.js'
import { createLinkResolver, type LinkResolver } from '../snapshot/links.js'
import { type Entry, isFailure, type ReadFailure, type Snapshot } from '../snapshot/snapshot.js'

type Read = Script | UnreadableScript

/** A history, and which blob each of its scripts is (null where it was reached through a link). */
export interface KnownHistory {
  readonly history: History
  readonly blobs: ReadonlyMap<string, string | null>
}

/** A script with the blob that it was read from. */
export interface OutlinedScript {
  readonly blob: string
  readonly script: Script
}

/**
 * Reads histories at several commits, each script once: a push, its target and their merge share nearly all of them. A blob
 * at a path is the same script in every commit.
 */
export class ScriptCache {
  readonly #read = new Map<string, Read>()
  readonly #links = new WeakMap<Snapshot, LinkResolver>()
  /** Scripts of which only what an earlier run has kept is known. */
  readonly #outlines = new Map<string, Script>()
  #parser: Promise<Parser> | null = null

  /** Loaded when it is first needed. */
  parser(): Promise<Parser> {
    this.#parser ??= loadParser()
    return this.#parser
  }

  links(snapshot: Snapshot): LinkResolver {
    const links = this.#links.get(snapshot) ?? createLinkResolver(snapshot, null)
    this.#links.set(snapshot, links)
    return links
  }

  /** Takes scripts by what an earlier run has kept of them: enough for their place in the history, not for showing them. */
  outline(scripts: Iterable<OutlinedScript>): void {
    for (const { blob, script } of scripts) this.#outlines.set(keyOf({ path: script.path, contentId: blob }), script)
  }

  /** From now on every script is read. True where some were not. */
  forgetOutlines(): boolean {
    const had = this.#outlines.size > 0
    this.#outlines.clear()
    return had
  }

  /**
   * @param isNew by path and blob: such a script goes through the parser, which alone sees every error in it
   */
  async history(
    snapshot: Snapshot,
    environment: Environment,
    isNew: (path: string, blob: string | null) => boolean = () => false,
  ): Promise<KnownHistory> {
    const { files, loadedTwice } = await listScripts(snapshot, this.links(snapshot), environment)
    const known = files.map((file) => (!isEntry(file) ? file : file.contentId === null ? undefined : this.#known(file)))
    const unknown = files.filter((file, index): file is Entry => known[index] === undefined)
    const toParse: { readonly file: Entry; readonly bytes: Uint8Array }[] = []
    const failed = new Map<string, Read>()
    await snapshot.readAll(unknown, (file, content) => {
      if (isFailure(content)) {
        failed.set(file.path, notRead(file.path, content))
        return
      }
      const reading = scan(content)
      this.#read.set(keyOf(file), toScript(file.path, reading))
      const wanted = reading.suspicious === true || isNew(file.path, file.contentId)
      if (wanted && content.length <= MAX_PARSED_BYTES) toParse.push({ file, bytes: content.slice() })
    })
    for (const { file, bytes } of toParse) {
      const { reading } = readWithoutLibrary(bytes) ?? (await this.parser()).readWithTree(bytes)
      this.#read.set(keyOf(file), toScript(file.path, reading))
    }
    const scripts = files.map((file, index) => known[index] ?? failed.get(file.path) ?? this.#known(file as Entry)!)
    const blobs = new Map<string, string | null>()
    // Of two files with one name the target's comes first, and stands.
    for (const { path, contentId } of files.filter(isEntry)) if (!blobs.has(path)) blobs.set(path, contentId)
    return { history: buildHistory(environment, scripts, loadedTwice), blobs }
  }

  #known(file: Entry): Read | undefined {
    const key = keyOf(file)
    return this.#read.get(key) ?? this.#outlines.get(key)
  }
}

/** Without an id (behind a link) the content may differ from commit to commit: such a file is read every time. */
function keyOf({ path, contentId }: Pick<Entry, 'path' | 'contentId'>): string {
  return `${contentId ?? ''} ${path}`
}

function isEntry(file: Entry | UnreadableScript): file is Entry {
  return 'mode' in file
}

function notRead(path: string, { code, message }: ReadFailure): UnreadableScript {
  const cause = code === 'too-large' || code === 'not-downloaded' ? code : 'not-readable'
  return { path, cause, error: null, detail: message, span: { start: 0, end: 0 }, reading: null }
}
