import { isTicketsError } from '@tickets/core'
import { ordersPipeline } from './pipeline.ts'
import { source } from './source.ts'

try {
  const { how, rows, rejected, written } = await ordersPipeline(source, 'data').run()
  console.log(`${how}: ${rows} orders read, ${rejected} rejected, rows written:`, written)
} catch (error) {
  if (!isTicketsError(error)) throw error
  console.error(`error ${error.code}: ${error.message}`)
  process.exitCode = 1
}
