/** `*` stands for anything, slashes included; everything else for itself. */
export function matches(pattern: string, branch: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === branch
  const last = rest.pop()!
  if (!branch.startsWith(first) || !branch.endsWith(last) || branch.length < first.length + last.length) return false
  let at = first.length
  const end = branch.length - last.length
  for (const part of rest) {
    const found = branch.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
