import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { DiskFault } from '../config.ts'
import type { Scenario } from './scenario.ts'
import { anyPoint } from './single.ts'

const execute = promisify(execFile)
const clear = ['SINK_FAILED', 'LOG_UNUSABLE', 'TARGET_UNUSABLE']

const faults: Scenario = {
  name: 'ENOSPC, EIO, EMFILE or EACCES at write, fsync, link or unlink',
  weight: 8,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic({ huge: random.chance(0.3) })
    run.allowed = clear
    for (let i = 0; i < 2; i++) {
      const fault: DiskFault = {
        call: random.pick(['write', 'fsync', 'link', 'unlink', 'mkdir', 'read'] as const),
        where: random.pick(['log', 'output'] as const),
        code: random.pick(['ENOSPC', 'EIO', 'EMFILE', 'EACCES'] as const),
        nth: random.int(1, 25),
        times: random.pick([1, 1, 2, 4, 1000]),
      }
      run.note(`${fault.code} at ${fault.call} in ${fault.where} #${fault.nth}x${fault.times}`)
      const worker = run.start({ faults: [fault], group: `${run.group}-${i}`, ...(random.chance(0.4) ? { point: anyPoint(random, 'report') } : {}) })
      // A fault that lasts is tried again with pauses that grow; nobody waits for all of them here.
      await Promise.race([worker.end, worker.atPoint(6000), sleep(6000)])
      await run.kill(worker)
    }
  },
}

const full: Scenario = {
  name: 'a tmpfs that fills up',
  weight: 2,
  needs: async (run) => {
    const error = await execute('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tickets-crash', run.home]).then(() => null, String)
    return error && `no tmpfs can be mounted here (${error.split('\n')[0]})`
  },
  async run(run) {
    run.onEnd(() => execute('umount', ['-l', run.home]))
    run.topic = await run.bench.topic({ huge: true })
    run.allowed = clear
    const worker = run.start()
    await Promise.race([worker.end, sleep(run.random.int(3000, 8000))])
    // One that still tries continues by itself when there is room again.
    if (run.random.chance(0.5)) await run.kill(worker)
    await execute('mount', ['-o', 'remount,size=200m', run.home])
    if (!worker.ended) await Promise.race([worker.end, sleep(20_000)])
    await run.finish()
  },
}

export const disk: readonly Scenario[] = [faults, full]
