/**
 * A glob as `onehead.json` and git's `:(glob)` write it, as a test of whole paths: `*` and `?` stay within a name, `**` as a
 * whole segment spans directories, `[…]` is one character of a class. For trees that no library can walk.
 */
export function globTest(pattern: string): (path: string) => boolean {
  const segments = pattern.split('/')
  let source = ''
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment === '**') source += isLast ? '.+' : '(?:[^/]+/)*'
    else source += nameSource(segment) + (isLast ? '' : '/')
  }
  const test = compile(source)
  return (path) => test?.test(path) ?? false
}

/** A class such as `[z-a]` fits nothing. */
function compile(source: string): RegExp | null {
  try {
    return new RegExp(`^${source}$`, 'su')
  } catch {
    return null
  }
}

function nameSource(segment: string): string {
  return segment.replace(
    /\[([!^]?)(\]?[^\]]+)\]|\*+|\?|[\\^$.+()[\]{}|/]/gu,
    (found, not: string | undefined, set: string | undefined) => {
      if (set !== undefined) return `[${not === '' ? '' : '^/'}${set.replace(/[\\\][^]/g, '\\$&')}]`
      if (found === '?') return '[^/]'
      return found.startsWith('*') ? '[^/]*' : `\\${found}`
    },
  )
}
