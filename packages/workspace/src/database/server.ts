import type { Secret } from '@onehead/core'

/** A database on a server, as its client programs have to be told. */
export interface Place {
  readonly host: string | null
  readonly port: number | null
  readonly user: string | null
  readonly password: Secret | null
  readonly database: string
  /** Further parameters of the address. */
  readonly query: Readonly<Record<string, string>>
}
