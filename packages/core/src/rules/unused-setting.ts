import { nearest } from '../text/near.js'
import { defineRule } from './rule.js'

/** A name is compared with that of every environment: enough for slips, and an end for what a machine wrote. */
const MOST_LOOKED_UP = 100

export const unusedSetting = defineRule({
  name: 'unused-setting',
  severity: 'warn',
  scope: 'graph',
  summary: '`onehead.json` has settings for an environment that does not exist',
  checkSettings: ({ path, unmatched, environments }) =>
    unmatched.map(({ key, span }, index) => {
      const near = index < MOST_LOOKED_UP ? nearest(key, environments) : null
      return {
        message: `no environment is at "${key}"`,
        labels: [{ path, span, text: 'matches nothing' }],
        notes: ['what is set here is not applied anywhere'],
        help: near === null ? 'delete the entry, or name the path of a script directory' : `write "${near}"`,
        key: [key],
      }
    }),
})
