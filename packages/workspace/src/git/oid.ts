const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** A full object id, of either kind of repository. */
export function isOid(text: string): boolean {
  return OID.test(text)
}
