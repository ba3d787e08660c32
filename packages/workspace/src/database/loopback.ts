import type { DatabaseFacts } from '../alembic/index.js'
import { readAddress } from './address.js'

/** True where a database lies on this machine: a file, a socket, a loopback address. Unsure is no. */
export function isLoopback(facts: DatabaseFacts, env: NodeJS.ProcessEnv): boolean {
  const { dialect, host, connection } = facts
  if (dialect === 'sqlite') return true
  if (connection === null) return false
  const { query } = readAddress(connection)
  // What names a server elsewhere than in the address.
  if (query.service || query.read_default_file || query.hostaddr) return false
  if (query.unix_socket) return true
  const isPostgresql = dialect === 'postgresql'
  if (isPostgresql && (env.PGSERVICE || (env.PGHOSTADDR && !host))) return false
  const named = host || query.host || (isPostgresql ? env.PGHOST : undefined) || 'localhost'
  return named.split(',').every(isLocal)
}

function isLocal(host: string): boolean {
  const name = host.startsWith('/') || host.startsWith('@') ? host : host.replace(/(?<!:):\d+$/, '')
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\]|[/@].*)$/i.test(name)
}
