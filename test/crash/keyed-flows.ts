import { type Batch, into, type Sink, type Storage, type Ticket, windowed } from '@tickets/core'
import { bucket, deltaSink, type FileOptions, fileCatalog, icebergSink } from '@tickets/sinks'
import type { Observable } from 'rxjs'
import { aggregate, minute } from './ticket-flows.ts'

/** Makes a sink of a dataset by its name, which dies where the run says so. */
export type MakeSink = (make: (place: string | Storage, options: FileOptions) => Sink<unknown>, name: string) => Sink<unknown>

/** The flows into tables whose rows are replaced by key: the last ticket of each client, and windows at each change. */
export function keyedFlows(tickets: Observable<Batch<Ticket>>, to: MakeSink) {
  const latest = { key: 'client_id', partitionBy: [bucket('client_id', 3)] } as const
  const changes = () => tickets.pipe(windowed(minute, { by: 'request_type', aggregate, id: 'changes', emit: 'updates' }))
  return {
    keyed_delta: tickets.pipe(
      into(to((place, options) => deltaSink<Ticket>(place, { ...(options as FileOptions<Ticket>), ...latest }) as Sink<unknown>, 'keyed_delta')),
    ),
    keyed_iceberg: tickets.pipe(
      into(
        to(
          (place, options) => icebergSink<Ticket>(place, { ...(options as FileOptions<Ticket>), ...latest, catalog: fileCatalog() }) as Sink<unknown>,
          'keyed_iceberg',
        ),
      ),
    ),
    keyed_windows_delta: changes().pipe(into(to((place, options) => deltaSink(place, options), 'keyed_windows_delta'))),
    keyed_windows_iceberg: changes().pipe(
      into(to((place, options) => icebergSink(place, { ...options, catalog: fileCatalog() }), 'keyed_windows_iceberg')),
    ),
  }
}
