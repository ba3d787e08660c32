import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The Python file that is shipped beside this package: it runs the project's own Alembic and answers questions. Absolute. */
export function shimPath(): string {
  // By the package's name: the command has all of this in one bundle elsewhere.
  const own = dirname(createRequire(import.meta.url).resolve('@onehead/workspace/package.json'))
  return join(own, 'python', 'onehead_alembic.py')
}
