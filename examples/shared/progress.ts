import { isTTY, progress as progressBar } from '@clack/prompts'
import type { Progress } from '@tickets/core'

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

const described = ({ rows, ranges, waiting }: Progress, rate: number) =>
  `${number.format(rows)} messages, ${number.format(rate)}/s, ${ranges} commits${waiting ? `, ${waiting}` : ''}`

interface Display {
  update(percent: number, text: string): void
  end(text: string, ok: boolean): void
}

function bar(title: string): Display {
  const shown = progressBar({ max: 100, output: process.stderr, cancelMessage: 'Stopping; what was read is committed first.' })
  shown.start(title)
  // The bar would take Ctrl-C for itself and exit at once; as a signal it reaches the pipeline, which commits what it has read.
  if (process.stdin.isTTY) process.stdin.setRawMode(false)
  let at = 0
  return {
    update(percent, text) {
      shown.advance(Math.max(0, percent - at), text)
      at = Math.max(at, percent)
    },
    end(text, ok) {
      if (ok && !shown.isCancelled) shown.stop(text)
      else shown.error(text)
    },
  }
}

/** A line every five seconds. */
function lines(title: string): Display {
  let told = performance.now()
  console.error(title)
  return {
    update(_, text) {
      if (performance.now() - told < 5000) return
      told = performance.now()
      console.error(text)
    },
    end: (text) => console.error(text),
  }
}

/** Shows how far a run is: a bar on a terminal, plain lines elsewhere. On stderr, since stdout has the results. */
export async function withProgress<R>(
  title: string,
  share: (progress: Progress) => number,
  run: (onProgress: (progress: Progress) => void) => Promise<R>,
): Promise<R> {
  const display = isTTY(process.stderr) && process.stderr.columns > 0 ? bar(title) : lines(title)
  const began = performance.now()
  let last: Progress | null = null
  let ok = false
  try {
    const result = await run((progress) => {
      last = progress
      display.update(Math.floor(100 * Math.min(1, share(progress))), described(progress, progress.rate))
    })
    ok = true
    return result
  } finally {
    // At the end the rate is that of the whole run.
    const { rows } = (last ?? { rows: 0 }) as Progress
    display.end(last ? described(last, (rows * 1000) / (performance.now() - began)) : 'nothing was read', ok)
  }
}
