/**
 * Kafka and Redpanda as a source and an exactly-once sink of `@tickets/core`, and a producer of tickets.
 * @packageDocumentation
 */

export { type ProduceOptions, produceTickets } from './admin/produce.ts'
export { ensureTopic, type TopicOptions } from './admin/topic.ts'
export type { SaslOptions, TlsOptions } from './client/client.ts'
export type { ConnectionOptions, Decompress, KafkaSourceOptions } from './client/connection-options.ts'
export { type KsqlSourceOptions, ksqlSource } from './ksql/ksql-source.ts'
export type { RepartitionOptions, RepartitionSinkOptions, RepartitionSourceOptions } from './repartition/options.ts'
export { type Repartition, repartition } from './repartition/repartition.ts'
export { deadLetterTopic } from './sink/dead-letter-topic.ts'
export type { KafkaSinkOptions, Payload } from './sink/options.ts'
export { kafkaSink } from './sink/sink.ts'
export { type KafkaSource, kafkaSource } from './source/source.ts'
