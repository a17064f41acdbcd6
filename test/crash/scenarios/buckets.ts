import { setTimeout as sleep } from 'node:timers/promises'
import type { RequestKind } from '@tickets/s3'
import type { Fault } from '../../s3/proxy.ts'
import type { Point, PointName } from '../config.ts'
import type { Random } from '../random.ts'
import type { Run } from '../run.ts'
import { allEnd } from './groups.ts'
import type { Scenario } from './scenario.ts'

/** Where a worker of a bucket is stopped: around its requests, and between the steps of a range. */
const requests = ['upload-begun', 'part-sent', 'before-create', 'after-create', 'before-complete', 'after-complete'] as const
const tables = ['before-table', 'after-table'] as const
const steps = [
  'before-stage',
  'staged',
  'recorded',
  'before-publish',
  'after-publish',
  'published',
  'before-sweep',
  'after-begin',
  'opening',
] as const
const recoveries = ['before-complete', 'after-complete', 'before-table', 'before-publish', 'after-publish', 'before-sweep', 'before-abort'] as const
/** What leaves the head unpublished. */
const unpublished = ['after-create', 'recorded', 'before-publish', 'before-complete', 'after-complete', 'after-table'] as const

/** Points that are passed for each file of a range, and not once for a range. */
const often: readonly PointName[] = ['upload-begun', 'part-sent', 'before-complete', 'after-complete', 'before-publish', 'after-publish']

/** What no task does, or each only once. */
const once: readonly PointName[] = [...tables, 'after-begin', 'opening']

function pointIn(random: Random, names: readonly PointName[], how: Point['how']): Point {
  const at = random.pick(names)
  const task = random.pick(['partition', 'partition', 'merge'] as const)
  const most = often.includes(at) ? 20 : at === 'after-begin' ? 1 : task === 'merge' ? 2 : 3
  return { at, nth: random.int(1, most), how, ...(once.includes(at) || at === 'published' ? {} : { task }) }
}

/** Workers write to a lake, a Delta table and an Iceberg table too. */
const asRows = (run: Run) => {
  run.lake = true
  run.tables = true
}
/** Workers write to tables by key too. */
const byKey = (run: Run) => {
  run.keyed = true
}

/** Each worker has a working directory of its own; the bucket is all that they share. */
async function begin(run: Run, write: (run: Run) => void = asRows): Promise<void> {
  run.topic = await run.bench.topic({ count: 300, partitions: 2 })
  await run.shareBucketOnly()
  write(run)
  run.defaults = { pace: { rows: 40, ms: 5 }, rangeRows: run.random.pick([40, 80]) }
}

const killed: Scenario = {
  name: 'log and files in a bucket, killed at a point',
  weight: 6,
  needs: (run) => run.bench.noStore(),
  async run(run) {
    const { random } = run
    await begin(run)
    for (let i = 0; i < random.int(1, 3); i++) {
      const isRecovery = i > 0 && random.chance(0.5)
      const point = isRecovery
        ? ({ ...pointIn(random, recoveries, 'report'), nth: random.int(1, 3), phase: 'recovery' } as const)
        : pointIn(random, random.pick([requests, requests, tables, steps]), 'report')
      const worker = await run.startAt(point, { group: `${run.group}-${i}` })
      if (worker) await run.kill(worker)
    }
  },
}

const unpublishedHead: Scenario = {
  name: 'log and files in a bucket, killed before a head is published, then in recovery',
  weight: 4,
  needs: (run) => run.bench.noStore(),
  async run(run) {
    const { random } = run
    await begin(run)
    for (let i = 0; i < 2; i++) {
      const point =
        i === 0
          ? pointIn(random, unpublished, 'report')
          : ({ at: random.pick(recoveries), nth: random.int(1, 3), phase: 'recovery', how: 'report' } as const)
      const worker = await run.startAt(point, { group: `${run.group}-${i}` })
      if (worker) await run.kill(worker)
    }
  },
}

/** Two processes: of these the older one is killed at a random time and replaced, some times, and both come to their end within so many milliseconds. */
async function killInTurn(
  run: Run,
  { least = 1, most, ms, within }: { readonly least?: number; readonly most: number; readonly ms: number; readonly within: number },
): Promise<void> {
  const { random } = run
  let [one, other] = [run.start(), run.start()]
  for (let i = 0; i < random.int(least, most); i++) {
    await Promise.race([sleep(random.int(500, ms)), Promise.all([one.end, other.end])])
    if (one.ended && other.ended) return
    await run.kill(one)
    ;[one, other] = [other, run.start()]
  }
  await allEnd(run, [one, other], within)
}

