/** Hooks that only tell: whatever happens, git goes on. */
export const MESSENGERS = ['post-merge', 'post-rewrite', 'post-checkout', 'post-commit'] as const

export type MessengerName = (typeof MESSENGERS)[number]

export function isMessenger(name: string): name is MessengerName {
  return (MESSENGERS as readonly string[]).includes(name)
}
