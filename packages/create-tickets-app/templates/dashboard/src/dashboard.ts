// What `tickets dashboard` runs and shows: the pipeline, with files of its own, so that it and `start` do not wait for each other.
import { ordersPipeline } from './pipeline.ts'
import { source } from './source.ts'

const dashboard = ordersPipeline(source, 'data/dashboard')

export { dashboard as default }
