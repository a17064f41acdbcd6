import * as z from 'zod'
import type { LogReport, TaskReport } from '../log/read-log.ts'
import type { CommandDefinition } from '../program/command.ts'
import { ago, columns, count, size } from '../text.ts'

const flags = z.object({ json: z.boolean().default(false).describe('print the report as one JSON object') })

/** Makes the command `log`, which shows where the tasks of a pipeline stand. It only reads. */
export const logCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'log',
  description: 'Show what a commit log holds: tasks, last records, positions, watermarks, size, and who holds it. Changes nothing.',
  examples: ['tickets log data/lake-log', 'tickets log s3://support-lake/log --json'],
  arguments: [['<log>', 'the folder of the log, or s3://<bucket>/<prefix>']],
  flags,
  prefix: 'TICKETS_LOG_',
  async run([place = ''], { json }) {
    const [{ openPlace }, { readLog }] = await Promise.all([import('../log/place.ts'), import('../log/read-log.ts')])
    const report = await readLog(await openPlace(place))
    print(json ? `${JSON.stringify(report, null, 2)}\n` : text(report))
    return report.damaged.length > 0 ? 1 : 0
  },
})

function text(report: LogReport): string {
  const { pipeline, log, logId, topics, targets, tasks, merge, others, damaged } = report
  const flows = Object.entries(targets).map(([flow, target]) => [`flow ${flow}`, target ?? '(no place)'])
  const facts = [
    ['pipeline', pipeline],
    ['log', `${log} (${logId})`],
    ['topics', topics.join(', ')],
    ...flows,
    ['size', `${size(report.bytes)} in ${count(report.files)} files`],
    ['committed', report.committed ? ago(report.committed) : 'nothing yet'],
    ['held by', heldBy(report)],
    ...(merge ? [['merge', mergeLine(merge)]] : []),
    ...Object.entries(others).map(([name, records]) => [name, `${count(records)} records`]),
  ]
  const head = ['task', 'record', 'position', 'watermark', 'state', 'rows', 'rejected', 'committed', 'by']
  const rows = tasks.map((task) => [...line(task), ago(task.committed), task.attempt])
  const broken = damaged.map(({ task, code, message }) => `${task}: ${code}: ${message}\n`)
  return `${columns(['', ''], facts).trimStart()}\n${tasks.length > 0 ? columns(head, rows) : 'no task has committed\n'}${broken.join('')}`
}

const line = ({ task, n, position, watermark, state, rows, rejected }: TaskReport) => [
  task,
  String(n),
  typeof position === 'number' ? count(position) : JSON.stringify(position),
  watermark ? watermark.toISOString() : '-',
  state,
  count(rows),
  count(rejected),
]

function heldBy({ holders }: LogReport): string {
  if (!holders) return 'not known for a bucket: look at when its tasks committed'
  if (holders.length === 0) return 'no process of this machine'
  return holders.map(({ pid, since }) => `process ${pid}, since ${since.toISOString()}`).join('; ')
}

function mergeLine({ n, behind }: NonNullable<LogReport['merge']>): string {
  const late = Object.entries(behind).filter(([, records]) => records > 0)
  const what = late.map(([task, records]) => `${count(records)} of ${task}`).join(', ')
  return `record ${n}, ${late.length === 0 ? 'has all records' : `has not merged ${what}`}`
}
