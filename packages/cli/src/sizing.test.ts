import { expect, test } from 'vitest'
import { type Load, sizing } from './sizing.ts'

const DAY = 864e5
const load: Load = {
  rate: 5000,
  partitions: 12,
  retention: 30 * DAY,
  messageBytes: 250,
  replication: 3,
  flows: 4,
  rowBytes: 86,
  range: 30_000,
  outage: 3_600_000,
  cpuMicros: 6.1,
  processRate: 250_000,
  processMemory: 640 * 2 ** 20,
  prices: { put: 0.005, get: 0.0004, gigabyteMonth: 0.023 },
}

test('a pipeline is sized by its rate, its partitions and its ranges', () => {
  const { topic, pipeline, lake, requests, storageDollars } = sizing(load)
  expect(topic).toEqual({ bytesPerSecond: 1_250_000, bytes: 1_250_000 * 30 * 86_400 * 3 })
  expect(pipeline).toMatchObject({ cores: 0.0305, processes: 2, memory: 1280 * 2 ** 20 })
  // An hour of rows at 495,000 a second that are to spare.
  expect(pipeline.catchUp).toBeCloseTo((3600 * 5000 * 1000) / 495_000)
  expect(lake).toMatchObject({ bytesPerDay: 5000 * 86 * 86_400, filesPerDay: 12 * 2880 * 4 })
  expect(lake.fileBytes).toBeCloseTo((5000 / 12 / 4) * 30 * 86)
  expect(requests).toMatchObject({ put: 12 * 2880 * 18, get: 12 * 2880 * 12 })
  expect(storageDollars).toBeCloseTo(311.9, 1)
})

test('requests cost what the guide to object storage says', () => {
  const one = sizing({ ...load, partitions: 3, rate: 300, flows: 1 }).requests.dollars
  expect(one).toBeCloseTo(0.27, 2)
  expect(sizing({ ...load, partitions: 3, rate: 300, flows: 2 }).requests.dollars - one).toBeCloseTo(0.18, 2)
  // Files of more than 8 MiB are sent in parts.
  const parts = (rate: number) => sizing({ ...load, partitions: 1, rate, flows: 1 }).requests.put / 2880
  expect([parts(3000), parts(4000)]).toEqual([6, 7])
})

test.each<[string, Partial<Load>, RegExp | null]>([
  ['nothing', { rate: 1_000_000, partitions: 8, range: 60_000 }, null],
  ['too few partitions', { rate: 1_000_000, partitions: 3, range: 60_000 }, /8 processes are needed and 3 partitions.*give the topic 8 partitions/],
  ['one partition', { rate: 10_000, partitions: 1, range: 600_000 }, /one partition keeps 1 process busy/],
  ['small files', {}, /tickets compact/],
  ['no time to catch up', { rate: 1_000_000, partitions: 8, range: 60_000, retention: 3_700_000 }, /keeps messages for less time/],
  ['more than they take', { rate: 1_000_000, partitions: 2, range: 60_000 }, /never catches up/],
])('warns of %s', (_, more, warning) => {
  const { warnings } = sizing({ ...load, ...more })
  if (warning) expect(warnings.join('\n')).toMatch(warning)
  else expect(warnings).toEqual([])
})

test('a pipeline that never catches up says so', () => {
  expect(sizing({ ...load, rate: 600_000, partitions: 2 }).pipeline.catchUp).toBeNull()
})
