/** The candidate that somebody most likely meant by `name`, or null when none is near or two are equally near. */
export function nearest(name: string, candidates: readonly string[]): string | null {
  if (name.length > 100) return null
  let best: string | null = null
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  let isTied = false
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance > bestDistance) continue
    isTied = distance === bestDistance
    if (!isTied) best = candidate
    bestDistance = distance
  }
  return isTied ? null : best
}

/** Levenshtein distance, for short names. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, change))
    }
    row = next
  }
  return row[b.length]!
}
