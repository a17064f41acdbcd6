/**
 * Writes the answers of docs/guides/analyse.md, and their charts into docs/pictures: `node scripts/analyse-docs.ts`, on the built packages. What stands
 * where is said there: `<!-- analyse 04-quiet-days: lake warehouse table chart -->`. test/examples/analyse-docs.ci.ts fails where it is old.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chartOf } from '../examples/analyse/charts.ts'
import { openLake } from '../examples/analyse/lake-reader.ts'
import { ensureLake } from '../examples/analyse/make.ts'
import { questions } from '../examples/analyse/questions.ts'
import { answerMarkdown } from '../examples/analyse/report.ts'
import { SIX_WEEKS } from '../examples/analyse/settings.ts'

const root = resolve(import.meta.dirname, '..')
export const PAGE = join(root, 'docs/guides/analyse.md')
export const PICTURES = join(root, 'docs/pictures')

/** The lake that the page speaks of: what `node examples/analyse.ts` makes without flags. */
export const makeLake = (lake: string) => ensureLake({ lake, tickets: SIX_WEEKS, seed: 1 })

export interface Written {
  readonly text: string
  /** By file name. */
  readonly pictures: ReadonlyMap<string, string>
}

/** The page with the answers that a lake gives now. */
export async function withAnswers(page: string, lake: string): Promise<Written> {
  const reader = await openLake(lake)
  const pictures = new Map<string, string>()
  try {
    const [ofLake, ofWarehouse] = await Promise.all([questions('lake'), questions('warehouse')])
    const parts = page.split(/(<!-- analyse [^>]*-->\n[\s\S]*?<!-- \/analyse -->)/)
    for (const [i, part] of parts.entries()) {
      const [, open = '', name = '', kinds = ''] = /^(<!-- analyse ([\w-]+): ([^>]*?) -->)/.exec(part) ?? []
      if (open === '') continue
      const lakeQuestion = ofLake.find((one) => one.name === name)
      const warehouseQuestion = ofWarehouse.find((one) => one.name === name)
      if (!lakeQuestion || !warehouseQuestion) throw new Error(`docs/guides/analyse.md asks for ${name}, which is no file of examples/analyse`)
      const answer = await reader.ask(lakeQuestion.sql)
      const picture = `analyse-${name}.svg`
      const made: Readonly<Record<string, () => string>> = {
        lake: () => `\`\`\`sql\n${lakeQuestion.sql.trimEnd()}\n\`\`\``,
        warehouse: () => `\`\`\`sql\n${warehouseQuestion.sql.trimEnd()}\n\`\`\``,
        table: () => answerMarkdown(answer),
        chart: () => {
          pictures.set(picture, chartOf(name, answer))
          return `![${lakeQuestion.question}](../pictures/${picture})`
        },
      }
      const shown = kinds.split(' ').map((kind) => made[kind]?.() ?? `unknown: ${kind}`)
      parts[i] = `${open}\n\n${shown.join('\n\n')}\n\n<!-- /analyse -->`
    }
    return { text: parts.join(''), pictures }
  } finally {
    reader.close()
  }
}

if (process.argv[1] === import.meta.filename) {
  const home = await mkdtemp(join(tmpdir(), 'tickets-analyse-'))
  try {
    const lake = join(home, 'tickets')
    await makeLake(lake)
    const { text, pictures } = await withAnswers(await readFile(PAGE, 'utf8'), lake)
    await writeFile(PAGE, text)
    for (const [name, svg] of pictures) await writeFile(join(PICTURES, name), svg)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}
