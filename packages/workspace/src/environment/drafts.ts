import type { AlembicError, Environment, Span } from '@onehead/core'
import { type Declared, TOML_SECTION } from './declare.js'
import { NOT_DOWNLOADED } from './files.js'
import { type Location, withoutRoot } from './locate.js'
import type { OptionFailure, Placed } from './option-values.js'
import type { Sources } from './sources.js'
import type { TomlReading } from './toml.js'
import { join } from './tree.js'

export interface FoundDraft {
  readonly declared: Declared
  readonly cwd: string
  /** For options that are read later, if at all. */
  readonly sources: Sources
  /** How many version locations are configured (one by default), those that do not exist included. */
  readonly locationCount: number
  readonly environment: Omit<Environment, 'name' | 'settings'>
}

export interface BrokenDraft {
  readonly declared: Declared
  /** The file at fault, which may be the pyproject.toml that Alembic reads as well. */
  readonly config: string
  readonly message: string
  readonly span: Span
  readonly help: string | null
  readonly command?: string
  readonly error: AlembicError | null
  readonly notes: readonly string[]
  /** True where there is just no script directory: a template, a fixture, or a slip. */
  readonly absent: boolean
}

export type Draft = FoundDraft | BrokenDraft

export const NOWHERE: Span = { start: 0, end: 0 }

/** A location that led to no directory. */
export type Unplaced = Exclude<Location, { kind: 'directory' }>

export function notPlaced(declared: Declared, location: Placed<string>, found: Unplaced): BrokenDraft {
  const draft = broken(
    declared,
    `script_location: ${found.message}`,
    location.span,
    helpFor(found),
    errorFor(found, location),
  )
  return { ...draft, config: location.config, absent: found.kind === 'missing' }
}

export function badVersions(declared: Declared, locations: Placed<unknown> | null, found: Unplaced): BrokenDraft {
  const { config, span } = locations ?? { config: declared.config, span: NOWHERE }
  const draft = broken(declared, `version_locations: ${found.message}`, span, helpFor(found), errorFor(found, null))
  return { ...draft, config }
}

function helpFor(found: Unplaced): string | null {
  switch (found.kind) {
    case 'missing':
      return 'write the directory relative to the file: %(here)s/…; or say in onehead.json where Alembic is run ("cwd")'
    case 'outside':
      return 'write it relative to the file: %(here)s/…; onehead only reads below the workspace root'
    case 'no-package':
      return 'name the directory of the package in prepend_sys_path, or write %(here)s/… instead of package:directory'
  }
}

function errorFor(found: Unplaced, location: Placed<string> | null): AlembicError | null {
  if (found.kind === 'no-package') return alembicError('ModuleNotFoundError', found.pythonMessage)
  if (found.kind === 'outside' || location === null) return null
  const message = `Path doesn't exist: ${withoutRoot(location.value)}.  Please use the 'init' command to create a new scripts folder.`
  return alembicError('CommandError', message)
}

export function optionFailure(declared: Declared, failure: OptionFailure, absent: boolean): BrokenDraft {
  const error = failure.raises ? alembicError(failure.kind, failure.message) : null
  return { ...broken(declared, failure.message, failure.span, failure.help, error), config: failure.config, absent }
}

export function noLocation(declared: Declared): BrokenDraft {
  const message =
    declared.section === TOML_SECTION
      ? '[tool.alembic] has no script_location'
      : `[${declared.section}] has no script_location`
  const error = alembicError('CommandError', "No 'script_location' key found in configuration.")
  const help = 'write script_location = %(here)s/migrations, with the name of the script directory'
  return { ...broken(declared, message, NOWHERE, help, error), absent: true }
}

/** Something on the way may not be read. */
export function unreadable(declared: Declared, message: string): BrokenDraft {
  return broken(declared, message, NOWHERE, 'give yourself the right to read it', null)
}

export function broken(
  declared: Declared,
  message: string,
  span: Span,
  help: string | null,
  error: AlembicError | null,
): BrokenDraft {
  return { declared, config: declared.config, message, span, help, error, notes: [], absent: false }
}

/** What puts a failure of this kind right, where that is one command. */
export function commandFor(kind: string): { readonly command?: string } {
  return kind === NOT_DOWNLOADED ? { command: 'git config onehead.fetch auto' } : {}
}

export function alembicError(kind: string, message: string): AlembicError {
  return { kind, revisions: [], message }
}

export function tomlFailure(
  declared: Declared,
  directory: string,
  toml: TomlReading & { kind: 'broken' },
): BrokenDraft {
  const { kind, message, help, span } = toml.failure
  const draft = broken(declared, message, span, help, kind === NOT_DOWNLOADED ? null : alembicError(kind, message))
  return { ...draft, ...commandFor(kind), config: join(directory, 'pyproject.toml') }
}
