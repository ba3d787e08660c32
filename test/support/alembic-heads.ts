import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { GitRepository } from './git-world.js'

/** The names of the scripts in a version location, sorted. */
export function scripts({ root }: GitRepository, versions: string): readonly string[] {
  return readdirSync(join(root, versions))
    .filter((name) => name.endsWith('.py'))
    .sort()
}
