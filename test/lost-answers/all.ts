import { apiKeys } from '../../packages/kafka-source/test/proxy.ts'
import { type Case, isGood, lossyBroker } from './cases.ts'

// Every API of a source, at its first, second and a late call, in each way an answer or a request can be lost.
// `lost-answers fetch metadata` runs some of them.
const wanted = process.argv.slice(2)
const apis = (Object.keys(apiKeys) as Case['api'][]).filter((api) => wanted.length === 0 || wanted.includes(api))
const broker = await lossyBroker()
let bad = 0
let run = 0
try {
  for (const api of apis) {
    for (const call of [1, 2, 7]) {
      let wasHit = true
      for (const fate of ['before', 'after', 'swallow', 'mute', ...(api === 'fetch' ? (['empty'] as const) : [])] as const) {
        if (!wasHit) continue
        const outcome = await broker.run({ api, call, fate })
        wasHit = outcome.wasHit
        if (!wasHit) continue
        run++
        const verdict = isGood(outcome) ? 'ok ' : 'BAD'
        if (!isGood(outcome)) bad++
        console.log(verdict, api, call, fate, JSON.stringify(outcome))
      }
    }
  }
} finally {
  await broker.stop()
}
console.log(`${run} cases, ${bad} bad`)
process.exitCode = bad > 0 ? 1 : 0
