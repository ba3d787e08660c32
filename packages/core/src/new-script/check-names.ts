import type { History } from '../history/history.js'
import type { Refusal } from '../plan/plan.js'
import { refusal } from '../plan/refusal.js'
import { findReservedCharacters } from '../revision/construction.js'
import { list } from '../rules/support/words.js'

/** `alembic_version.version_num` has so many characters. */
const LONGEST_ID = 32
const SYMBOLS = ['head', 'heads', 'base']

/** Why a script with this id would stop Alembic, or mean another one; null where it is good. */
export function whyBadId({ map }: History, id: string): Refusal | null {
  const other = map.get(id)
  if (other !== undefined) {
    return refusal('duplicate-revision', `${id} is declared already`, {
      path: other.path,
      help: 'choose another id, or none',
    })
  }
  const reserved = findReservedCharacters(id)
  if (reserved.length > 0) {
    const characters = list(reserved.map((character) => `"${character}"`))
    return refusal('reserved-character', `Alembic takes no ${characters} in a revision id`, { help: 'write _ instead' })
  }
  if (SYMBOLS.includes(id))
    return refusal('reserved-word', `${id} means something else to Alembic`, { help: 'choose another id' })
  if ([...id].length > LONGEST_ID) {
    return refusal(
      'revision-id-too-long',
      `${id} has ${[...id].length} characters, ${LONGEST_ID} fit into the version table`,
      {
        help: 'choose a shorter id',
      },
    )
  }
  return namesLabel(map, id)
    ? refusal('duplicate-branch-label', `${id} is a branch label`, { help: 'choose another id' })
    : null
}

/** Why a script with this branch label would stop Alembic; null where it is good. */
export function whyBadLabel({ map }: History, label: string): Refusal | null {
  const owner = map.revisions.find(({ branchLabels }) => branchLabels.includes(label)) ?? map.get(label)
  if (owner !== undefined) {
    const what = owner.revision === label ? 'is a revision id' : `is the label of ${owner.revision}`
    return refusal('duplicate-branch-label', `${label} ${what}`, { path: owner.path, help: 'choose another label' })
  }
  if (!/[@+:-]/.test(label) && !SYMBOLS.includes(label)) return null
  return refusal('reserved-character', `"${label}" as a label means something else to Alembic`, {
    help: 'write it with letters, digits and _',
  })
}

function namesLabel(map: History['map'], name: string): boolean {
  return map.revisions.some(({ branchLabels }) => branchLabels.includes(name))
}
