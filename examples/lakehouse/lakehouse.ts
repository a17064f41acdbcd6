// Tickets from Kafka into a Delta and an Iceberg table and Parquet in a bucket: BUCKET=support-lake node examples/lakehouse/lakehouse.ts
// Start it on as many hosts as you like: they share the partitions. SIGTERM or Ctrl-C commits what was read and stops.
import { loadConfig } from '@tickets/cli/config'
import { type Progress, Ticket } from '@tickets/core'
import { kafkaSource } from '@tickets/kafka-source'
import { monitor, serveMonitor } from '@tickets/monitor'
import { s3 } from '@tickets/s3'
import { main } from '../shared/main.ts'
import { withProgress } from '../shared/progress.ts'
import { lakehousePipeline } from './pipeline.ts'
import { Settings } from './settings.ts'

await main(async () => {
  const settings = loadConfig(Settings, { name: 'lakehouse', description: 'Tickets from Kafka into tables in a bucket' })
  const { brokers, topic, group, kafkaUser, kafkaPassword, bucket, prefix, endpoint, until, commitEvery, sessionTimeout } = settings
  const login = { mechanism: 'scram-sha-512', username: kafkaUser ?? '', password: kafkaPassword?.reveal() ?? '' } as const
  const source = kafkaSource({
    schema: Ticket,
    brokers,
    topic,
    groupId: group,
    until,
    sessionTimeout,
    ...(kafkaUser ? { ssl: true, sasl: login } : {}),
  })
  // Stores other than that of AWS have no host for each bucket.
  const storage = s3({ bucket, prefix, ...(endpoint ? { endpoint, forcePathStyle: true } : {}) })
  const telemetry = monitor()
  const { monitorPort: port, monitorHost: host } = settings
  const served = port === undefined ? null : await serveMonitor(telemetry, { port, host })
  if (served) console.log(`metrics, health and status: ${served.url}`)
  const share = ({ rows, lag }: Progress) => (lag === null ? 0 : rows / Math.max(1, rows + lag))
  const { rows, rejected, how } = await withProgress(`${topic} to ${storage.location}, Ctrl-C to stop`, share, (show) =>
    lakehousePipeline(source, { bucket: storage, commitEvery, onProgress: show, telemetry }).run(),
  )
  await served?.close()
  console.log(`${how}: ${rows} messages read, ${rejected} of them rejected, committed to ${storage.location}`)
})
