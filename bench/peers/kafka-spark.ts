import { fileURLToPath } from 'node:url'
import type { Contestant, Topic } from '../contestant.ts'
import { javaVersion } from '../shared/java.ts'
import { javaParts } from '../shared/maven.ts'
import { pythonWith } from '../shared/python.ts'

/** The newest whose connector is complete in Maven Central as it was reached when this was written. */
const VERSION = '4.0.0'
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const python = () => pythonWith('kafka-spark', [`pyspark==${VERSION}`])
const connector = () => javaParts('kafka-spark-jars', at('./kafka-spark'))

export const kafkaSpark: Contestant<Topic> = {
  name: 'kafka-spark',
  title: 'Spark Structured Streaming, from Kafka, one foreachBatch',
  from: 'kafka',
  tuning: 'local[2], 2 shuffle partitions, driver 4 GiB, availableNow; the batch persisted, windows of each batch by themselves',
  async install() {
    const java = await javaVersion(17)
    await python()
    await connector()
    return { spark: VERSION, java }
  },
  async run({ input: { brokers, topic }, out, scratch }) {
    const interpreter = await python()
    const { jars } = await connector()
    return {
      command: interpreter,
      args: [at('./kafka-spark.py'), brokers, topic, out, scratch, jars.join(',')],
      env: { PYSPARK_PYTHON: interpreter, SPARK_LOCAL_DIRS: scratch, TZ: 'UTC' },
    }
  },
}
