import type { Standing } from '@onehead/core'

/** Outside git nobody can tell what others have: everything counts as published, so that nothing is moved. */
export function withoutGit(): Standing {
  return {
    target: null,
    published: null,
    publishedIn: () => 'this folder',
    publishedPath: () => null,
    publishedSource: () => null,
    sharedOn: () => null,
    stampedIn: () => null,
  }
}
