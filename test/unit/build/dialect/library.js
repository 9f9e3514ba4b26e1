// What Espruino's library lacks, or has and gets wrong.
(function () {
  var list = [1, 2];
  var text = "text";
  print(new Map()); //! missing global
  print(new Set()); //! missing global
  print(Symbol("x")); //! missing global
  print(new Promise(print)); //! missing global
  print(new Proxy({}, {})); //! missing global
  print(Buffer, new TextDecoder(), new TextEncoder()); //! missing global + missing global + missing global
  print(encodeURI(text), escape(text)); //! missing global + missing global
  setInterval(print, 100); //! missing global
  print(eval("1")); //! missing global
  print(ssl); //! missing global
  throw new RangeError("x"); //! missing global
  print(Array.from(list), Array.of(1)); //! missing function + missing function
  print(Object.freeze(list), Object.is(1, 2), Object.hasOwn({}, "a")); //! missing function + missing function + missing function
  print(Number.isInteger(1), Number.isNaN(1), Number.isFinite(1)); //! missing function + missing function + missing function
  print(Math.imul(1, 2), Math.trunc(1.5), Math.log2(8), Math.log10(8)); //! missing function + missing function + missing function + missing function
  print(Math.random(), E.hwRand()); //! missing function + missing function
  print(Math.sqrt(9) === 3, Math.pow(2, 31)); //! missing function + missing function
  print(Date.UTC(2020, 1)); //! missing function
  print(list.at(-1), list.flat(), list.flatMap(print)); //! missing method + missing method + missing method
  print(list.lastIndexOf(1)); //! missing method
  print(list.reduceRight(print), list.entries()); //! missing method + missing method
  print(text.codePointAt(0), text.trimStart(), text.normalize()); //! missing method + missing method + missing method
  print(text.search(text), text.matchAll(text)); //! missing method + missing method
  print((1.5).toPrecision(2)); //! missing method
  print([].slice.call(list), Array.prototype.slice.call(list)); //! method of a prototype
  print(text.split(",", 2)); //! limit of split
  print(text.replace("x", "<$&>")); //! replacement with $&
  print(JSON.parse(text, print)); //! reviver or replacer
  print(JSON.stringify(list, ["a"])); //! reviver or replacer
})();
