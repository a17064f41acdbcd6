import { fileURLToPath } from 'node:url'
import type { Contestant, Topic } from '../contestant.ts'
import { pythonWith } from '../shared/python.ts'

const python = () => pythonWith('kafka-quix', ['quixstreams==3.28.1', 'pyarrow==26.0.1'])

export const kafkaQuix: Contestant<Topic> = {
  name: 'kafka-quix',
  title: 'Quix Streams',
  from: 'kafka',
  tuning:
    '2 processes, at least once, commits every 5 s; grouped by topics of its own; the last row of each window in a batch is written (revisions), to the last file',
  most: 1_000_000,
  async install() {
    await python()
    return { quixstreams: '3.28.1' }
  },
  async run({ input: { brokers, topic }, out, scratch, id }) {
    const program = fileURLToPath(new URL('./kafka-quix.py', import.meta.url))
    return { command: await python(), args: [program, brokers, topic, id, out, scratch, '2'], env: { TZ: 'UTC' } }
  },
}
