import type { FailedStep, RehearsalRefusal, RehearsalStep, RehearsedDatabase, SeenModels } from '@onehead/core'
import type { OwnPlace } from '../alembic/own-place.js'

/** What `onehead_rehearse.py` tells, in the order in which it happens. `database` is a place in the order of env.py. */
export type RehearsalNote =
  /** A copy is being made. */
  | { readonly note: 'copying'; readonly original: string }
  /** It needs a dump: what is wanted stands in a file of our folder. */
  | { readonly note: 'fill'; readonly number: number }
  | {
      readonly note: 'copy'
      readonly original: string
      readonly copy: string
      readonly dialect: string
      readonly method: RehearsedDatabase['method']
      readonly because: string | null
    }
  /** A copy of an earlier run, dropped. */
  | { readonly note: 'swept'; readonly name: string }
  /** A copy that could not be dropped. */
  | { readonly note: 'left'; readonly name: string; readonly message: string }
  | {
      readonly note: 'database'
      readonly database: number
      readonly name: string | null
      readonly copy: string
      readonly rows: readonly string[]
    }
  | { readonly note: 'plan'; readonly pending: readonly (readonly string[])[]; readonly order: readonly string[] }
  | { readonly note: 'begin' | 'done'; readonly revision: string; readonly step: FailedStep['step'] }
  | ({ readonly note: 'failed'; readonly revision: string; readonly step: FailedStep['step'] } & Told)
  /** What it holds now is written in a file of our folder. */
  | { readonly note: 'shape'; readonly database: number; readonly at: Moment; readonly number: number }
  | ({ readonly note: 'models'; readonly database: number } & SeenModels)
  | { readonly note: 'other-order'; readonly heads: readonly string[]; readonly order: readonly string[] }
  | {
      readonly note: 'refused'
      readonly kind: RehearsalRefusal['kind']
      readonly message: string
      readonly help: string | null
    }
  /** env.py, or the configuration, ended it. */
  | ({ readonly note: 'broken'; readonly frames: readonly OwnPlace[] } & Told)
  | { readonly note: 'end' | 'dropped' }

type Told = Omit<FailedStep, 'revision' | 'step'>

export type Moment = 'start' | RehearsalStep | 'renewed' | 'end' | 'other-order'
