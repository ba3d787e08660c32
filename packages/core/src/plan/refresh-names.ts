import { type CreateDate, type NewScriptSettings, newFileName, placeOf } from '../new-script/index.js'
import { createDate } from '../rules/support/docstring.js'
import type { Script } from '../script/script.js'
import type { Draft } from './draft.js'
import type { Repair } from './plan.js'

/**
 * Gives scripts whose file names begin with the date on which they were made (`file_template`) a name of today, so that names
 * sort as the line runs. Only names that are exactly what the template would make of the docstring's `Create Date`. Edits `draft`.
 *
 * @param ids the lines that moved, and all that is on top of them
 */
export function refreshNames(draft: Draft, ids: ReadonlySet<string>, settings: NewScriptSettings): Repair['mended'] {
  return draft.history.map.revisions.flatMap((script) => {
    const path = ids.has(script.revision) ? refreshedPath(script, settings) : null
    if (path === null || draft.history.scripts.some((other) => other.path === path)) return []
    draft.rename(script.path, path)
    return [{ rule: 'file-name', path, text: `renames ${script.path}` }]
  })
}

/** Null where the name holds no date, or another one than the script. */
function refreshedPath(script: Script, settings: NewScriptSettings): string | null {
  const location = placeOf(settings, script.path)
  const made = dateOf(script)
  if (location === null || made === null) return null
  const nameAt = (date: CreateDate) => {
    const { revision, message } = script
    const name = newFileName(settings.fileTemplate, settings.slugLength, { revision, message, createDate: date })
    return name === null ? null : location === '' ? name : `${location}/${name}`
  }
  const [before, after] = [nameAt(made), nameAt(settings.createDate)]
  return before === script.path && after !== before ? after : null
}

/** The docstring's `Create Date`; its zone does not matter, because names hold the local time that stands there. */
function dateOf(script: Script): CreateDate | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?/.exec(createDate(script) ?? '')
  if (match === null) return null
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  // Seconds since 1970 would need the zone of whoever made it; a name with them is nobody's date anyway.
  return { year, month, day, hour, minute, second, microsecond: 0, offset: null, epoch: -1 }
}
