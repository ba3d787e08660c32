import { expect, it } from 'vitest'
import { decideHeads, type HeadFacts } from './decide.js'

const facts = (more: Partial<HeadFacts>): HeadFacts => ({
  merged: { count: 1, heads: ['mine', 'theirs'] },
  surplusOnTarget: 0,
  isHeadOnTarget: (id) => id === 'theirs',
  isNew: (id) => id === 'mine',
  target: 'origin/main',
  ...more,
})

it('blocks a head that the push newly brings beside one of the target', () => {
  expect(decideHeads(facts({}))).toEqual({
    blocks: true,
    decided: 'mine is new with this push, and theirs is on origin/main',
  })
})

it('lets go what only the target has moved', () => {
  expect(decideHeads(facts({ isNew: () => false }))).toMatchObject({ blocks: false })
  expect(
    decideHeads(facts({ merged: { count: 1, heads: ['old', 'theirs'] }, isNew: (id) => id === 'mine' })),
  ).toMatchObject({
    blocks: false,
  })
})

it('lets go what does not make a split worse that stands there', () => {
  const standing = facts({ surplusOnTarget: 1 })
  expect(decideHeads(standing)).toEqual({
    blocks: false,
    decided: 'origin/main has as many already, and this push adds none',
  })
  const worse = { ...standing, merged: { count: 2, heads: ['mine', 'theirs', 'old'] } }
  expect(decideHeads(worse)).toMatchObject({ blocks: true })
})

it('blocks two heads of a push that lands nowhere yet', () => {
  const first = facts({ isHeadOnTarget: () => false, isNew: () => true, target: null })
  expect(decideHeads(first)).toEqual({ blocks: true, decided: 'mine and theirs are new with this push' })
})
