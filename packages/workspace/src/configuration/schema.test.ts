import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

type Schema = { readonly [key: string]: unknown }

const schema = JSON.parse(readFileSync(new URL('../../schema/onehead.schema.json', import.meta.url), 'utf8')) as Schema

/** Every schema of a property, with its path. */
function* properties(at: Schema, path: string): Generator<[string, Schema]> {
  for (const [name, property] of Object.entries((at.properties ?? {}) as Record<string, Schema>)) {
    yield [`${path}.${name}`, property]
    yield* properties(property, `${path}.${name}`)
  }
}

describe('onehead.schema.json', () => {
  it('has a description for every key', () => {
    const { environment } = schema.$defs as Record<string, Schema>
    const all = [...properties(schema, ''), ...properties(environment!, '.environments.*')]
    expect(all.filter(([, property]) => !property.description).map(([path]) => path)).toEqual([])
    expect(all.length).toBeGreaterThan(20)
  })

  it('lists the keys of the design', () => {
    const names = (at: Schema) => Object.keys(at.properties as object).filter((name) => name !== '$schema')
    const { environment } = schema.$defs as Record<string, Schema>
    expect(names(schema).join(' ')).toBe(
      'target targets published releaseTags policy rules profile dialects baseline environments',
    )
    expect(names(environment!).join(' ')).toBe(
      'name cwd expectedHeads externalRevisions replacedRevisions dialect rules env runner app databaseUrlEnv backup fileName',
    )
  })
})
