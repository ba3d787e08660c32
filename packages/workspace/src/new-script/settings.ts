import { DEFAULT_FILE_TEMPLATE, type Environment, type NewScriptSettings } from '@onehead/core'
import type { Configuration } from '../configuration/index.js'
import { readScriptOptions, type ScriptOptions } from '../environment/index.js'
import { UsageError } from '../errors.js'
import type { LinkResolver } from '../snapshot/links.js'
import { isFailure, type Snapshot } from '../snapshot/snapshot.js'
import { createDateAt } from './create-date.js'

/** Where an environment was found. */
export interface Surroundings {
  readonly snapshot: Snapshot
  readonly links: LinkResolver
  readonly configuration: Configuration
  /** Absolute. */
  readonly root: string
}

/**
 * How scripts are made in an environment: read anew, because nothing else asks for it.
 *
 * @param now microseconds since 1970
 */
export async function loadNewScriptSettings(
  { snapshot, links, configuration, root }: Surroundings,
  environment: Environment,
  now: number,
): Promise<NewScriptSettings> {
  const options = await readScriptOptions(snapshot, environment, configuration, { root, links })
  if (options === null) throw new UsageError(`the environment ${environment.name} is not there any more`)
  const createDate = createDateAt(now, options.timezone)
  return {
    template: await readTemplate(snapshot, links, environment),
    fileTemplate: options.fileTemplate ?? DEFAULT_FILE_TEMPLATE,
    slugLength: options.slugLength ?? 0,
    versionLocations: locations(environment, options),
    besideParent: options.locationCount > 1,
    recursive: environment.recursive,
    convention: environment.settings.fileName,
    createDate: createDate ?? createDateAt(now, 'UTC')!,
    viaAlembic: whyAlembic(options, createDate !== null),
  }
}

function locations({ path, versionLocations }: Environment, { locationCount }: ScriptOptions): readonly string[] {
  // Git keeps no empty folder: in a clone of a history without revisions it is still to be made.
  if (versionLocations.length > 0 || locationCount !== 1) return versionLocations
  return [path === '' ? 'versions' : `${path}/versions`]
}

function whyAlembic(options: ScriptOptions, isDated: boolean): string | null {
  const { hooks, revisionEnvironment, outputEncoding, slugLength, timezone } = options
  if (hooks.length > 0) return `post_write_hooks are configured (${hooks.join(', ')})`
  if (revisionEnvironment !== false) return 'revision_environment is on'
  if (outputEncoding !== null && !/^utf[-_ ]?8$/i.test(outputEncoding)) return `output_encoding is ${outputEncoding}`
  if (slugLength === null) return 'only Python can tell what truncate_slug_length means'
  return isDated ? null : `only Python can tell what timezone "${timezone}" is`
}

async function readTemplate(
  snapshot: Snapshot,
  links: LinkResolver,
  { path }: Environment,
): Promise<Uint8Array | null> {
  const found = await links.resolve(path === '' ? 'script.py.mako' : `${path}/script.py.mako`)
  if (found.kind !== 'found' || found.mode !== 'file') return null
  const directory = found.path.slice(0, Math.max(0, found.path.lastIndexOf('/')))
  const entry = (await snapshot.list(directory))?.find((one) => one.path === found.path)
  let bytes: Uint8Array | null = null
  if (entry !== undefined) {
    await snapshot.readAll([entry], (_, content) => {
      bytes = isFailure(content) ? null : content.slice()
    })
  }
  return bytes
}
