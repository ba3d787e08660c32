import { readConvention } from '../rules/support/file-name-convention.js'
import { baseName, firstLine, folderOf } from '../rules/support/words.js'
import type { Script } from '../script/script.js'
import { type CreateDate, createDateText } from './create-date.js'
import { newFileName } from './file-name.js'
import { commaText, type PythonValue, pythonRepr, pythonText, scalarOrTuple } from './python-values.js'
import { readTemplate, type TemplateBody, type TemplatePart, type TemplateValue } from './template.js'

/** How scripts are made in one environment: its template, and the options with which Alembic would make one now. */
export interface NewScriptSettings {
  /** The bytes of `script.py.mako`; null where there is none. */
  readonly template: Uint8Array | null
  /** `file_template` after interpolation. */
  readonly fileTemplate: string
  /** `truncate_slug_length`; 0 stands for Alembic's 40. */
  readonly slugLength: number
  /** Workspace-relative, in Alembic's order; the default one also where it is still to be made. */
  readonly versionLocations: readonly string[]
  /** Whether Alembic looks for scripts in folders below them. */
  readonly recursive: boolean
  /** `fileName` of onehead.json: what files are called that Alembic would call otherwise. */
  readonly convention: string | null
  /** Several are configured: then Alembic puts a script beside its first parent. */
  readonly besideParent: boolean
  readonly createDate: CreateDate
  /**
   * What stands against writing without the project's own Alembic, apart from the template: hooks, an environment that
   * wants to run, an option that only Python understands. Lower case, no full stop; null where nothing does.
   */
  readonly viaAlembic: string | null
}

/** A script that is to be. */
export interface NewScript {
  readonly revision: string
  /** Null: `empty message`, as without `-m`. */
  readonly message: string | null
  /** Full ids in the order in which they are to stand; empty for a base. */
  readonly parents: readonly string[]
  readonly branchLabel?: string
  /** Ids or labels. */
  readonly dependsOn?: readonly string[]
  /** The version location that it goes to, workspace-relative. */
  readonly versionLocation: string
  /** What stands in the functions; nothing where not given. Lines without the first indentation. */
  readonly body?: ScriptBody
}

/** A merge revision that is to be. */
export interface NewMerge {
  readonly revision: string
  readonly message: string | null
  /** In the order in which they are to stand. */
  readonly parents: readonly Pick<Script, 'revision' | 'path'>[]
  readonly branchLabel?: string
}

export interface ScriptBody {
  readonly upgrade: readonly string[]
  readonly downgrade: readonly string[]
}

/** The file as Alembic would write it; or why only the project's own Alembic can tell: lower case, no full stop. */
export type RenderedScript = { readonly path: string; readonly bytes: Uint8Array } | { readonly viaAlembic: string }

/**
 * Renders a script byte for byte as `alembic revision` and `alembic merge` would with this project's template and
 * options. Whether Alembic would accept the parents, the id and the label is the caller's to know.
 */
export function renderNewScript(settings: NewScriptSettings, script: NewScript): RenderedScript {
  if (settings.viaAlembic !== null) return { viaAlembic: settings.viaAlembic }
  if (settings.template === null) return { viaAlembic: 'there is no script.py.mako' }
  const reading = readTemplate(settings.template)
  if ('notPlain' in reading) return { viaAlembic: `script.py.mako is not a plain one: ${reading.notPlain}` }
  const path = pathOf(settings, script)
  if (path === null) return { viaAlembic: `only Python can tell what file_template "${settings.fileTemplate}" makes` }
  if (script.body !== undefined && !takesBody(reading.parts)) {
    return { viaAlembic: 'script.py.mako has no place for what upgrade() and downgrade() are to do' }
  }
  return { path, bytes: new TextEncoder().encode(fill(reading.parts, settings, script)) }
}

/** Null where only Python can tell. */
function pathOf(settings: NewScriptSettings, script: NewScript): string | null {
  const { fileTemplate, slugLength, createDate } = settings
  const { revision, message, versionLocation } = script
  const fileName = newFileName(fileTemplate, slugLength, { revision, message, createDate })
  if (fileName === null) return null
  const path = versionLocation === '' ? fileName : `${versionLocation}/${fileName}`
  return underConvention(settings, { path, revision, message })
}

