import { nearest } from '../text/near.js'
import { defineRule } from './rule.js'

export const unusedSetting = defineRule({
  name: 'unused-setting',
  severity: 'warn',
  scope: 'graph',
  summary: '`onehead.json` has settings for an environment that does not exist',
  checkSettings: ({ path, unmatched, environments }) =>
    unmatched.map(({ key, span }) => {
      const near = nearest(key, environments)
      return {
        message: `no environment is at "${key}"`,
        labels: [{ path, span, text: 'matches nothing' }],
        notes: ['what is set here is not applied anywhere'],
        help: near === null ? 'delete the entry, or name the path of a script directory' : `write "${near}"`,
        key: [key],
      }
    }),
})
