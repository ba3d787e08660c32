import { setJsonValue } from '../configuration/json-text.js'
import type { ManifestFact, PackageFact } from './facts.js'
import type { Bytes } from './hook-file.js'
import { preparingScript } from './package-manager.js'

/** Reads what concerns hooks out of package.json; null when it is not a JSON object. */
export function readManifest(text: Bytes): ManifestFact | null {
  let content: unknown
  try {
    content = JSON.parse(decode(text).replace(/^\uFEFF/, ''))
  } catch {
    return null
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return null
  const manifest = content as Record<string, unknown>
  const declared = new Set(
    ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((key) => Object.keys(textsIn(manifest[key]))),
  )
  const hooks = manifest['simple-git-hooks']
  return {
    declaresHusky: declared.has('husky'),
    declaresTool: declared.has('onehead') || manifest.name === 'onehead',
    declaresSimpleGitHooks: declared.has('simple-git-hooks'),
    scripts: textsIn(manifest.scripts),
    simpleGitHooks: typeof hooks === 'object' && hooks !== null ? textsIn(hooks) : null,
  }
}

/** The texts of a table, whatever else stands in it. */
function textsIn(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

const HUSKY_RANGE = '^9.1.7'

/** package.json with husky as a dependency of development and prepared after each install; unchanged where it is. */
export async function withHusky(fact: PackageFact, manifest: ManifestFact): Promise<Bytes> {
  let text = decode(fact.manifest)
  if (!manifest.declaresHusky) text = await setJsonValue(text, ['devDependencies', 'husky'], HUSKY_RANGE)
  const script = preparingScript(fact.packageManager)
  const present = [manifest.scripts.prepare, manifest.scripts.postinstall].some((one) => /\bhusky\b/.test(one ?? ''))
  if (!present) {
    const own = manifest.scripts[script]
    const prepare = huskyCommand(fact.directory)
    text = await setJsonValue(text, ['scripts', script], own === undefined ? prepare : `${own} && ${prepare}`)
  }
  return encode(text)
}

/** What prepares husky from the folder of package.json; husky itself wants to be started at the top of the repository. */
export function huskyCommand(directory: string): string {
  if (directory === '') return 'husky'
  return `cd ${directory.split('/').fill('..').join('/')} && husky ${directory}/.husky`
}

const decode = (bytes: Bytes): string => Buffer.from(bytes, 'latin1').toString('utf8')
const encode = (text: string): Bytes => Buffer.from(text, 'utf8').toString('latin1')
