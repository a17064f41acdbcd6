import { formatCases } from '../../../test/format-cases.ts'
import { arrowEncoder } from '../../encoders/arrow.ts'
import { arrowFormat } from './arrow.ts'

formatCases(arrowFormat, arrowEncoder)
