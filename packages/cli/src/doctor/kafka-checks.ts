import type { DiagnoseOptions } from '@tickets/kafka-source'
import { loadPackage } from '../config/load-package.ts'
import type { Examined } from './finding.ts'

type Kafka = typeof import('@tickets/kafka-source')

/**
 * Returns @tickets/kafka-source, which only commands about Kafka need.
 *
 * @throws `OPTION_INVALID` where it is not installed, with what to install
 */
export const loadKafka = (load: () => Promise<Kafka> = () => import('@tickets/kafka-source')): Promise<Kafka> =>
  loadPackage('@tickets/kafka-source', load)

/** Checks brokers, their listeners, TLS, logins, a topic, rights, a group, codecs and clocks. */
export async function kafkaChecks(options: DiagnoseOptions): Promise<Examined> {
  const { diagnoseKafka } = await loadKafka()
  const { checked, findings } = await diagnoseKafka(options)
  const fine = checked.filter((check) => !findings.some((finding) => finding.check === check))
  const details: Readonly<Record<string, string | undefined>> = {
    broker: options.brokers.join(', '),
    topic: options.topic,
    group: options.groupId,
    access: 'what was asked is allowed',
  }
  // Where nothing could be reached, nothing else is known to be in order.
  const isReached = !findings.some(({ check }) => ['broker', 'tls', 'login', 'certificate'].includes(check))
  return { fine: isReached ? Object.fromEntries(fine.map((check) => [check, details[check] ?? 'in order'])) : {}, findings }
}
