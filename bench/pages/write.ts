/** Writes the tables of docs/performance.md, and their pictures, from bench/results: `node bench/pages/write.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { put } from '../docs.ts'
import type { GrowthResult } from '../growth.ts'
import type { NestedResult } from '../nested/nested.ts'
import type { ProfileResult } from '../profile.ts'
import { loadResult } from '../results.ts'
import type { PeersResult } from '../runner/peers-table.ts'
import { ROOT } from '../runner/places.ts'
import type { StepsResult } from '../steps/all.ts'
import { type BucketsResult, bucketsPage } from './buckets.ts'
import { type FormatsResult, formatsPage } from './formats.ts'
import { growthPage } from './growth.ts'
import { nestedPage } from './nested.ts'
import type { Page } from './page.ts'
import { peersPage } from './peers.ts'
import { profilePage } from './profile.ts'
import { stepsPage } from './steps.ts'

function write({ marker, lines, pictures }: Page): void {
  const folder = `${ROOT}/docs/pictures`
  mkdirSync(folder, { recursive: true })
  for (const { name, svg } of pictures) writeFileSync(`${folder}/${name}.svg`, svg)
  put(marker, lines)
}

const peers = loadResult<PeersResult>('peers')
const steps = loadResult<StepsResult>('steps')
const growth = loadResult<GrowthResult>('growth')
for (const from of ['file', 'kafka'] as const) {
  const page = peers && peersPage(peers, from)
  if (page) write(page)
}
if (steps) write(stepsPage(steps))
const profile = loadResult<ProfileResult>('profile')
const formats = loadResult<FormatsResult>('formats')
const buckets = loadResult<BucketsResult>('buckets')
const nested = loadResult<NestedResult>('nested')
if (growth) write(growthPage(growth))
if (buckets) write(bucketsPage(buckets))
if (nested) write(nestedPage(nested))
if (formats) write(formatsPage(formats))
if (profile) write(profilePage(profile))
