import { fileURLToPath } from 'node:url'
import type { Contestant, Topic } from '../contestant.ts'
import { pythonWith } from '../shared/python.ts'

const python = () => pythonWith('kafka-bytewax', ['bytewax[kafka]==0.21.1', 'pyarrow==26.0.1', 'orjson==3.13.0'])

export const kafkaBytewax: Contestant<Topic> = {
  name: 'kafka-bytewax',
  title: 'bytewax',
  from: 'kafka',
  tuning: '2 processes, no recovery store: all is read again after a crash; windows closed by the end of the input',
  most: 1_000_000,
  async install() {
    await python()
    return { bytewax: '0.21.1' }
  },
  async run({ input: { brokers, topic }, out, scratch }) {
    const program = fileURLToPath(new URL('./kafka-bytewax.py', import.meta.url))
    return { command: await python(), args: [program, brokers, topic, out, scratch, '2'], env: { TZ: 'UTC', PYTHONDONTWRITEBYTECODE: '1' } }
  },
}
