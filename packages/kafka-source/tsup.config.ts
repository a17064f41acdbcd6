import { packageBuild } from '../../tsup.base.ts'

export default packageBuild({ index: 'src/index.ts', ksql: 'src/ksql.ts', registry: 'src/registry.ts' })
