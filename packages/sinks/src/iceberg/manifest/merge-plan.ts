import type { ManifestFile } from './manifest-list.ts'

/** When the manifests of a table are merged, by its properties, which all writers of Iceberg share. */
export interface MergeSettings {
  readonly isEnabled: boolean
  /** So many manifests are merged at least. */
  readonly minCount: number
  /** Bytes that a merged manifest is to have; one that has them already is left as it is. */
  readonly targetBytes: number
}

const MIN_COUNT = 100
const TARGET_BYTES = 8 * 1024 * 1024

const whole = (text: string | undefined, least: number, otherwise: number) => {
  const value = Number(text)
  return text !== undefined && Number.isSafeInteger(value) && value >= least ? value : otherwise
}

/** Returns the settings of a table; those that are no numbers are as if they were not there. */
export const mergeSettings = (properties: Readonly<Record<string, string>> = {}): MergeSettings => ({
  isEnabled: properties['commit.manifest-merge.enabled']?.toLowerCase() !== 'false',
  minCount: whole(properties['commit.manifest.min-count-to-merge'], 2, MIN_COUNT),
  targetBytes: whole(properties['commit.manifest.target-size-bytes'], 1, TARGET_BYTES),
})

/** Returns the small manifests in groups that may come to be one, by what they hold and by what divides their files: those groups that are large enough. */
export function mergeCandidates(manifests: readonly ManifestFile[], { minCount, targetBytes }: MergeSettings): ManifestFile[][] {
  // What is encrypted has a key of its own.
  const small = manifests.filter(({ manifest_length, key_metadata }) => manifest_length < targetBytes && key_metadata === null)
  const groups = Map.groupBy(small, ({ content, partition_spec_id }) => `${content} ${partition_spec_id}`)
  return [...groups.values()].filter((group) => group.length >= minCount)
}

/**
 * Divides manifests of one kind, the oldest first, into groups that have the target size together, and returns those that are to be merged. A manifest
 * that was merged grows with the next ones until it has that size, and is left alone then.
 */
export function manifestBins(manifests: readonly ManifestFile[], { minCount, targetBytes }: MergeSettings): ManifestFile[][] {
  const bins: ManifestFile[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const manifest of [...manifests].sort((a, b) => a.sequence_number - b.sequence_number)) {
    bytes += manifest.manifest_length
    if (bytes > targetBytes) {
      bins.push([])
      bytes = manifest.manifest_length
    }
    bins.at(-1)?.push(manifest)
  }
  return bins.filter((bin) => bin.length >= minCount)
}
