/**
 * What Espruino does not have, found by asking 2v29 for every name that Node's ES2023 knows
 * (ENGINE 1.2), and what it has but must not be used.
 */

function words(text: string): Set<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Globals. `ssl` is taken by the engine's TLS code; the timers that catch up are a trap. */
export const GLOBALS = words(`
  Symbol Map Set WeakMap WeakSet WeakRef FinalizationRegistry Proxy Reflect Intl BigInt
  BigInt64Array BigUint64Array SharedArrayBuffer Atomics WebAssembly Promise
  AggregateError EvalError RangeError URIError encodeURI decodeURI escape unescape
  TextEncoder TextDecoder URL URLSearchParams Buffer structuredClone queueMicrotask
  setImmediate clearImmediate setInterval clearInterval fetch performance crypto module exports
  __filename __dirname eval ssl alert document window`);

/** Functions of constructors and namespaces. The last row exists and lies. */
export const STATICS = words(`
  Object.getOwnPropertySymbols Object.hasOwn Object.is Object.preventExtensions Object.seal
  Object.freeze Object.isExtensible Object.isFrozen Object.isSealed Object.groupBy
  Array.from Array.of Array.fromAsync String.fromCodePoint String.raw
  Number.isFinite Number.isInteger Number.isNaN Number.isSafeInteger Number.parseFloat
  Number.parseInt Number.MAX_SAFE_INTEGER Number.MIN_SAFE_INTEGER Number.EPSILON
  Math.acosh Math.asinh Math.atanh Math.cbrt Math.expm1 Math.clz32 Math.cosh Math.fround
  Math.hypot Math.imul Math.log1p Math.log2 Math.log10 Math.sinh Math.tanh Math.trunc Date.UTC
  Math.random Math.sqrt Math.pow E.hwRand`);

/** Methods, told by their names alone: nothing of ours may be called like that. */
export const METHODS = words(`
  at copyWithin findLast findLastIndex entries flat flatMap reduceRight toReversed toSorted
  toSpliced codePointAt isWellFormed toWellFormed localeCompare matchAll normalize search
  trimStart trimLeft trimEnd trimRight toLocaleString toLocaleLowerCase toLocaleUpperCase
  toExponential toPrecision toDateString toTimeString toGMTString toLocaleDateString
  toLocaleTimeString setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes
  setUTCMonth setUTCSeconds getYear setYear isPrototypeOf propertyIsEnumerable
  __defineGetter__ __lookupGetter__ setSNTP`);
