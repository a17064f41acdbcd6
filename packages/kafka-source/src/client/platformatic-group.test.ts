import { groupContract } from '../../test/driver-contract.ts'

groupContract('@platformatic/kafka')
