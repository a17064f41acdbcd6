import { stagingName } from '../../connectors/staging-names.ts'
import type { HiddenFiles, Storage } from '../../connectors/storage.ts'
import { crc32 } from '../crc32.ts'
import { type Case, fails, same } from './case.ts'
import { asRecorded, bytesOf, everything, hiddenFile, namesOf, type OnStorage, pathOf, pathsOf, stage, TASK, textOf } from './storage-helpers.ts'
import { sweepCases } from './sweep-cases.ts'

/** The size of the file that is streamed, in bytes: above the size of one part of an upload to a bucket. */
const STREAMED = 9 * 1024 * 1024 + 7

/** Yields a content piece by piece, as an encoder does that holds no whole file. */
async function* pieces(content: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < content.length; from += size) yield content.slice(from, from + size)
}

const published = (hidden: HiddenFiles) => new Map(hidden.files.map(({ name }) => [name.slice(name.lastIndexOf('/') + 1), name]))

/** Returns what `Storage` promises of files that are staged, published, discarded and swept. */
export function stagingCases(on: OnStorage, flowsApart: boolean): Case[] {
  const isHidden = async (storage: Storage, { files }: HiddenFiles, what: string) => {
    same(await pathsOf(storage), [], `${what}: walk`)
    same(await namesOf(storage), [], `${what}: names`)
    for (const { name } of files) same([await storage.read(name), await storage.stat(name)], [null, null], `${what}: read and stat of ${name}`)
  }
  return [
    on('what is staged is seen by nobody before it is published', async ({ open }, storage) => {
      const hidden = await stage(storage, 0, 'a', ['one', 'two', 'three'])
      await isHidden(open(), hidden, 'staged')
      await storage.publish(hidden, true)
      same(await pathsOf(open()), [pathOf(0, 1), pathOf(0, 0), pathOf(0, 2)].sort(), 'published')
      for (const [k, text] of ['one', 'two', 'three'].entries()) same(await textOf(open(), pathOf(0, k)), text, `content of file ${k}`)
      same((await storage.stat(pathOf(0, 1)))?.size, 3, 'size')
    }),
    on('3.7 publishing again changes nothing, also by another process and from the JSON of the record', async ({ open }, storage) => {
      const hidden = await stage(storage, 0, 'a', ['one', 'two'])
      await storage.publish(hidden, true)
      const before = await open().walk(everything)
      for (const process of [storage, open(), open()]) await process.publish(asRecorded(hidden), false)
      same([...((await storage.walk(everything)) ?? [])], [...(before ?? [])], 'files and their versions')
    }),
    on('3.7 a process that finds a record publishes what another one staged', async ({ open }, storage) => {
      const hidden = await stage(storage, 0, 'a', ['one', 'two'])
      await open().publish(hidden, false)
      same([await textOf(storage, pathOf(0, 0)), await textOf(storage, pathOf(0, 1))], ['one', 'two'], 'content')
      await storage.publish(hidden, true)
    }),
    on('3.7 processes that publish one range at the same time all succeed', async ({ open }, storage) => {
      for (let n = 0; n < 3; n++) {
        const hidden = await stage(storage, n, 'a', ['one', 'two', 'three'])
        await Promise.all([
          storage.publish(hidden, true),
          open().publish(hidden, false),
          open().publish(hidden, false),
          storage.publish(hidden, true),
        ])
        for (const [k, text] of ['one', 'two', 'three'].entries()) same(await textOf(storage, pathOf(n, k)), text, `range ${n}, file ${k}`)
        same(await open().isStaged(hidden), false, 'what is left of it')
      }
    }),
    on('3.7 a range that was published in part is published whole', async ({ open }, storage) => {
      const hidden = await stage(storage, 0, 'a', ['one', 'two', 'three'])
      await storage.publish({ ...hidden, files: hidden.files.slice(0, 1) }, true)
      await open().publish(hidden, false)
      for (const [k, text] of ['one', 'two', 'three'].entries()) same(await textOf(storage, pathOf(0, k)), text, `file ${k}`)
    }),
    on('3.7 a file that is neither staged nor published is lost, and that is an error', async ({ open }, storage) => {
      const hidden = await stage(storage, 0, 'a', ['one', 'two'])
      await storage.publish(hidden, true)
      await storage.remove([pathOf(0, 1)])
      await fails(() => open().publish(hidden, false), 'one of two is gone', 'STAGED_LOST')
      same(await textOf(storage, pathOf(0, 0)), 'one', 'the other one')
    }),
    on('a file of another origin is never replaced, and what was staged for its name stays', async ({ open }, storage) => {
      const hidden = await stage(storage, 0, 'a', ['ours'])
      await storage.create(pathOf(0), [bytesOf('theirs, and longer')])
      await fails(() => open().publish(hidden, false), 'the name is taken', 'SINK_FAILED')
      same([await textOf(storage, pathOf(0)), await storage.isStaged(hidden)], ['theirs, and longer', true], 'what stands, what is staged')
      await storage.remove([pathOf(0)])
      await storage.publish(hidden, false)
      same(await textOf(storage, pathOf(0)), 'ours', 'once it was moved away')
    }),
    on('3.11 two attempts at one range do not touch each other', async ({ open }, storage) => {
      const [one, other] = await Promise.all([stage(storage, 0, 'a', ['first']), stage(open(), 0, 'b', ['second, longer'])])
      await storage.publish(one, true)
      same([await textOf(storage, pathOf(0)), await storage.isStaged(other)], ['first', true], 'published, staged')
      await storage.discard(other)
      await storage.publish(one, false)
      same(await textOf(storage, pathOf(0)), 'first', 'after the other one was discarded')
    }),
    on('what is discarded is gone, and what was published stays', async ({ open }, storage) => {
      const hidden = await stage(storage, 0, 'a', ['one', 'two'])
      await open().discard(hidden)
      await storage.discard(hidden)
      same([await storage.isStaged(hidden), await storage.staged(TASK)], [false, []], 'staged')
      await fails(() => storage.publish(hidden, true), 'publishing it', 'STAGED_LOST')
      const next = await stage(storage, 1, 'a', ['three'])
      await storage.publish(next, true)
      await storage.discard(next)
      same(await pathsOf(storage), [pathOf(1)], 'published')
    }),
    on('a big file is staged while it is written, and comes back byte for byte', async ({ open }, storage) => {
      const content = new Uint8Array(STREAMED)
      for (let i = 0; i < STREAMED; i++) content[i] = i * 7 + (i >>> 11)
      const staging = stagingName(TASK, 0, 'a')
      const { bytes, upload } = await storage.stage(staging, pathOf(0), pieces(content, 700_001), { mustExist: false })
      same(bytes, STREAMED, 'size')
      await storage.sealStaged(staging)
      await open().publish(asRecorded({ staging, files: [hiddenFile(pathOf(0), content, upload)] }), false)
      const found = await storage.read(pathOf(0))
      same([found?.length, found && crc32(found)], [STREAMED, crc32(content)], 'size and checksum')
    }),
    on('a file whose content fails on the way is not staged, and may be staged again', async ({ open }, storage) => {
      const staging = stagingName(TASK, 0, 'a')
      const failing = async function* () {
        yield bytesOf('begun')
        throw new Error('the encoder failed')
      }
      await fails(() => storage.stage(staging, pathOf(0), failing(), { mustExist: false }), 'an encoder that fails')
      same(await pathsOf(open()), [], 'seen')
      await open().publish(await stage(storage, 0, 'a', ['whole']), false)
      same(await textOf(storage, pathOf(0)), 'whole', 'content')
    }),
    on('empty files are staged and published, from parts and from a stream', async ({ open }, storage) => {
      const staging = stagingName(TASK, 0, 'a')
      const nothing = new Uint8Array(0)
      const one = await storage.stage(staging, pathOf(0, 0), [], { mustExist: false })
      const other = await storage.stage(staging, pathOf(0, 1), pieces(nothing, 1), { mustExist: false })
      same([one.bytes, other.bytes], [0, 0], 'sizes')
      await storage.sealStaged(staging)
      await open().publish(asRecorded({ staging, files: [one, other].map(({ upload }, k) => hiddenFile(pathOf(0, k), nothing, upload)) }), false)
      same([(await storage.read(pathOf(0, 0)))?.length, (await storage.stat(pathOf(0, 1)))?.size], [0, 0], 'published')
    }),
    on('partitions of any characters are published as they are', async ({ open }, storage) => {
      const name = `day=2026-11-21/city=Köln %C3 (a+b)&c/${pathOf(0)}`
      const staging = stagingName(TASK, 0, 'a')
      const { upload } = await storage.stage(staging, name, [bytesOf('x')], { mustExist: false })
      await storage.sealStaged(staging)
      const hidden = asRecorded({ staging, files: [hiddenFile(name, bytesOf('x'), upload)] })
      same(await open().isStaged(hidden), true, 'staged')
      await open().publish(hidden, false)
      await storage.publish(hidden, true)
      same([await pathsOf(storage), await textOf(open(), name)], [[name], 'x'], 'published')
    }),
    on('what is staged below a path is not staged beside it', async ({ open }, storage) => {
      await storage.below('v2').check()
      const hidden = await stage(storage.below('v2'), 0, 'a')
      same([await storage.below('v2').staged(TASK), await storage.below('v3').staged(TASK)], [[0], []], 'staged')
      await open().below('v2').publish(hidden, false)
      same(await textOf(storage, `v2/${pathOf(0)}`), '0 a', 'published')
    }),
    on('a place that must exist and is gone takes nothing, and is not made again', async ({ open, clear }, storage) => {
      // As a sink does that takes its target: the mark tells that the place is there.
      await storage.create('.staging/owner.tickets', [bytesOf('{}')])
      const staging = stagingName(TASK, 0, 'a')
      same((await storage.stage(staging, pathOf(0), [bytesOf('x')], { mustExist: true })).bytes, 1, 'while it is there')
      if (!clear) return
      await clear()
      for (const process of [storage, open()])
        await fails(() => process.stage(stagingName(TASK, 1, 'a'), pathOf(1), [bytesOf('x')], { mustExist: true }), 'where it is gone')
      same(await open().walk(everything), null, 'what is there')
    }),
    on('what is staged is known by its task, range and files', async ({ open, publishSome }, storage) => {
      const numbers = async (of = TASK) => [...new Set(await open().staged(of))].sort((a, b) => a - b)
      same(await numbers(), [], 'before')
      const hidden = await stage(storage, 12, 'a', ['one', 'two'])
      await stage(storage, 3, 'a')
      await stage(storage, 12, 'b', ['another'])
      same(
        [await numbers(), await numbers({ ...TASK, flow: '' })],
        [
          [3, 12],
          [3, 12],
        ],
        'staged',
      )
      same([await numbers({ ...TASK, task: 'tickets-00' }), await numbers({ ...TASK, logId: 'bbbb0000' })], [[], []], 'by others')
      same([await open().isStaged(hidden), await open().isPublishing(TASK, 12, new Map())], [true, false], 'before it is published')
      if (publishSome) {
        await publishSome(hidden, 1)
        const seen = published({ ...hidden, files: hidden.files.slice(0, 1) })
        same([await open().isPublishing(TASK, 12, seen), await open().isStaged(hidden)], [true, true], 'while it is published')
      }
      await storage.publish(hidden, true)
      same([await open().isStaged(hidden), await open().isPublishing(TASK, 12, published(hidden))], [false, false], 'once it is published')
    }),
    ...sweepCases(on, flowsApart),
  ]
}
