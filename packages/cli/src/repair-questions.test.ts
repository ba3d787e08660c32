import { describe, expect, it } from 'vitest'
import { merge, mergeChange, plan, rebase, rebaseChange, refusal, repair } from '../../../test/support/plans.js'
import { CommandLineError } from './errors.js'
import type { Question } from './questions.js'
import { askHere, decide } from './repair-questions.js'

/** Answers in order; what was asked, with the choices there were. */
async function asked(given: Parameters<typeof plan>[0], mayCommit: boolean, ...answers: readonly string[]) {
  const questions: string[] = []
  const left = [...answers]
  const decision = await decide(
    plan(given),
    async (question: Question) => {
      const choices = question.kind === 'choose' ? question.choices.map(({ value }) => value) : []
      questions.push([question.message, ...choices].join(' '))
      return left.shift()!
    },
    { mayCommit },
  )
  return { decision, questions }
}

const moves = { repairs: [rebase()], changes: [rebaseChange] }

describe('what is asked about a plan', () => {
  it('is nothing where nothing can be done', async () => {
    expect(await asked({ repairs: [repair()] }, true)).toEqual({ decision: { kind: 'leave' }, questions: [] })
  })

  it('is which way, and whether to commit', async () => {
    expect(await asked(moves, true, 'apply', 'yes')).toEqual({
      decision: { kind: 'apply', commit: true },
      questions: ['What shall be done? apply merge leave', 'Commit it, and see whether a push would pass?'],
    })
    expect((await asked(moves, true, 'apply', 'no')).decision).toEqual({ kind: 'apply', commit: false })
    expect((await asked(moves, true, 'merge')).decision).toEqual({ kind: 'plan-again', want: 'merge' })
    expect((await asked(moves, true, 'leave')).decision).toEqual({ kind: 'leave' })
  })

  it('is only whether, where one way is left', async () => {
    const published = { repairs: [merge()], changes: [mergeChange] }
    expect(await asked(published, false, 'yes')).toEqual({
      decision: { kind: 'apply', commit: false },
      questions: ['Apply this plan?'],
    })
    expect((await asked(published, true, 'no')).decision).toEqual({ kind: 'leave' })
  })

  it('is the other way back, where a merge was only wanted', async () => {
    const wanted = { repairs: [merge({ reasons: [{ kind: 'asked' }] })], changes: [mergeChange] }
    expect(await asked(wanted, false, 'rebase')).toEqual({
      decision: { kind: 'plan-again', want: 'rebase' },
      questions: ['What shall be done? apply rebase leave'],
    })
  })

  it('is whether to go on where both sides do the same', async () => {
    const refused = repair({ refusals: [refusal('overlap', 'both sides create table refunds', { path: 'v/b.py' })] })
    expect(await asked({ repairs: [refused] }, false, 'allow-overlap')).toEqual({
      decision: { kind: 'plan-again', allowOverlap: true },
      questions: ['What shall be done? allow-overlap leave'],
    })
  })
})

it('without a terminal it is a usage error to be told to ask', () => {
  expect(() => askHere({})).toThrow(CommandLineError)
})
