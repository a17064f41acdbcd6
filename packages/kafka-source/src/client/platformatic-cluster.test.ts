import { clusterContract } from '../../test/driver-contract.ts'

clusterContract('@platformatic/kafka')
