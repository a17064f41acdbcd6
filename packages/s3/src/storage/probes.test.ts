import { describe, expect, test } from 'vitest'
import { placeAt, sharedStore } from '../../../../test/s3/shared.ts'
import { checked } from './options.ts'
import { keyOf } from './paths.ts'
import { PROBES, probePath, removeProbes } from './probes.ts'

const endpoint = await sharedStore('fenced', 'probes')

test('a probe has a name of its own', () => {
  expect(probePath('twice')).toMatch(/^\.tickets-probe\/\d{13}-[\w-]+-twice$/)
  expect(probePath('twice')).not.toBe(probePath('twice'))
})

describe.skipIf(!endpoint)('in a store', () => {
  test('10.2 probes of checks that were killed are removed, and those of a running check are not', async () => {
    const { bucket, prefix } = checked(await placeAt(endpoint ?? ''))
    const old = `${PROBES}/${Date.now() - 20 * 60_000}-x-twice`
    const [young, foreign] = [probePath('twice'), `${PROBES}/notes`]
    for (const path of [old, young, foreign]) await bucket.put(keyOf(prefix, path), new Uint8Array(1))
    const uploads = [await bucket.createUpload(keyOf(prefix, old), 'probe'), await bucket.createUpload(keyOf(prefix, young), 'probe')]
    await removeProbes(bucket, prefix)
    const left: string[] = []
    for await (const { objects } of bucket.list(`${prefix}/`)) left.push(...objects.keys())
    expect(left.sort()).toEqual([keyOf(prefix, young), keyOf(prefix, foreign)].sort())
    expect((await bucket.uploads(`${prefix}/`)).map(({ id }) => id)).toEqual([uploads[1]])
  })
})