/**
 * What a new file is called where onehead.json has a convention that its name does not follow: Alembic never reads names. A
 * convention with parts that nobody can fill in leaves it as it is.
 */
export function underConvention(
  { convention, createDate }: NewScriptSettings,
  { path, revision, message }: { readonly path: string; readonly revision: string; readonly message: string | null },
): string {
  if (convention === null) return path
  const { matches, propose } = readConvention(convention)
  if (matches(baseName(path), revision)) return path
  const date = createDateText(createDate).slice(0, 10)
  const name = propose({ date, description: firstLine(message ?? ''), revision })
  const folder = folderOf(path)
  return name === null ? path : folder === '' ? name : `${folder}/${name}`
}

/** Why Alembic would never find a script there, lower case, no full stop; null where it would. */
export function whyLost({ versionLocations, recursive }: NewScriptSettings, path: string): string | null {
  const isSeen = versionLocations.some((location) =>
    recursive ? location === '' || path.startsWith(`${location}/`) : folderOf(path) === location,
  )
  if (isSeen) return null
  return `it would lie in ${folderOf(path) || 'the workspace root'}, where Alembic looks for no scripts: recursive_version_locations is not on`
}

/** The merge of these revisions in this order, where `alembic merge` would put it. */
export function renderMerge(settings: NewScriptSettings, merge: NewMerge): RenderedScript {
  const { revision, message, parents, branchLabel } = merge
  const versionLocation = placeOf(settings, parents[0]?.path ?? null)
  if (versionLocation === null)
    return { viaAlembic: 'there are several version locations, and none has the first parent' }
  const own = { revision, message, parents: parents.map((parent) => parent.revision), versionLocation }
  return renderNewScript(settings, branchLabel === undefined ? own : { ...own, branchLabel })
}

/** The version location of a new script: the only one, or that of its first parent; null where nobody says. */
export function placeOf(settings: NewScriptSettings, parentPath: string | null): string | null {
  const { versionLocations, besideParent } = settings
  if (!besideParent) return versionLocations[0] ?? null
  if (parentPath === null) return null
  const above = versionLocations.filter((location) => location === '' || parentPath.startsWith(`${location}/`))
  return above.sort((a, b) => b.length - a.length)[0] ?? null
}

function takesBody(parts: readonly TemplatePart[]): boolean {
  const places = (name: TemplateBody) => parts.some((part) => part.kind === 'body' && part.name === name)
  return places('upgrades') && places('downgrades')
}

function fill(parts: readonly TemplatePart[], { createDate }: NewScriptSettings, script: NewScript): string {
  const { revision, parents, branchLabel, dependsOn = [], message } = script
  const values: Readonly<Record<TemplateValue, PythonValue>> = {
    up_revision: revision,
    down_revision: scalarOrTuple(parents),
    branch_labels: branchLabel === undefined ? null : { kind: 'tuple', items: [branchLabel] },
    depends_on: dependsOn.length > 1 ? { kind: 'list', items: dependsOn } : (dependsOn[0] ?? null),
    create_date: createDateText(createDate),
    message: message ?? 'empty message',
  }
  const body = bodyOf(parts, script)
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text
      if (part.kind === 'body') return body[part.name] || part.otherwise
      return WRITERS[part.as](values[part.name])
    })
    .join('')
}

const WRITERS = { text: pythonText, repr: pythonRepr, comma: commaText } as const

/** Lines as autogenerate indents them: the template itself indents the first. */
function bodyOf(parts: readonly TemplatePart[], { body }: NewScript): Readonly<Record<TemplateBody, string>> {
  const lineEnd = parts.some((part) => part.kind === 'text' && part.text.includes('\r\n')) ? '\r\n' : '\n'
  const indent = (lines: readonly string[] = []) =>
    lines.map((line, index) => (index === 0 || line === '' ? line : `    ${line}`)).join(lineEnd)
  return { imports: '', upgrades: indent(body?.upgrade), downgrades: indent(body?.downgrade) }
}
