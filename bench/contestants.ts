import type { AnyContestant } from './contestant.ts'
import { duckdb } from './peers/duckdb.ts'
import { kafkaBytewax } from './peers/kafka-bytewax.ts'
import { kafkaFlink, kafkaFlinkStreaming } from './peers/kafka-flink.ts'
import { kafkaOurs, kafkaOursSmall, kafkaOursTwo } from './peers/kafka-ours.ts'
import { kafkaQuix } from './peers/kafka-quix.ts'
import { kafkaSpark } from './peers/kafka-spark.ts'
import { kafkaStreams } from './peers/kafka-streams.ts'
import { naive, naiveKafka } from './peers/naive.ts'
import { ours, oursSmall } from './peers/ours.ts'
import { polars } from './peers/polars.ts'
import { sparkForeach, sparkQueries } from './peers/spark.ts'

/** All contestants, in the order in which they run and are shown. */
export const contestants: readonly AnyContestant[] = [
  ours,
  oursSmall,
  naive,
  duckdb,
  polars,
  sparkQueries,
  sparkForeach,
  kafkaOurs,
  kafkaOursSmall,
  kafkaOursTwo,
  naiveKafka,
  kafkaFlink,
  kafkaFlinkStreaming,
  kafkaSpark,
  kafkaQuix,
  kafkaBytewax,
  kafkaStreams,
]
