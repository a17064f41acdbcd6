// What the module exports: each kernel under the name of its plain TypeScript twin in src/kernels.
export { dictionaryFixed, dictionaryTexts } from '../../core/assembly/dictionary'
export { delta32, delta64 } from './delta'
export { extremes32, extremes64, extremesBigEndian, extremesDouble, extremesTexts } from './extremes'
export { hybrid } from './hybrid'
export { takeFixed, takeTexts } from './rows'
export { snappy, stored } from './snappy'
export { plainTexts, textLengths } from './texts'
export { validTexts } from './utf8'

/** Where memory begins that the module itself does not use. */
export function heapBase(): usize {
  return __heap_base
}
