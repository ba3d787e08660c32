import { signatures } from '../calls/signatures.js'
import { imported } from '../follow/bind-imports.js'
import type { Scope } from './scope.js'
import { boolean, type Value } from './value.js'

/** What a name stands for. One that nothing binds may be Python's own, or come out of a star import. */
export function nameValue(name: string, scope: Scope): Value {
  const bound = scope.lookUp(name)
  if (bound !== undefined) return bound
  if (name === '__debug__') return boolean(true)
  const { stars } = scope.module
  if (stars.includes('alembic.op') && (signatures.has(name) || name.startsWith('get_')))
    return imported(`alembic.op.${name}`)
  if (stars.includes('alembic') && (name === 'op' || name === 'context')) return imported(`alembic.${name}`)
  if (builtins.has(name)) return { type: 'reference', path: `builtins.${name}` }
  const star = stars.find((module) => module.startsWith('sqlalchemy')) ?? stars.at(-1)
  return { type: 'reference', path: star === undefined ? name : `${star}.${name}` }
}

/** Python's own functions, with those of Python 2 that scripts still call. */
const builtins: ReadonlySet<string> = new Set(
  (
    'abs all any ascii bin bool bytearray bytes callable chr classmethod compile complex delattr dict dir divmod enumerate ' +
    'eval exec filter float format frozenset getattr globals hasattr hash hex id input int isinstance issubclass iter len ' +
    'list locals map max memoryview min next object oct open ord pow print property range repr reversed round set setattr ' +
    'slice sorted staticmethod str sum super tuple type vars zip __import__ unicode xrange basestring long reduce ' +
    'Exception BaseException ValueError TypeError KeyError IndexError RuntimeError NotImplementedError AttributeError ' +
    'AssertionError ImportError ModuleNotFoundError OSError IOError StopIteration SystemExit Warning UserWarning ' +
    'DeprecationWarning LookupError NameError ArithmeticError ZeroDivisionError PermissionError FileNotFoundError ' +
    'TimeoutError KeyboardInterrupt NotImplemented __file__ __name__ __doc__'
  ).split(' '),
)

/** A name as Python compares it. */
export const plainName = (name: string): string => (/^[\x00-\x7f]*$/.test(name) ? name : name.normalize('NFKC'))
