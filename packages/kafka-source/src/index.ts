/**
 * Kafka and Redpanda as a source and an exactly-once sink of `@tickets/core`, and a producer of tickets.
 * @packageDocumentation
 */

import * as ksql from './ksql/ksql-source.ts'

export { type DiagnoseOptions, type Diagnosis, diagnoseKafka } from './admin/diagnose.ts'
export type { KafkaCheck, KafkaFinding } from './admin/findings.ts'
export { type ProduceOptions, produce, produceTickets } from './admin/produce.ts'
export { ensureTopic, type TopicOptions } from './admin/topic.ts'
export type { ConnectionOptions, TlsOptions } from './connection/connection-options.ts'
export type { MechanismLogger, OAuthToken, SaslMechanism, SaslMechanismArgs, SaslMessage, SaslOptions } from './connection/sasl-options.ts'
export type { Decompress } from './protocol/codecs.ts'
export type {
  MessageFormat,
  Unreadable,
  ValueReader,
  ValueReaderOptions,
  ValueWriter,
  ValueWriterOptions,
} from './protocol/message-format.ts'
export type { RepartitionOptions, RepartitionSinkOptions, RepartitionSourceOptions } from './repartition/options.ts'
export { type Repartition, repartition } from './repartition/repartition.ts'
export { deadLetterTopic } from './sink/dead-letter-topic.ts'
export type { KafkaSinkOptions, Payload } from './sink/options.ts'
export { kafkaSink } from './sink/sink.ts'
export type { KafkaSourceOptions } from './source/options.ts'
export { type KafkaSource, kafkaSource } from './source/source.ts'
export { kafkaTable } from './table/kafka-table.ts'
export type { KafkaTableOptions } from './table/options.ts'

/**
 * Creates a source of the rows of a ksqlDB query.
 *
 * @deprecated Import `ksqlSource` from `@tickets/kafka-source/ksql`.
 */
export const ksqlSource: typeof ksql.ksqlSource = ksql.ksqlSource
/**
 * Settings of `ksqlSource`.
 *
 * @deprecated Import `KsqlSourceOptions` from `@tickets/kafka-source/ksql`.
 */
export type KsqlSourceOptions<T> = ksql.KsqlSourceOptions<T>
