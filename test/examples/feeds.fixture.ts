import { feeds } from '@tickets/cli'
import { type Pipeline, type RunSummary, TicketsError } from '@tickets/core'

const summary: RunSummary = { how: 'stopped', rows: 0, rejected: 0, unmapped: 0, refused: 0, late: {}, expired: 0, written: {}, seconds: 0 }
const stub = (run: Pipeline['run']): Pipeline => ({
  run,
  backfill: () => Promise.reject(new Error('none')),
  personalData: () => ({ pipeline: 'lake', places: [] }),
})

const runs: Pipeline['run'] = ({ signal } = {}) =>
  new Promise((done) => {
    if (signal?.aborted) done(summary)
    signal?.addEventListener('abort', () => done(summary))
  })

/** One feed that runs until it is stopped, and one that always fails. */
export const fixture = feeds({
  steady: { pipeline: () => stub(runs) },
  broken: { pipeline: () => stub(() => Promise.reject(new TicketsError('PIPELINE_CHANGED', 'another pipeline'))) },
})
