import type {
  BackupListing,
  BackupOutcome,
  ConcernedEnvironment,
  DatabaseTrouble,
  ListedBackup,
} from './backup-report.js'
import { SCHEMA_VERSION } from './json.js'
import type { RestoreFailure, RestoreOutcome, RestoreRefusal } from './restore-report.js'

/** `restore` as JSON: one document with a line end. Nothing in it is secret; backups and files have absolute paths. */
export function formatRestoreJson({
  plan,
  kind,
  before,
  undo,
  standing,
  look,
  discard,
  notes,
  failure,
}: RestoreOutcome): string {
  const { database, dialect, address, backup, place, inPlace, steps, warnings, refusal } = plan
  return write({
    ...environmentJson(plan),
    outcome: kind,
    database,
    dialect,
    address,
    backup: backup && listedJson(backup),
    place,
    inPlace,
    steps,
    warnings,
    refusal: refusal && refusalJson(refusal),
    before,
    undo,
    standing: standing && { revisions: standing.revisions, rows: standing.rows },
    look,
    discard,
    notes,
    failure: failure && failureJson(failure),
  })
}

/** `backup` as JSON. */
export function formatBackupsJson(environments: readonly BackupOutcome[]): string {
  const all = environments.map((one) => ({
    ...environmentJson(one),
    databases: one.databases.map(({ name, dialect, address, revisions, backup, restore, failure }) => ({
      ...{ name, dialect, address, revisions, backup, restore, failure: failure && troubleJson(failure) },
    })),
    failure: one.failure,
  }))
  return write({ environments: all })
}

/** `backup --list` as JSON. */
export function formatBackupListJson(environments: readonly BackupListing[]): string {
  const all = environments.map((one) => ({
    ...environmentJson(one),
    folder: one.folder,
    backups: one.backups.map(listedJson),
  }))
  return write({ environments: all })
}

export function environmentJson({ name, path, config, section }: ConcernedEnvironment) {
  return { name, path, config, section }
}

export function refusalJson({ kind, message, help, command }: RestoreRefusal) {
  return { kind, message, help, command }
}

export function failureJson({ kind, message, help, stands, wayBack }: RestoreFailure) {
  return { kind, message, help, stands, wayBack }
}

function troubleJson({ kind, message, help }: DatabaseTrouble) {
  return { kind, message, help }
}

function listedJson({ backup, path, takenAt, bytes, tables, revisions, database, before }: ListedBackup) {
  return { backup, path, takenAt, bytes, tables, revisions, database, before }
}

export function write(value: object): string {
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...value }, null, 2)}\n`
}
