import type { Contestant } from '../contestant.ts'
import { javaVersion } from '../shared/java.ts'
import { pythonWith } from '../shared/python.ts'
import { pythonCommand } from './commands.ts'

const VERSION = '4.3.0'
const python = () => pythonWith('spark', [`pyspark==${VERSION}`])

function spark(how: 'queries' | 'foreach', title: string, tuning: string): Contestant<string> {
  return {
    name: `spark-${how}`,
    title: `Spark Structured Streaming, ${title}`,
    from: 'file',
    tuning: `local[2], 2 shuffle partitions, driver 4 GiB with the parallel collector, availableNow; ${tuning}`,
    install: async () => {
      const java = await javaVersion(17)
      await python()
      return { spark: VERSION, java }
    },
    async run(job) {
      const { command, args } = pythonCommand(await python(), './spark-job.py', job)
      return { command, args: [...args, how], env: { PYSPARK_PYTHON: command, SPARK_LOCAL_DIRS: job.scratch, TZ: 'UTC' } }
    },
  }
}

export const sparkQueries = spark('queries', 'four queries', 'default state store')
export const sparkForeach = spark('foreach', 'one foreachBatch', 'the batch persisted; windows of each batch by themselves')
