import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { OutputUnit, Schema } from '@cfworker/json-schema'
import { nearest } from '@onehead/core'
import { UsageError } from '../errors.js'
import type { JsonText } from './json-text.js'

type Location = readonly (string | number)[]

/**
 * Holds a JSON text against the shipped schema, which is the only list of keys there is.
 * Throws `UsageError` for the first thing wrong in file order of depth: its place, and the key or value that was meant.
 */
export async function validateConfiguration(json: JsonText): Promise<void> {
  const { Validator } = await import('@cfworker/json-schema')
  const schema = readSchema()
  const { errors } = new Validator(schema, '2020-12', false).validate(json.value)
  const telling = mostTelling(errors)
  if (telling === null) return
  const location = locationOf(telling.instanceLocation)
  throw describe(json, schema, telling, location)
}

function readSchema(): Schema {
  // By the package's name: the command has all of this in one bundle elsewhere.
  const path = createRequire(import.meta.url).resolve('@onehead/workspace/schema/onehead.schema.json')
  return JSON.parse(readFileSync(path, 'utf8')) as Schema
}

/** Errors of the outer levels only say that something inside is wrong: the deepest one is meant. */
function mostTelling(errors: readonly OutputUnit[]): OutputUnit | null {
  let best: OutputUnit | null = null
  for (const error of errors) {
    if (best === null || depth(error) > depth(best)) best = error
  }
  if (best === null) return null
  // Of a choice, no alternative is more telling than the choice itself, unless it looks at a part of the value.
  const choice = errors.find((error) => error.keyword === 'anyOf' && error.instanceLocation === best.instanceLocation)
  return choice ?? best
}

function depth(error: OutputUnit): number {
  return error.instanceLocation.split('/').length
}

function locationOf(pointer: string): Location {
  const steps = pointer.split('/').slice(1)
  return steps.map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
}

function describe(json: JsonText, schema: Schema, error: OutputUnit, location: Location): UsageError {
  const place = json.placeOf(location)
  const here = schemaAt(schema, location)
  const name = location.length === 0 ? json.path : location.join('.')
  if (error.keyword === 'false') {
    const key = String(location.at(-1))
    const known = Object.keys(schemaAt(schema, location.slice(0, -1))?.properties ?? {})
    const near = nearest(key, known)
    const help = near
      ? `write "${near}" if that was meant`
      : `use one of ${known.filter((k) => k !== '$schema').join(', ')}`
    return new UsageError(`unknown key "${name}"`, { place, help })
  }
  const value = valueAt(json.value, location)
  const expected = here === null ? 'something else' : expectation(here, schema)
  const values = (here?.enum ?? []).filter((one): one is string => typeof one === 'string')
  const near = typeof value === 'string' ? nearest(value, values) : null
  const help = near ? `write "${near}" if that was meant` : hint(here)
  return new UsageError(`"${name}" is not ${expected}`, { place, ...(help ? { help } : {}) })
}

function hint(schema: Schema | null): string | null {
  return schema?.description ? `see what it is for: ${lowerFirst(schema.description)}` : null
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '')
}

/** The part of the schema that speaks of this place. */
function schemaAt(schema: Schema, location: Location): Schema | null {
  let at: Schema | null = schema
  for (const step of location) {
    at = resolved(at, schema)
    if (at === null) return null
    const alternatives: readonly Schema[] = at.anyOf ?? [at]
    const next: unknown = alternatives
      .map((one) => inside(resolved(one, schema), step))
      .find((one) => one !== undefined)
    if (typeof next !== 'object' || next === null) return null
    at = next as Schema
  }
  return resolved(at, schema)
}

function inside(schema: Schema | null, step: string | number): unknown {
  if (schema === null) return undefined
  const properties = schema.properties ?? {}
  if (Object.hasOwn(properties, step)) return properties[step]
  return schema.additionalProperties || schema.items || undefined
}

/** Follows `$ref` to `$defs`; the description beside the reference stays. */
function resolved(schema: Schema | null, whole: Schema): Schema | null {
  const name = /^#\/\$defs\/(\w+)$/.exec(schema?.$ref ?? '')?.[1]
  if (!schema || name === undefined) return schema
  return { ...(whole.$defs?.[name] as Schema), ...schema }
}

function expectation(schema: Schema, whole: Schema): string {
  if (schema.anyOf) return schema.anyOf.map((one) => expectation(resolved(one, whole)!, whole)).join(' or ')
  if (schema.enum) return `one of ${schema.enum.map((one) => JSON.stringify(one)).join(', ')}`
  if ('const' in schema) return JSON.stringify(schema.const)
  switch (schema.type) {
    case 'string':
      return schema.pattern ? `a text of the form ${schema.pattern}` : 'a text that is not empty'
    case 'integer':
      return `a whole number of at least ${schema.minimum ?? 0}`
    case 'array':
      return `a list of texts${schema.minItems ? ' (not empty)' : ''}`
    default:
      return 'an object: {…}'
  }
}

function valueAt(value: unknown, location: Location): unknown {
  let at = value
  for (const step of location) at = (at as Record<string | number, unknown> | undefined)?.[step]
  return at
}
