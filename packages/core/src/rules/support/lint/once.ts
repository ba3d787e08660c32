/**
 * Works something out when it is first asked for, once for each subject, and forgets it with the subject: what several rules ask
 * of one context.
 */
export function oncePer<Subject extends object, Fact>(find: (subject: Subject) => Fact): (subject: Subject) => Fact {
  const known = new WeakMap<Subject, { readonly fact: Fact }>()
  return (subject) => {
    const before = known.get(subject)
    if (before !== undefined) return before.fact
    const fact = find(subject)
    known.set(subject, { fact })
    return fact
  }
}
