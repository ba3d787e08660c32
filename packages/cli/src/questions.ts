/** Something that only a person can decide. */
export type Question =
  | {
      readonly kind: 'confirm'
      readonly message: string
      /** What Enter means. */
      readonly byDefault: 'yes' | 'no'
    }
  | {
      readonly kind: 'choose'
      readonly message: string
      /** The first one is what Enter means. */
      readonly choices: readonly Choice[]
    }
  | {
      /** The answer is what was typed. */
      readonly kind: 'type'
      readonly message: string
    }

export interface Choice {
  readonly value: string
  readonly label: string
  /** What follows from it. */
  readonly hint?: string
}

/** Puts a question to a person: `yes` or `no`, or the value of a choice. Throws `Stopped` where the person has had enough. */
export type Ask = (question: Question) => Promise<string>

/** Ctrl-C or Escape at a question: nothing was done, and nothing more is to be done. */
export class Stopped extends Error {
  constructor() {
    super('stopped at a question')
    this.name = 'Stopped'
  }
}
