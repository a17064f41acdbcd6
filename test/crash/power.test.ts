import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Journal } from './journal.ts'
import { losePower } from './power.ts'

/** The campaign trusts this disk: what it forgets wrongly looks like a loss of ours, what it keeps wrongly hides one. */
describe('what a loss of power leaves', () => {
  let base: string
  let home: string
  let notes: string
  let journal: Journal

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'tickets-power-'))
    home = join(base, 'home')
    notes = join(base, 'journal')
    mkdirSync(home)
    journal = new Journal(notes)
    folder(join(home, 'out'))
    sync(home)
  })
  afterEach(() => rmSync(base, { recursive: true, force: true }))

  const folder = (path: string) => {
    mkdirSync(path)
    journal.made(path)
  }
  const sync = (path: string) => journal.synced(path, journal.syncing(path))
  const write = (path: string, synced = true) => {
    writeFileSync(path, 'whole content')
    journal.written(path, synced)
  }
  const link = (from: string, to: string) => {
    linkSync(from, to)
    journal.linked(from, to)
  }
  const out = (name: string) => join(home, 'out', name)
  /** The least that a disk may keep. */
  const least = () => losePower(home, notes, () => false)

  it('a name that was synced stands, one that was not is gone', () => {
    write(out('a'))
    sync(join(home, 'out'))
    write(out('b'))
    least()
    expect(existsSync(out('a'))).toBe(true)
    expect(existsSync(out('b'))).toBe(false)
  })

  it('a content that was not synced is torn', () => {
    write(out('a'), false)
    sync(join(home, 'out'))
    least()
    expect(statSync(out('a')).size).toBeLessThan('whole content'.length)
  })

  it('an unlink that was not synced is undone', () => {
    write(out('a'))
    sync(join(home, 'out'))
    unlinkSync(out('a'))
    journal.unlinked(out('a'))
    least()
    expect(existsSync(out('a'))).toBe(true)
  })

  it('a sync covers what was there when it began, no more', () => {
    const id = journal.syncing(join(home, 'out'))
    write(out('a'))
    journal.synced(join(home, 'out'), id)
    least()
    expect(existsSync(out('a'))).toBe(false)
  })

  it('a sync that began earlier and ended later takes nothing back', () => {
    const early = journal.syncing(join(home, 'out'))
    write(out('a'))
    link(out('a'), out('b'))
    sync(join(home, 'out'))
    journal.synced(join(home, 'out'), early)
    least()
    expect(existsSync(out('a'))).toBe(true)
    expect(existsSync(out('b'))).toBe(true)
  })
  it('a folder that is noted after what lies in it keeps that', () => {
    const inner = join(home, 'out', 'inner')
    mkdirSync(inner)
    write(join(inner, 'a'))
    journal.made(inner)
    sync(inner)
    sync(join(home, 'out'))
    least()
    expect(statSync(join(inner, 'a')).size).toBe('whole content'.length)
  })
})
