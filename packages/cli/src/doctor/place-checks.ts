import { existsSync, statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isTicketsError, messageOf, type PipelineRecord, type Storage } from '@tickets/core'
import { checkLogFolder } from '@tickets/core/internal'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { jsonSink } from '@tickets/sinks'
import { bucketAt, isBucketAddress } from '../log/bucket.ts'
import { type LogPlace, openPlace } from '../log/place.ts'
import { readLog } from '../log/read-log.ts'
import type { Examined, Finding } from './finding.ts'

/** The room of a file system, in blocks. */
type Room = { readonly bavail: number; readonly blocks: number; readonly bsize: number }

/** Below both of these a disk counts as nearly full. */
const LEAST_SHARE = 0.05
const LEAST_BYTES = 2 ** 30

/** Errors of logs and storages say what is wrong, and behind the first colon what to do. */
function findingOf(check: string, error: unknown, problem: string): Finding {
  const text = messageOf(error).replaceAll(/\s+/g, ' ')
  const at = text.indexOf(': ')
  const [seen, fix] = at > 0 && isTicketsError(error) ? [text.slice(0, at), text.slice(at + 2)] : [text, 'see the message']
  return { check, problem: isTicketsError(error) ? `${problem} (${error.code})` : problem, seen, fix }
}

/** Checks a log: its records, its place, its disk, and the targets that it names: their owner, and that none is ahead of the log. */
export async function logChecks(where: string, files: FileLayer = nodeFiles): Promise<Examined & { readonly logId: string | null }> {
  const findings: Finding[] = []
  const fine: Record<string, string> = {}
  const place = await openPlace(where)
  const record = await place.log.pipeline().catch((error: unknown) => {
    findings.push(findingOf('log', error, `the log ${place.location} cannot be read`))
    return null
  })
  await tryCommits(place.storage ?? place.location, files).catch((error: unknown) => {
    findings.push(findingOf('log', error, `the log ${place.location} cannot be used`))
  })
  if (record) {
    const report = await readLog(place)
    for (const { task, code, message } of report.damaged)
      findings.push({
        check: 'log',
        problem: `the last record of ${task} cannot be read (${code})`,
        seen: message,
        fix: 'restore it from a backup, or start over: tickets reset',
      })
    for (const found of await Promise.all(localTargets(record).map(([flow, folder]) => ownTarget(place, record, flow, folder))))
      findings.push(...found)
  }
  if (findings.length === 0) fine.log = record ? `"${record.name}" in ${place.location}` : `${place.location} has no log yet, and can hold one`
  return { fine, findings: [...findings, ...(place.storage ? [] : diskFindings(place.location))], logId: record?.logId ?? null }
}

/** Checks that files can be published in a folder, or a bucket. Changes nothing there. */
export async function targetChecks(where: string): Promise<Examined> {
  try {
    const target = isBucketAddress(where) ? await bucketAt(where) : where
    // Whose it is does not matter here: a new log may replace it.
    await jsonSink(target, { mode: 'overwrite' }).prepare?.({ id: 'doctor' })
  } catch (error) {
    return { fine: {}, findings: [findingOf('target', error, `${where} cannot be written to`)] }
  }
  const findings = isBucketAddress(where) ? [] : diskFindings(where)
  return { fine: findings.length > 0 ? {} : { target: where }, findings }
}

/** Does in the place of a log what commits will do. A folder that is not there yet is not made: the one above is tried. */
async function tryCommits(place: Storage | string, files: FileLayer): Promise<void> {
  if (typeof place === 'string') await checkLogFolder(files, nearestFolder(place))
  else await place.check()
}

/** Flow → its folder, for the targets that are folders of this machine. */
const localTargets = ({ targets = {} }: PipelineRecord): [string, string][] =>
  Object.entries(targets).flatMap(([flow, target]): [string, string][] => (target?.startsWith('file:') ? [[flow, pathOf(target)]] : []))

const pathOf = (target: string) => (target.startsWith('file://') ? fileURLToPath(target) : target.slice('file:'.length))

async function ownTarget({ log }: LogPlace, { logId: id, partitions }: PipelineRecord, flow: string, folder: string): Promise<Finding[]> {
  if (!existsSync(folder))
    return [
      {
        check: 'target',
        problem: `the target of flow "${flow}" is gone`,
        seen: `there is no ${folder}`,
        fix: 'mount it, or restore it; to begin with an empty one, start over: tickets reset',
      },
    ]
  try {
    const sink = jsonSink(folder)
    await sink.prepare?.({ id })
    const tasks = partitions.map((partition) => partition.id)
    for (const [task, n] of Object.entries((await sink.reached?.({ id, flow, tasks })) ?? {})) {
      const latest = await log.latest(task)
      if (latest < n)
        return [
          {
            check: 'target',
            problem: `the log is older than the target of flow "${flow}" (LOG_BEHIND)`,
            seen: `${folder} has record ${n} of ${task}, the log ends at ${latest}`,
            fix: 'restore the newest log, or the targets of its moment; or start over: tickets reset',
          },
        ]
    }
  } catch (error) {
    return [findingOf('target', error, `the target of flow "${flow}" cannot be used`)]
  }
  return diskFindings(folder)
}

/** Returns a finding where the disk of a folder is nearly full. */
export function diskFindings(path: string, look: (folder: string) => Room = statfsSync): Finding[] {
  const { bavail, blocks, bsize } = look(nearestFolder(path))
  const [free, share] = [bavail * bsize, bavail / Math.max(1, blocks)]
  if (free >= LEAST_BYTES || share >= LEAST_SHARE) return []
  const seen = `${Math.floor(free / 2 ** 20)} MiB are free, ${Math.floor(share * 100)} %`
  return [
    { check: 'disk', problem: `the disk of ${path} is nearly full`, seen, fix: 'free some space: a full disk stops the pipeline, and loses nothing' },
  ]
}

function nearestFolder(path: string): string {
  const folder = resolve(path)
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder))
}
