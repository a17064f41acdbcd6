import { assignTeam, type Batch, count, countDistinct, into, type Storage, type Ticket, tumbling, windowed } from '@tickets/core'
import { day, deltaSink, fileCatalog, icebergSink, parquetSink } from '@tickets/sinks'
import type { Observable } from 'rxjs'

/** Writes all tickets to a Delta and an Iceberg table, and counts by minute and type to Parquet, each in a folder of a bucket. */
export function tables(bucket: Storage) {
  const partitionBy = [day('created_at')]
  const minute = tumbling({ size: '1 minute' })
  const aggregate = { tickets: count(), clients: countDistinct('client_id') }
  return (tickets: Observable<Batch<Ticket>>) => ({
    delta: tickets.pipe(assignTeam(), into(deltaSink(bucket.below('tickets_delta'), { partitionBy }))),
    iceberg: tickets.pipe(assignTeam(), into(icebergSink(bucket.below('tickets_iceberg'), { catalog: fileCatalog(), partitionBy }))),
    by_type: tickets.pipe(windowed(minute, { by: 'request_type', aggregate }), into(parquetSink(bucket.below('tickets_by_type')))),
  })
}
