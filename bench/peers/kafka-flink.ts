import { fileURLToPath } from 'node:url'
import type { Contestant, Topic } from '../contestant.ts'
import { javaVersion } from '../shared/java.ts'
import { javaParts } from '../shared/maven.ts'

const NAME = 'kafka-flink'
const parts = () => javaParts(NAME, fileURLToPath(new URL(NAME, import.meta.url)))

function flink(mode: 'batch' | 'streaming', tuning: string): Contestant<Topic> {
  return {
    name: mode === 'batch' ? NAME : `${NAME}-${mode}`,
    title: `Flink SQL, ${mode} mode`,
    from: 'kafka',
    tuning: `mini cluster, parallelism 2, heap 2 GiB and 512 MiB managed, one statement set, object reuse; ${tuning}`,
    async install() {
      const java = await javaVersion(17)
      await parts()
      return { flink: '2.2.0', 'flink-sql-connector-kafka': '5.0.0-2.2', java }
    },
    async run({ input: { brokers, topic }, out, scratch, id }) {
      const { classpath } = await parts()
      const opened = ['java.util', 'java.lang', 'java.time'].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`)
      return { command: 'java', args: ['-Xmx2g', ...opened, '-cp', classpath, 'FlinkJob', brokers, topic, id, out, scratch, mode] }
    },
  }
}

export const kafkaFlink = flink('batch', 'files committed at the end')
export const kafkaFlinkStreaming = flink('streaming', 'checkpoint every 30 s, exactly once')
