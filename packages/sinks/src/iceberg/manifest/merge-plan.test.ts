import { expect, test } from 'vitest'
import type { ManifestFile } from './manifest-list.ts'
import { manifestBins, mergeCandidates, mergeSettings } from './merge-plan.ts'

const manifest = (sequence_number: number, manifest_length: number, more: Partial<ManifestFile> = {}) =>
  ({ sequence_number, manifest_length, content: 0, partition_spec_id: 0, key_metadata: null, ...more }) as ManifestFile
const settings = { isEnabled: true, minCount: 3, targetBytes: 100 }
const numbers = (groups: readonly (readonly ManifestFile[])[]) => groups.map((group) => group.map(({ sequence_number: n }) => n))

test('the properties of a table say when its manifests are merged, as for other writers', () => {
  const defaults = { isEnabled: true, minCount: 100, targetBytes: 8_388_608 }
  expect(mergeSettings()).toEqual(defaults)
  expect(
    mergeSettings({
      'commit.manifest-merge.enabled': 'False',
      'commit.manifest.min-count-to-merge': '5',
      'commit.manifest.target-size-bytes': '1000',
    }),
  ).toEqual({ isEnabled: false, minCount: 5, targetBytes: 1000 })
  for (const nonsense of ['', 'x', '-1', '0', '1.5']) {
    const properties = { 'commit.manifest.min-count-to-merge': nonsense, 'commit.manifest.target-size-bytes': nonsense }
    expect(mergeSettings(properties), nonsense).toEqual(defaults)
  }
})

test('small manifests come together by what they hold and by their partition spec, where there are as many as it takes', () => {
  const few = [manifest(1, 9), manifest(2, 9)]
  expect(mergeCandidates(few, settings)).toEqual([])
  expect(mergeCandidates([...few, manifest(3, 9, { content: 1 })], settings)).toEqual([])
  expect(mergeCandidates([...few, manifest(3, 9, { partition_spec_id: 1 })], settings)).toEqual([])
  expect(mergeCandidates([...few, manifest(3, 9, { key_metadata: Uint8Array.of(1) })], settings)).toEqual([])
  expect(mergeCandidates([...few, manifest(3, 100)], settings)).toEqual([])
  const all = [...few, manifest(3, 99), ...[4, 5, 6].map((n) => manifest(n, 9, { content: 1 }))]
  expect(numbers(mergeCandidates(all, settings))).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ])
})

test('a bin has the target size at most, its manifests follow each other, and it is left where it has too few', () => {
  const newestFirst = [5, 4, 3, 2, 1].map((n) => manifest(n, 40))
  expect(numbers(manifestBins(newestFirst, settings))).toEqual([])
  expect(numbers(manifestBins(newestFirst, { ...settings, targetBytes: 120 }))).toEqual([[1, 2, 3]])
  const grown = [manifest(1, 95), ...[2, 3, 4, 5].map((n) => manifest(n, 5))]
  expect(numbers(manifestBins(grown, settings))).toEqual([[3, 4, 5]])
})

test('the manifests of many commits stay few, and each file is written again a few times', () => {
  const table = { targetBytes: 20_000, minCount: 100, isEnabled: true }
  let [listed, written, most]: [ManifestFile[], number, number] = [[], 0, 0]
  for (let n = 1; n <= 3000; n++) {
    listed.unshift(manifest(n, 20))
    for (const bin of mergeCandidates(listed, table).flatMap((group) => manifestBins(group, table))) {
      const bytes = bin.reduce((sum, { manifest_length }) => sum + manifest_length, 0)
      written += bytes
      listed = [manifest(n, bytes), ...listed.filter((one) => !bin.includes(one))]
    }
    most = Math.max(most, listed.length)
  }
  expect(listed.reduce((sum, { manifest_length }) => sum + manifest_length, 0)).toBe(60_000)
  expect(most).toBeLessThan(220)
  expect(written / 60_000).toBeLessThan(7)
})
