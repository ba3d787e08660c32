import { Secret } from '@onehead/core'

/** What an address holds beyond who, where and which database. Printing it shows no password. */
export interface AddressDetails {
  readonly password: Secret | null
  /** The last value of each parameter. */
  readonly query: Readonly<Record<string, string>>
}

/** SQLAlchemy's own pattern: a password ends at the first `@`, and one that holds an `@` is encoded. */
const ADDRESS = /^[\w+]+:\/\/(?:[^:/]*(?::(?<password>[^@]*))?@)?[^?]*(?:\?(?<query>.*))?$/s

/** Takes apart what SQLAlchemy wrote: `postgresql+psycopg://app:secret@db/shop?sslmode=require`. */
export function readAddress(address: Secret): AddressDetails {
  const { password, query } = ADDRESS.exec(address.reveal())?.groups ?? {}
  return {
    password: password === undefined ? null : new Secret(decode(password)),
    query: Object.fromEntries(new URLSearchParams(query ?? '')),
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
