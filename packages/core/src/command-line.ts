/**
 * What a command line needs before it knows what it has to run: errors, suggestions, durations and the types of flags. It loads neither Arrow nor the
 * engine, so that `--help` is there at once. Only sibling packages use it: no part of the public interface.
 * @packageDocumentation
 */

export { millis } from './base/duration.ts'
export { type ErrorCode, isTicketsError, messageOf, TicketsError } from './base/errors.ts'
export { suggestion } from './base/nearest.ts'
export { zodChecks, zodDefinition } from './base/zod-definition.ts'
export { codeOf, unless } from './node/files/file-layer.ts'
export { guardOutput } from './node/output.ts'
export { onSignals } from './pipeline/signals.ts'
