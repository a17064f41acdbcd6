import { formatCases } from '../../../test/format-cases.ts'
import { parquetEncoder } from '../../encoders/parquet.ts'
import { parquetFormat } from './parquet.ts'

formatCases(parquetFormat, parquetEncoder({ compression: 'snappy', rowGroupRows: 1000, encodings: 'compact', encodeWorkers: 0 }))
