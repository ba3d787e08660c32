import type { EnvironmentReport } from '@onehead/core'
import { compareNames } from '../snapshot/order.js'

/** By script directory, then configuration, then section: the order of every list of environments. */
export function inEnvironmentOrder<T extends EnvironmentReport>(environments: readonly T[]): readonly T[] {
  return [...environments].sort(
    (a, b) => compareNames(a.path, b.path) || compareNames(a.config, b.config) || compareNames(a.section, b.section),
  )
}
