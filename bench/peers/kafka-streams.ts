import { fileURLToPath } from 'node:url'
import type { Contestant, Topic } from '../contestant.ts'
import { javaVersion } from '../shared/java.ts'
import { javaParts } from '../shared/maven.ts'

const NAME = 'kafka-streams'
const parts = () => javaParts(NAME, fileURLToPath(new URL(NAME, import.meta.url)))

export const kafkaStreams: Contestant<Topic> = {
  name: NAME,
  title: 'Kafka Streams, files by parquet-java',
  from: 'kafka',
  tuning:
    '2 threads, heap 2 GiB, exactly_once_v2 for its topics but not for files, which a processor of ours writes; stores in memory, 128 MiB of cache, commits every 5 s; updates of windows as revisions',
  async install() {
    const java = await javaVersion(17)
    await parts()
    return { 'kafka-streams': '4.1.1', 'parquet-java': '1.15.2', java }
  },
  async run({ input: { brokers, topic }, out, scratch, id, rows }) {
    const { classpath } = await parts()
    return { command: 'java', args: ['-Xmx2g', '-cp', classpath, 'StreamsJob', brokers, topic, id, out, scratch, String(rows)] }
  },
}
