import { basename, relative } from 'node:path'

/** What a path in the home of a run is. */
export interface Place {
  readonly kind: 'staged' | 'staging' | 'published' | 'table' | 'target' | 'owner' | 'temporary' | 'record' | 'state' | 'pipeline' | 'other'
  readonly task: string
  readonly where: 'log' | 'output'
}

/** Whether a path is that of a commit of a Delta or an Iceberg table, which is created if absent. */
export const isTableCommit = (path: string): boolean => /(^|\/)(_delta_log\/\d{20}|metadata\/v\d+\.metadata)\.json$/.test(path)

/** `out/<flow>/.staging/<log>/<flow>/<task>/<n>-<attempt>/<name>.tmp`, `out/<flow>/part-…`, `log/<log>/<task>/…` */
export function placeOf(home: string, path: string): Place {
  const [root, folder = '', third = '', fourth = '', ...rest] = relative(home, path).split('/')
  if (root === 'log') {
    const kind =
      fourth === 'state'
        ? 'state'
        : /^\.\d+-.*\.tmp$/.test(fourth)
          ? 'temporary'
          : /^\d+\.json$/.test(fourth)
            ? 'record'
            : folder === 'pipeline.json'
              ? 'pipeline'
              : 'other'
    return { kind, task: third, where: 'log' }
  }
  if (root !== 'out' && root !== 'lake') return { kind: 'other', task: '', where: 'output' }
  if (third === '.staging') {
    // A compaction is of no flow.
    const [task = '', range, file] = rest[0] === 'compact' ? rest : rest.slice(1)
    if (file !== undefined) return { kind: 'staged', task, where: 'output' }
    if (range !== undefined) return { kind: 'staging', task, where: 'output' }
    return { kind: relative(home, path).endsWith('owner.tickets') ? 'owner' : 'other', task: '', where: 'output' }
  }
  if (third === '') return { kind: 'target', task: '', where: 'output' }
  if (isTableCommit(path)) return { kind: 'table', task: '', where: 'output' }
  const part = /^part-[^-]+-(.+)-\d+-\d+\.\w+$/.exec(basename(path))
  return part ? { kind: 'published', task: part[1] ?? '', where: 'output' } : { kind: 'other', task: '', where: 'output' }
}
