/**
 * What only the sibling packages of `@tickets/*` use. No part of the public interface: it changes without notice.
 * @packageDocumentation
 */

export { harmless } from './errors/harmless.ts'
export { closest, nearest, suggestion } from './node/nearest.ts'
export { harmlessLogger } from './pipeline/harmless-logger.ts'
export { onSignals } from './pipeline/signals.ts'
export { type Clock, systemClock } from './time/clock.ts'
export { deferred } from './time/deferred.ts'
export { type Duration, positiveMillis } from './time/duration.ts'
