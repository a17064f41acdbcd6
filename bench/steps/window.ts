/** What a row costs in windows and in the work on whole batches: `node bench/steps/window.ts [--tickets 200000] [--repeats 9] [--json]`. */
import { internals, join, pick, slice, watermarksOf } from '../../packages/core/src/batch/batch.ts'
import { Batch, count, countDistinct, hopping, Ticket, ticketStream, tumbling } from '../../packages/core/src/index.ts'
import { writePartials } from '../../packages/core/src/records/task-record.ts'
import { PartitionClock } from '../../packages/core/src/time/watermark.ts'
import { AlignedEngine } from '../../packages/core/src/window/engine/aligned-engine.ts'
import { Accumulators } from '../../packages/core/src/window/groups/accumulators.ts'
import { printSteps, stepOptions, timeSteps } from './steps.ts'

const options = stepOptions()
const { tickets } = options
const CHUNK = 5000

const rows = [...ticketStream({ seed: 1, tickets })]
const chunks: Batch<Ticket>[] = []
for (let i = 0; i < rows.length; i += CHUNK) chunks.push(new PartitionClock(10_000).stamp(Batch.of(Ticket, rows.slice(i, i + CHUNK))))
const half = Int32Array.from({ length: CHUNK / 2 }, (_, i) => i * 2)
const minute = tumbling({ size: '1 minute' })

/** Chunks between two records, as many as the rows of a range of the main job. */
const RANGE = 36
const counted = { tickets: count(), clients: countDistinct('client_id') }

/** @param writes whether what goes into records is written, and closed windows are freed */
const windows =
  (by: readonly string[], aggregate: Readonly<Record<string, unknown>>, window = minute, writes = false) =>
  () => {
    const engine = new AlignedEngine(window, by, new Accumulators(aggregate as ConstructorParameters<typeof Accumulators>[0]), {
      maxWindows: 100_000,
      maxKeys: 10_000_000,
    })
    for (const [i, chunk] of chunks.entries()) {
      engine.add(chunk)
      if (!writes || (i + 1) % RANGE > 0) continue
      const partials = engine.partials(watermarksOf(chunk)?.at(-1) ?? 0, 'none')
      JSON.stringify([writePartials({ windowed: partials }), engine.snapshot(false)])
    }
    return tickets
  }
const steps = {
  'windows by type: count': windows(['request_type'], { tickets: count() }),
  'windows by type: count, distinct clients': windows(['request_type'], counted),
  'the same, with records': windows(['request_type'], counted, minute, true),
  'windows by type and priority: count': windows(['request_type', 'priority'], { tickets: count() }),
  'hopping windows by type: count, distinct clients': windows(['request_type'], counted, hopping({ size: '10 minutes', advance: '1 minute' })),
  'windows by client: count': windows(['client_id'], { tickets: count() }),
  'clock over a batch': () => chunks.reduce((sum, chunk) => sum + new PartitionClock(0).stamp(chunk).length, 0),
  'every second row taken': () => chunks.reduce((sum, chunk) => sum + pick(chunk, half).length, 0),
  'one half sliced': () => chunks.reduce((sum, chunk) => sum + slice(chunk, 0, CHUNK / 2).length, 0),
  'batches joined': () => join(chunks).length,
  'rows to a batch (Batch.of)': () => Batch.of(Ticket, rows).length,
  'batch to rows': () => chunks.reduce((sum, chunk) => sum + chunk.toArray().length, 0),
}

const bytes = Math.round(chunks.reduce((sum, chunk) => sum + internals.columns(chunk).reduce((a, c) => a + c.byteLength, 0), 0) / tickets)
printSteps('a row', options, await timeSteps(steps, options), { 'bytes in columns': bytes })
