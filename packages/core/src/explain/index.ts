export { knownErrors } from './catalogue/index.js'
export type { ExplainReport, Explanation, Fact, FactPlace } from './explanation.js'
export type { FactWish, KnownError, NextCommand, Subject } from './known-error.js'
export {
  type Frame,
  type PrintedMessage,
  type PrintedText,
  type RunningStep,
  readPrintedText,
} from './printed-messages.js'
export { type ErrorRecognition, type RecognisedError, recogniseErrors, recogniseSentence } from './recognise.js'
