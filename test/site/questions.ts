/** What users of the peers asked, as they typed it, and the page that answers: its path begins so. */
export const questions: readonly (readonly [question: string, page: string])[] = [
  ['copied example does not run', '/operations/troubleshoot'],
  ['advertised listeners docker connect', '/operations/troubleshoot'],
  ['consumer reads nothing', '/operations/troubleshoot'],
  ['window never closes', '/operations/troubleshoot'],
  ['no parquet files appear', '/operations/troubleshoot'],
  ['snappy compression', '/packages/kafka-source'],
  ['bigint date decimal types', '/guides/schema'],
  ['module not found bundler esm', '/operations/troubleshoot'],
  ['exit code ci', '/packages/cli'],
  ['process does not end ctrl-c', '/operations/troubleshoot'],
  ['PIPELINE_CHANGED', '/errors/PIPELINE_CHANGED'],
  ['tumbling', '/api/'],
]
