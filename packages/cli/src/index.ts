/**
 * The parts of the `tickets` command that a program can use itself: several pipelines in one process, and their command line.
 * @packageDocumentation
 */

export { type FeedsCliOptions, feedsCli } from './commands/feeds.ts'
export { type Replayed, type ReplayOptions, replayDeadLetters } from './dead-letters/replay.ts'
export type { FeedState, FeedStatus } from './feeds/feed.ts'
export { type FeedDefinition, type Feeds, type FeedsOptions, type FeedsRunOptions, feeds } from './feeds/feeds.ts'
export { type TicketsCliOptions, ticketsCli } from './tickets.ts'
