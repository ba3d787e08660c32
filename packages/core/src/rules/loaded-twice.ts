import { defineRule } from './rule.js'
import { START } from './support/edits.js'
import { count } from './support/words.js'

const MOST_LABELS = 3

export const loadedTwice = defineRule({
  name: 'loaded-twice',
  severity: 'warn',
  scope: 'graph',
  summary: 'version locations overlap, so that a script is reached twice',
  check({ history }) {
    const { loadedTwice: paths, environment } = history
    if (paths.length === 0) return []
    return [
      {
        message: `${count(paths.length, 'script')} ${paths.length === 1 ? 'is' : 'are'} reached twice through the version locations`,
        labels: paths.slice(0, MOST_LABELS).map((path) => ({ path, span: START, text: 'reached twice' })),
        notes: [
          `the version locations are ${environment.versionLocations.join(', ')}${environment.recursive ? ', with their subfolders' : ''}`,
          'Alembic takes the first and prints a warning on every command',
        ],
        help: 'let `version_locations` name each folder once, and delete links from one script to another',
        key: paths,
      },
    ]
  },
})
