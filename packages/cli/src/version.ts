import { createRequire } from 'node:module'

/** Of this package; the modules of a bundle lie as deep as this one. */
export function version(): string {
  return (createRequire(import.meta.url)('../package.json') as { version: string }).version
}
