import { packageBuild } from '../../tsup.base.ts'

export default packageBuild({ index: 'src/index.ts', config: 'src/config.ts', bin: 'src/bin.ts' })
