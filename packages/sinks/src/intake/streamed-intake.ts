import { slice } from '@tickets/core/arrow'
import { Loan } from '@tickets/core/internal'
import type { OpenFile } from '../encoders/encoder.ts'
import type { Intake, RangeFiles } from './intake.ts'

interface Filling {
  readonly file: OpenFile
  rows: number
}

/** Gives rows to their files as they come, `most` to each at most, so that a range is encoded while it is read. `open` begins a file. */
export function streamedIntake(open: () => OpenFile, most: number): Intake {
  let range: Filling[] = []
  const next = () => {
    const filling = { file: open(), rows: 0 }
    range.push(filling)
    return filling
  }
  return {
    async add(batch, release) {
      const added: Promise<void>[] = []
      // Its parts may go to several files.
      const loan = release && new Loan(release)
      const releaseAll = loan?.hold()
      for (let from = 0; from < batch.length; ) {
        const last = range.at(-1)
        const filling = last && last.rows < most ? last : next()
        const to = Math.min(batch.length, from + most - filling.rows)
        added.push(filling.file.add(slice(batch, from, to), loan?.hold()))
        filling.rows += to - from
        from = to
      }
      releaseAll?.()
      await Promise.all(added)
    },
    cut(empty) {
      if (empty && range.length === 0) next()
      const files = range
      range = []
      return {
        isEmpty: files.length === 0,
        files: () => files.map(({ file, rows }) => ({ folder: '', rows, encode: (footer) => file.finish(footer) })),
        drop: () => dropAll(files),
      } satisfies RangeFiles
    },
    close() {
      dropAll(range)
      range = []
    },
  }
}

function dropAll(files: readonly Filling[]): void {
  for (const { file } of files) file.drop()
}
