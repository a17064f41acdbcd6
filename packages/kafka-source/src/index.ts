/**
 * Kafka and Redpanda as a source of `@tickets/core`, and a producer of tickets.
 * @packageDocumentation
 */
export type { SaslOptions, TlsOptions } from './client.ts'
export type { ConnectionOptions, Decompress, KafkaSourceOptions, Logger } from './options.ts'
export { type ProduceOptions, produceTickets } from './produce.ts'
export { kafkaSource } from './source.ts'
export { ensureTopic, type TopicOptions } from './topic.ts'
