import { packageBuild } from '../../tsup.base.ts'

export default packageBuild({ bin: 'src/bin.ts' })
