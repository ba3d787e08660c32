import type { Configuration } from '../configuration/index.js'
import { openObjects } from '../git/objects.js'
import { findLanding } from '../use-cases/landing.js'

/** The branch that this work will land on, as git takes it; null where none is known. */
export async function findLandingName(root: string, configuration: Configuration): Promise<string | null> {
  const objects = openObjects(root)
  try {
    const { name } = await findLanding(root, objects, configuration)
    return name
  } catch {
    return null
  } finally {
    objects.close()
  }
}
