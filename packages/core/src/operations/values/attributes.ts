import { imported } from '../follow/bind-imports.js'
import { isClassMethod } from '../follow/definitions.js'
import { tableCalled } from '../schema/table-name.js'
import { dialectTest, offlineTest } from './facts.js'
import { type ClassValue, connection, type LiveValue, liveUnknown, text, unknownAbout, type Value } from './value.js'

/** `value.attribute`, not called. */
export function attributeOf(value: Value, attribute: string): Value {
  switch (value.type) {
    case 'reference':
      return imported(`${value.path}.${attribute}`)
    case 'class':
      return memberOf(value, attribute)
    case 'text':
      // `.value` of a member of a Python enum that was read as its text.
      return attribute === 'value' ? value : { type: 'method', receiver: value, name: attribute }
    case 'operations':
      if (attribute === 'migration_context') return { type: 'live', what: 'context' }
      return { type: 'method', receiver: value, name: attribute }
    case 'method':
      if (value.name === 'tables' && !dictMethods.has(attribute)) return tableCalled(text(attribute))
      return { type: 'method', receiver: value, name: attribute }
    case 'live':
      return liveAttribute(value, attribute)
    default:
      return { type: 'method', receiver: value, name: attribute }
  }
}

function memberOf(value: ClassValue, attribute: string): Value {
  const member = value.members.get(attribute)
  if (member === undefined) return { type: 'method', receiver: value, name: attribute }
  return member.type === 'function' && isClassMethod(member) ? { ...member, bound: value } : member
}

const dictMethods = new Set(['get', 'items', 'keys', 'values', 'pop'])

function liveAttribute(value: LiveValue, attribute: string): Value {
  const method: Value = { type: 'method', receiver: value, name: attribute }
  switch (value.what) {
    case 'connection':
      if (attribute === 'dialect') return { type: 'live', what: 'dialect' }
      if (attribute === 'name' || attribute === 'driver') return { type: 'live', what: 'dialect-name' }
      if (attribute === 'url') return unknownAbout(dialectTest)
      return connectionAttributes.has(attribute) ? connection : method
    case 'session':
      return attribute === 'bind' ? connection : method
    case 'inspector':
      if (attribute === 'dialect') return { type: 'live', what: 'dialect' }
      return attribute === 'bind' || attribute === 'engine' ? connection : method
    case 'context':
      if (attribute === 'dialect') return { type: 'live', what: 'dialect' }
      if (attribute === 'as_sql') return unknownAbout(offlineTest)
      if (attribute === 'impl') return liveUnknown
      return attribute === 'bind' || attribute === 'connection' ? connection : method
    case 'dialect':
      if (attribute === 'name') return { type: 'live', what: 'dialect-name' }
      return dialectMethods.test(attribute) ? method : unknownAbout(dialectTest)
    default:
      return method
  }
}

const connectionAttributes = new Set(['engine', 'bind', 'connection', 'sync_connection', 'driver_connection'])
const dialectMethods = /^(?:has|get)_/
