/**
 * Kafka and Redpanda as a source and an exactly-once sink of `@tickets/core`, and a producer of tickets.
 * @packageDocumentation
 */
export type { SaslOptions, TlsOptions } from './client.ts'
export { deadLetterTopic } from './dead-letter-topic.ts'
export { type KsqlSourceOptions, ksqlSource } from './ksql/ksql-source.ts'
export type { ConnectionOptions, Decompress, KafkaSourceOptions } from './options.ts'
export { type ProduceOptions, produceTickets } from './produce.ts'
export type { RepartitionOptions, RepartitionSinkOptions, RepartitionSourceOptions } from './repartition/options.ts'
export { type Repartition, repartition } from './repartition/repartition.ts'
export { kafkaSink } from './sink.ts'
export type { KafkaSinkOptions, Payload } from './sink-options.ts'
export { type KafkaSource, kafkaSource } from './source.ts'
export { ensureTopic, type TopicOptions } from './topic.ts'
