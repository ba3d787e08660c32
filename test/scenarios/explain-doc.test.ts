import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { knownErrors, ruleNames } from '@onehead/core'
import { describe, expect, it } from 'vitest'
import { gitWorld } from '../support/git-world.js'
import { repositoryRoot } from '../support/source-files.js'

const page = readFileSync(join(repositoryRoot, 'docs/errors.md'), 'utf8')

describe('docs/errors.md', () => {
  it('lists every kind of error that is known, and no other', () => {
    const listed = [...page.matchAll(/^\| `([a-z-]+)` \| .+ \| `onehead [a-z]+` \|$/gm)].map(([, kind]) => kind)
    expect(listed).toEqual([...new Set(knownErrors.map(({ kind }) => kind))])
  })

  it('names only commands and rules that there are', () => {
    const world = gitWorld()
    try {
      const shop = world.repository('shop')
      const overview = shop.onehead(['--help']).stdout
      const named = [...page.matchAll(/onehead ([a-z]+)/g)].map(([, command]) => command!)
      const sentences = knownErrors.flatMap(({ cause, cure }) => [...`${cause} ${cure}`.matchAll(/`onehead ([a-z]+)/g)])
      const commands = new Set([
        ...named,
        ...sentences.map(([, command]) => command!),
        ...knownErrors.map(({ next }) => next),
      ])
      expect([...commands].filter((command) => !new RegExp(`^ +${command} `, 'm').test(overview))).toEqual([])
    } finally {
      world.remove()
    }
    const rules = [...page.matchAll(/`onehead explain ([a-z-]+)`/g)].map(([, rule]) => rule!)
    expect(rules.filter((rule) => !(ruleNames as readonly string[]).includes(rule))).toEqual([])
  })
})
