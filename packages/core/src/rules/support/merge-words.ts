/** Words that say only that something was merged. */
const EMPTY_WORDS = new Set(
  (
    'a again all alembic and at between both branch branches ci conflict conflicts database db different diverged diverging ' +
    'divergent duplicate empty file files fix fixed fixes fixing for from head heads history in into issue it join joins make ' +
    'merge merged merger merges merging message migration migrations more multi multiple new of on one only parallel point points ' +
    'resolve resolved resolves resolving revision revisions script scripts separate several single the them these ' +
    'this three to together two unify up version versions with'
  ).split(' '),
)

/** Whether the message of a merge holds a word that is not about merging, nor the id of one of its parents. */
export function saysWhatIsMerged(message: string, parents: readonly string[]): boolean {
  const words = message.toLowerCase().match(/[\p{L}\p{N}_.]+/gu) ?? []
  return words.some((word) => {
    const plain = word.replace(/^[._]+|[._]+$/g, '')
    return !EMPTY_WORDS.has(plain) && !/^\d*$/.test(plain) && !parents.some((id) => id.startsWith(plain))
  })
}
