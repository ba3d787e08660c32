/** `1 head`, `2 heads`. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${amount} ${amount === 1 ? noun : plural}`
}

/** `a`, `a and b`, `a, b and c`; beyond `limit` the rest is counted. */
export function list(items: readonly string[], limit = 6): string {
  const shown = items.slice(0, limit)
  const rest = items.length - shown.length
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`
  if (shown.length < 2) return shown.join('')
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** The name of a file without its folder. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The folder of a path, `''` at the workspace root. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? '' : path.slice(0, slash)
}

/** A file name without `.py`. */
export function stem(path: string): string {
  return baseName(path).replace(/\.py$/, '')
}

export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