const keyed: Scenario = {
  name: 'rows by key in Delta and Iceberg tables in a bucket, two processes, killed at random times',
  weight: 4,
  needs: (run) => run.bench.noStore(),
  async run(run) {
    await begin(run, byKey)
    // Each commit reads what it replaces, and others wait meanwhile.
    run.defaults = { ...run.defaults, rangeRows: run.random.pick([80, 150]) }
    await killInTurn(run, { most: 3, ms: 4000, within: 240_000 })
  },
}

const together: Scenario = {
  name: 'two processes that share a bucket and no disk, killed at random times',
  weight: 5,
  needs: (run) => run.bench.noStore(),
  async run(run) {
    await begin(run)
    run.defaults = { ...run.defaults, pace: { rows: 25, ms: 60 } }
    await killInTurn(run, { least: 2, most: 4, ms: 3000, within: 180_000 })
  },
}

const frozen: Scenario = {
  name: 'two processes that share a bucket and no disk, one frozen beyond its session, then woken',
  weight: 6,
  needs: (run) => run.bench.noStore(),
  async run(run) {
    const { random } = run
    await begin(run)
    const point = pointIn(random, random.pick([requests, tables, steps]), 'freeze')
    const zombie = await run.startAt(point)
    if (!zombie) return
    // In a group of its own it gets the partitions at once, otherwise when the session is over.
    const other = run.start(random.chance(0.4) ? { group: `${run.group}-other`, rangeRows: 30 } : {})
    if (random.chance(0.5)) await Promise.race([other.end, sleep(30_000)])
    else {
      await other.hasPartitions()
      await sleep(random.int(0, 2500))
    }
    zombie.signal('SIGCONT')
    await allEnd(run, [zombie, other], 180_000)
  },
}

const byHand: Scenario = {
  name: 'two processes that share a bucket and no disk, with the same partitions by hand',
  weight: 4,
  needs: (run) => run.bench.noStore(),
  async run(run) {
    const { random } = run
    await begin(run)
    run.defaults = { pace: { rows: 20, ms: random.int(1, 30) }, rangeRows: random.pick([40, 60]) }
    const workers = [0, 1].map((i) => run.start({ group: `${run.group}-hand${i}` }))
    if (random.chance(0.5)) {
      await sleep(random.int(500, 4000))
      workers[0]?.signal('SIGSTOP')
      await sleep(random.int(500, 4000))
      workers[0]?.signal('SIGCONT')
    }
    await allEnd(run, workers, 180_000)
  },
}

const any: readonly Fault[] = ['lost request', 'lost answer', 'lost answer', 'late', 'slow', 'repeated', 'done and 500', 500, 503]
const faultsOf: Readonly<Record<RequestKind, readonly Fault[]>> = {
  PutObject: [...any, 409],
  GetObject: [...any, 'cut off'],
  HeadObject: any,
  ListObjectsV2: [...any, 'cut off'],
  DeleteObjects: any,
  DeleteObject: any,
  CreateMultipartUpload: any,
  UploadPart: any,
  CompleteMultipartUpload: [...any, 409, 'cut off'],
  AbortMultipartUpload: any,
  ListMultipartUploads: [...any, 'cut off'],
}

/** Faults at random requests of each kind, among so many. */
const faultsAmong = (random: Random, share: number, most: number) =>
  (Object.keys(faultsOf) as RequestKind[]).flatMap((kind) =>
    Array.from({ length: most }, (_, i) => i + 1)
      .filter(() => random.chance(share))
      .map((at) => ({ kind, at, fault: random.pick(faultsOf[kind]) })),
  )

const lost: Scenario = {
  name: 'requests to a bucket lost, refused, delayed and repeated',
  weight: 6,
  needs: (run) => run.bench.noStore(),
  async run(run) {
    const { random } = run
    await begin(run)
    const proxy = await run.bench.storeProxy()
    const maxAttempts = random.pick([1, 2, 4])
    const bucket = run.bucket?.config(proxy.endpoint, maxAttempts)
    try {
      const settings = { pace: { rows: 10, ms: 100 }, rangeRows: 30, retries: 100, ...(bucket ? { bucket } : {}) }
      const faults = faultsAmong(random, maxAttempts === 1 ? 0.04 : 0.1, 400)
      // A client that tries again gets through the start as well, where a pipeline does not.
      if (maxAttempts === 4) proxy.plan(faults)
      const workers = Array.from({ length: random.int(1, 2) }, (_, i) => run.start({ ...settings, group: `${run.group}-${i}` }))
      for (const worker of workers) await worker.hasPartitions()
      if (maxAttempts < 4) proxy.plan(faults)
      if (random.chance(0.4) && workers[0]) {
        await sleep(random.int(500, 4000))
        await run.kill(workers[0])
      }
      await allEnd(run, workers, 240_000)
      run.note(`${proxy.happened} faults, ${maxAttempts} tries`)
      await proxy.settled()
    } finally {
      await proxy.stop()
    }
  },
}

export const buckets: readonly Scenario[] = [killed, unpublishedHead, keyed, together, frozen, byHand, lost]
