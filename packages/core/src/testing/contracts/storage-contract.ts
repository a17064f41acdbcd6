import type { Storage } from '../../connectors/storage.ts'
import { type Case, check, same } from './case.ts'
import { stagingCases } from './staging-cases.ts'
import { bytesOf, everything, namesOf, pathsOf, type StorageUnderTest, textOf } from './storage-helpers.ts'

/** What the contract needs of a storage. */
export interface StorageDriver {
  make: () => Promise<StorageUnderTest>
  /** False for a store whose conditional writes race, such as a mock: leaves out the cases in which many processes create one file. True by default. */
  fences?: boolean
  /** False for a store that does not tell the flows of one task apart, so that each flow needs a place of its own. True by default. */
  flowsApart?: boolean
}

/** How many processes create one file at the same time. */
const RIVALS = 32

/**
 * Returns everything that `Storage` promises, as cases for any test runner. A storage that fails one of them may lose rows.
 *
 * @example
 * for (const { name, run } of storageContract({ make: async () => ({ open: () => storage }) })) test(name, run)
 */
export function storageContract({ make, fences = true, flowsApart = true }: StorageDriver): Case[] {
  const onNew = (name: string, run: (under: StorageUnderTest, storage: Storage) => Promise<void>): Case => ({
    name,
    run: async () => {
      const under = await make()
      await run(under, under.open())
    },
  })
  const on = (name: string, run: (under: StorageUnderTest, storage: Storage) => Promise<void>): Case =>
    onNew(name, async (under, storage) => {
      await storage.check()
      await run(under, storage)
    })

  const fence = [
    on('3.1 of many that create one file exactly one does, whole, and each knows', async ({ open }, storage) => {
      for (const path of ['7.json', 'log/tickets-0/8.json', 'log/tickets-0/9.json']) {
        const contents = Array.from({ length: RIVALS }, (_, i) => `${i}:${String(i).repeat(5000)}`)
        const answers = await Promise.all(contents.map((content) => open().create(path, [bytesOf(content.slice(0, 7)), bytesOf(content.slice(7))])))
        same(answers.filter((created) => created).length, 1, `who created ${path}`)
        check((await textOf(storage, path)) === contents[answers.indexOf(true)], `${path} has not the content of the one who created it`)
      }
    }),
  ]
  const cases = [
    onNew('where nothing is, nothing is found, and removing it is no error', async (_, storage) => {
      same(await storage.walk(everything), null, 'walk')
      same([await storage.names(''), await storage.names('a/b')], [[], []], 'names')
      same([await storage.read('a'), await storage.stat('a/b')], [null, null], 'read, stat')
      await storage.remove(['a', 'a/b'])
      same(await storage.walk(everything), null, 'looking makes nothing')
    }),
    onNew('1.3 the check leaves nothing that readers see, and may be undone and repeated', async ({ open }, storage) => {
      const undo = await storage.check()
      same(await namesOf(storage), [], 'after the check')
      await undo()
      same(await storage.walk(everything), null, 'undone')
      await open().check()
      check(await storage.create('a', [bytesOf('x')]), 'after the second check')
    }),
    onNew('1.3 undoing a check removes nothing that was written meanwhile', async ({ open }, storage) => {
      const undo = await storage.check()
      await open().create('a/b', [bytesOf('x')])
      await undo()
      same(await textOf(storage, 'a/b'), 'x', 'what another process wrote')
    }),
    on('1.4 a place has one identity, and another place another one', async ({ open }, storage) => {
      check(storage.location !== '', 'a location')
      same(await storage.place(), await open().place(), 'two processes')
      await storage.below('a').check()
      same(await storage.below('a').place(), await open().below('a').place(), 'below')
      check((await storage.below('a').place()) !== (await storage.place()), 'below is another place')
    }),
    on('3.1 a file is created whole, once, and stays as it is', async ({ open }, storage) => {
      same(await storage.create('a/b.json', [bytesOf('one'), bytesOf(''), bytesOf(' two')]), true, 'created')
      same(await open().create('a/b.json', [bytesOf('another')]), false, 'created again')
      same([await textOf(storage, 'a/b.json'), await textOf(open(), 'a/b.json')], ['one two', 'one two'], 'content')
      await storage.remove(['a/b.json'])
      same(await storage.create('a/b.json', [bytesOf('third')]), true, 'created after it was removed')
    }),
    ...(fences ? fence : []),
    on('a file is detached from what it was made of, and from what reads it', async (_, storage) => {
      const part = bytesOf('abc')
      await storage.create('a', [part])
      part.fill(0)
      ;(await storage.read('a'))?.fill(0)
      same(await textOf(storage, 'a'), 'abc', 'content')
    }),
    on('a file is replaced whole, and made where there is none', async ({ open }, storage) => {
      await storage.replace('a/mark', [bytesOf('long '), bytesOf('content')])
      await open().replace('a/mark', [bytesOf('short')])
      same(await textOf(storage, 'a/mark'), 'short', 'content')
      same(await namesOf(storage, 'a'), ['mark'], 'nothing else is there')
    }),
    on('`stat` and `walk` tell one size and version, another as soon as the content changes', async ({ open }, storage) => {
      await storage.create('a/b', [bytesOf('12345')])
      const found = await storage.stat('a/b')
      same(found?.size, 5, 'size')
      check(Number.isFinite(found?.modified) && (found?.modified ?? 0) > 0, `a time, got ${found?.modified}`)
      same([await open().stat('a/b'), (await open().walk(everything))?.get('a/b')], [found, found], 'seen by others')
      await storage.replace('a/b', [bytesOf('54321')])
      check((await storage.stat('a/b'))?.version !== found?.version, 'the version of other content is another one')
    }),
    on('an empty file is a file', async (_, storage) => {
      same(await storage.create('a/empty', []), true, 'created')
      same([(await storage.read('a/empty'))?.length, (await storage.stat('a/empty'))?.size], [0, 0], 'read, stat')
      same([...((await storage.walk(everything)) ?? new Map()).keys()], ['a/empty'], 'walk')
    }),
    on('`names` are the files and folders directly in a folder, each once', async (_, storage) => {
      for (const path of ['a/1', 'a/2', 'a/c/3', 'a/c/4', 'ab/5', 'd']) await storage.create(path, [bytesOf(path)])
      same(await namesOf(storage), ['a', 'ab', 'd'], 'of the place')
      same(await namesOf(storage, 'a'), ['1', '2', 'c'], 'of a folder')
      same(await namesOf(storage, 'a/c'), ['3', '4'], 'of a folder in it')
      same(await namesOf(storage, 'b'), [], 'of no folder')
    }),
    on('`walk` has the files in accepted folders, by path and sorted, without other datasets', async (_, storage) => {
      const paths = [
        'b=2/part-1',
        'b=10/c=1/part-2',
        'b=10/other',
        'hidden/part-3',
        'part-4',
        'part-0',
        '.lake/part-5',
        'b=3/c=1/part-6',
        'b=3/part-7',
      ]
      for (const path of [...paths, '.staging/owner.tickets', 'b=3/c=1/.staging/owner.tickets']) await storage.create(path, [bytesOf(path)])
      const found = await storage.walk({ folder: (name) => name.includes('='), file: (name) => name.startsWith('part-') })
      same([...(found ?? new Map()).keys()], ['b=10/c=1/part-2', 'b=2/part-1', 'b=3/part-7', 'part-0', 'part-4'], 'found')
    }),
    on('names of any characters come back as they are', async ({ open }, storage) => {
      const folder = 'day=2026-11-21/city=Köln %C3 (a+b)&c;d'
      const name = "part-ü+%20 'x'=#?.json"
      check(await storage.create(`${folder}/${name}`, [bytesOf('x')]), 'created')
      same(await open().create(`${folder}/${name}`, [bytesOf('y')]), false, 'created again')
      same(await textOf(open(), `${folder}/${name}`), 'x', 'content')
      same(await namesOf(storage, folder), [name], 'names')
      same(await namesOf(storage, 'day=2026-11-21'), [folder.split('/')[1]], 'names of folders')
      same([...((await storage.walk(everything)) ?? new Map()).keys()], [`${folder}/${name}`], 'walk')
      await storage.remove([`${folder}/${name}`])
      same(await storage.stat(`${folder}/${name}`), null, 'removed')
    }),
    on('removing takes files, the missing ones too, and folders that become empty', async ({ open }, storage) => {
      for (const path of ['a/b/1', 'a/b/2', 'a/3', 'c/4']) await storage.create(path, [bytesOf(path)])
      await storage.remove(['a/b/1', 'a/b/2', 'nothing', 'no/folder'])
      await open().remove(['a/b/1', 'a/b/2'])
      same([await namesOf(storage), await namesOf(storage, 'a')], [['a', 'c'], ['3']], 'left')
      await storage.remove(['a/3'])
      same(await namesOf(storage), ['c'], 'the empty folder went too')
      await storage.remove([])
      check(await storage.create('a/b/1', [bytesOf('again')]), 'the folder may be there again')
    }),
    on('what lies below a path is a storage of its own', async ({ open }, storage) => {
      const below = storage.below('a').below('b')
      await below.check()
      check(await below.create('c/1', [bytesOf('x')]), 'created')
      same(await textOf(open(), 'a/b/c/1'), 'x', 'seen from above')
      same(await open().create('a/b/c/1', [bytesOf('y')]), false, 'created from above')
      same([await namesOf(below), [...((await below.walk(everything)) ?? new Map()).keys()]], [['c'], ['c/1']], 'paths are relative')
      same(await storage.below('ab').walk(everything), null, 'a place of a similar name')
    }),
    on('what lies beside a place is another one', async ({ open }, storage) => {
      const beside = storage.beside('.v2')
      check(beside.location === `${storage.location}.v2`, `the location has the suffix, got ${beside.location}`)
      await beside.check()
      await storage.create('a', [bytesOf('one')])
      check(
        await open()
          .beside('.v2')
          .create('a', [bytesOf('two')]),
        'created',
      )
      same([await textOf(storage, 'a'), await textOf(beside, 'a')], ['one', 'two'], 'content')
      same(await pathsOf(storage), ['a'], 'walk')
    }),
    on('3.4 what was seen can be made durable, and new files are no leftovers', async (_, storage) => {
      await storage.create('a/1', [bytesOf('x')])
      for (const folder of ['', 'a']) {
        await storage.makeDurable(folder)
        await storage.removeLeftovers(folder)
      }
      same(await textOf(storage, 'a/1'), 'x', 'content')
    }),
  ]
  return [...cases, ...stagingCases(on, flowsApart)]
}
