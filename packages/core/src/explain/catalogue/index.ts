import type { KnownError } from '../known-error.js'
import { commandErrors } from './commands.js'
import { configurationErrors } from './configuration.js'
import { connectionErrors } from './connection.js'
import { dataErrors } from './data.js'
import { dialectErrors } from './dialect.js'
import { existingErrors } from './existing.js'
import { bareKeyErrors, historyErrors } from './history.js'
import { missingErrors } from './missing.js'

/** Everything that is known, most telling first: of one message the first that fits is taken. */
export const knownErrors: readonly KnownError[] = [
  ...historyErrors,
  ...commandErrors,
  ...dialectErrors,
  ...dataErrors,
  ...existingErrors,
  ...missingErrors,
  ...connectionErrors,
  ...configurationErrors,
  ...bareKeyErrors,
]
