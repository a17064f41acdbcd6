import * as z from 'zod'
import { connectionFlags, connectionOf } from '../doctor/connection-flags.ts'
import type { Examined } from '../doctor/finding.ts'
import { kafkaChecks } from '../doctor/kafka-checks.ts'
import { nodeChecks, packageChecks } from '../doctor/machine-checks.ts'
import type { CommandDefinition } from '../program/command.ts'

const flags = z.object({
  log: z.string().optional().describe('log of the pipeline; its targets are checked too').meta({ placeholder: 'log' }),
  target: z.array(z.string()).default([]).describe('more folders or buckets that sinks write to').meta({ placeholder: 'dir' }),
  ...connectionFlags,
  topic: z.string().optional().describe('topic that is read'),
  group: z.string().optional().describe('consumer group of the pipeline'),
  transactionalId: z.string().optional().describe('transactional id of a sink').meta({ placeholder: 'id' }),
  json: z.boolean().default(false).describe('print the result as one JSON object'),
})

/** Makes the command `doctor`, which names what keeps a pipeline from running. */
export const doctorCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'doctor',
  description: 'Check what a pipeline needs: Node, packages, log, targets, disk, and Kafka. Names what is broken, how it was seen, and what to do.',
  examples: ['tickets doctor --log data/lake-log', 'tickets doctor --brokers localhost:9092 --topic tickets --group lake --json'],
  arguments: [],
  flags,
  prefix: 'TICKETS_DOCTOR_',
  async run(_, { log, target, topic, group, transactionalId, json, ...connection }) {
    const all: Examined[] = [nodeChecks(), packageChecks(process.cwd())]
    const left: string[] = []
    let logId: string | null = null
    const { logChecks, targetChecks } = await import('../doctor/place-checks.ts')
    if (log === undefined) left.push('log and targets (give --log)')
    else {
      const examined = await logChecks(log)
      logId = examined.logId
      all.push(examined)
    }
    for (const one of target) all.push(await targetChecks(one))
    if (connection.brokers.length === 0) left.push('Kafka (give --brokers)')
    else
      all.push(
        await kafkaChecks({
          ...connectionOf(connection),
          ...(topic === undefined ? {} : { topic }),
          ...(group === undefined ? {} : { groupId: group }),
          ...(transactionalId === undefined ? {} : { transactionalId }),
          ...(logId === null ? {} : { logId }),
        }),
      )
    const fine = Object.assign({}, ...all.map((one) => one.fine)) as Record<string, string>
    const findings = all.flatMap((one) => one.findings)
    print(json ? `${JSON.stringify({ ok: findings.length === 0, fine, findings, leftOut: left }, null, 2)}\n` : text({ fine, findings }, left))
    return findings.length > 0 ? 1 : 0
  },
})

const WIDEST = 'certificate'.length
const line = (state: string, check: string, rest: string) => `${state.padEnd(8)}${check.padEnd(WIDEST + 2)}${rest}`

function text({ fine, findings }: Examined, left: readonly string[]): string {
  const rows = [
    ...Object.entries(fine).map(([check, what]) => line('ok', check, what)),
    ...findings.flatMap(({ check, problem, seen, fix }) => [
      line('broken', check, problem),
      line('', '', `seen: ${seen}`),
      line('', '', `do:   ${fix}`),
    ]),
    ...(left.length > 0 ? [`not checked: ${left.join('; ')}`] : []),
  ]
  return `${rows.join('\n')}\n`
}
