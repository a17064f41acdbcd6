import { packageBuild } from '../../tsup.base.ts'

export default packageBuild({ index: 'src/index.ts', arrow: 'src/arrow.ts', node: 'src/node.ts', testing: 'src/testing.ts' })
