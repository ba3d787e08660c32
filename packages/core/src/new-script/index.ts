export { whyBadId, whyBadLabel } from './check-names.js'
export { type ChosenHeads, chooseParent, findHeads, findMerge, whyUnusable } from './choose-heads.js'
export { type CreateDate, createDateText } from './create-date.js'
export { DEFAULT_FILE_TEMPLATE, newFileName } from './file-name.js'
export { guardedBody, withGuards } from './guarded.js'
export { describeMerge, type MergedSide } from './merge-message.js'
export {
  type NewMerge,
  type NewScript,
  type NewScriptSettings,
  placeOf,
  type RenderedScript,
  renderMerge,
  renderNewScript,
  type ScriptBody,
  underConvention,
  whyLost,
} from './new-script.js'
export { whyNotAsWanted } from './prove.js'
