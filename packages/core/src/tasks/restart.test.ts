import { expect, it } from 'vitest'
import { TicketsError } from '../base/errors.ts'
import { harmlessLogger } from '../base/log/harmless.ts'
import { type SupervisorOptions, supervise } from './restart.ts'

const retryable = (code: 'SINK_FAILED' | 'TASK_LOST' = 'SINK_FAILED') => new TicketsError(code, 'busy', { retryable: true })

/** Runs work that gives these outcomes in turn: an error, or null for its end; `progress` is read before and after each. */
function supervised(outcomes: readonly (Error | null)[], progress: readonly number[] = [], onSleep = () => {}) {
  const stop = new AbortController()
  const failures: [string, number][] = []
  let runs = 0
  let reads = 0
  const options: SupervisorOptions = {
    retries: 2,
    clock: {
      now: () => 0,
      sleep: async () => onSleep(),
    },
    logger: harmlessLogger(undefined),
    onRetry: (error, count) => failures.push([(error as TicketsError).code, count]),
    signal: stop.signal,
  }
  const work = {
    name: 't-0',
    run: async () => {
      const outcome = outcomes[runs++] ?? null
      if (outcome) throw outcome
    },
    progress: () => progress[reads++] ?? 0,
  }
  return { done: supervise(work, options), runs: () => runs, failures, stop }
}

it('runs work again after a retryable error', async () => {
  const { done, runs } = supervised([retryable(), retryable(), null])
  await done
  expect(runs()).toBe(3)
})

it('throws at once what trying again cannot fix', async () => {
  const { done, runs } = supervised([new Error('bug')])
  await expect(done).rejects.toThrow('bug')
  expect(runs()).toBe(1)
})

it('gives up after too many failures in a row', async () => {
  const { done, runs } = supervised([retryable(), retryable(), retryable(), null])
  await expect(done).rejects.toThrow('busy')
  expect(runs()).toBe(3)
})

it('counts failures anew after progress', async () => {
  const { done, runs } = supervised([retryable(), retryable(), retryable(), null], [0, 0, 0, 0, 0, 1])
  await done
  expect(runs()).toBe(4)
})

it('3.3 never gives up because another process was first', async () => {
  const { done, runs } = supervised([...Array.from({ length: 9 }, () => retryable('TASK_LOST')), null])
  await done
  expect(runs()).toBe(10)
})

it('makes no further try once it is stopped', async () => {
  const it: ReturnType<typeof supervised> = supervised([retryable(), null], [], () => it.stop.abort())
  await it.done
  expect(it.runs()).toBe(1)
})

it('tells of each failure that it tries again after', async () => {
  const { done, failures } = supervised([retryable(), retryable('TASK_LOST'), null])
  await done
  expect(failures).toEqual([
    ['SINK_FAILED', 1],
    ['TASK_LOST', 2],
  ])
})
