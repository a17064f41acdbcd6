import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { report } from '../shared/report.ts'
import { naiveFlows } from './naive-flows.ts'

const [input = '', out = ''] = process.argv.slice(2)

await report(async () => {
  const { line, end } = naiveFlows(out)
  for await (const text of createInterface({ input: createReadStream(input) })) line(text)
  end()
})
