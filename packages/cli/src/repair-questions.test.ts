import { describe, expect, it } from 'vitest'
import { merge, rebase, refusal, repair } from '../../../test/support/plans.js'
import type { Question } from './questions.js'
import { askChoices } from './repair-questions.js'

/** Answers in order; what was asked, with the choices there were. */
async function asked(repairs: readonly ReturnType<typeof repair>[], ...answers: readonly string[]) {
  const questions: string[] = []
  const left = [...answers]
  const chosen = await askChoices(
    { git: null, repairs, changes: [], refusals: [], notices: [] },
    async (question: Question) => {
      const choices = question.kind === 'choose' ? question.choices.map(({ value }) => value) : []
      questions.push(`${question.message} ${choices.join(' ')}`)
      return left.shift()!
    },
  )
  return { chosen: Object.fromEntries(chosen), questions }
}

const path = 'billing/migrations'

function refused(...kinds: readonly string[]) {
  return repair({ decision: 'refuse', refusals: kinds.map((kind) => refusal(kind, 'it cannot be')) })
}

describe('what a person is asked about a plan', () => {
  it('is nothing where nothing is open', async () => {
    const quiet = [repair(), repair({ decision: 'mend' }), refused('cycle'), refused('overlap', 'cycle')]
    expect(await asked(quiet)).toEqual({ chosen: {}, questions: [] })
  })

  it.each([
    ['rebase', {}],
    ['merge', { [path]: 'merge' }],
    ['leave', { [path]: 'leave' }],
  ])('is which way: %s', async (answer, chosen) => {
    expect(await asked([rebase()], answer)).toEqual({
      chosen,
      questions: ['billing: how shall it come back to one head? rebase merge leave'],
    })
  })

  it('is no way back to what is published', async () => {
    expect((await asked([merge()], 'merge')).questions).toEqual([
      'billing: how shall it come back to one head? merge leave',
    ])
  })

  it('is which side keeps what both do, and nothing is what Enter means', async () => {
    const answered = await asked([refused('overlap', 'overlap')], 'drop')
    expect(answered).toEqual({
      chosen: { [path]: 'drop' },
      questions: ['billing: both sides do the same; what now? leave drop allow'],
    })
    expect((await asked([refused('overlap')], 'leave')).chosen).toEqual({})
  })

  it('is asked of each environment, and Enter keeps the plan', async () => {
    const users = { ...repair().environment, name: 'users', path: 'users/migrations' }
    const { chosen, questions } = await asked([rebase(), rebase({ environment: users })], 'rebase', 'merge')
    expect(chosen).toEqual({ 'users/migrations': 'merge' })
    expect(questions).toHaveLength(2)
  })
})
