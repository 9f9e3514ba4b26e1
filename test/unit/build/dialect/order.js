// Espruino hoists nothing, and loops share their variable.
(function () {
  early(); //! use before definition
  function early() { return 1; }
  var table = [later]; //! use before definition
  function later() { return 2; }
  new Late(); //! use before definition
  class Late {}
  function writesOuter(x) {
    inner = x; //! use before definition
    var inner;
    return inner;
  }
  function branch(c) {
    if (c) { var x = 1; }
    return x; //! var from a branch
  }
  function tried() {
    try { var y = 1; } catch (e) { print(e); }
    return y; //! var from a branch
  }
  function counted() {
    for (var n = 0; n < 3; n++) { var m = n; }
    return n + m; //! var from a branch
  }
  function keys(o) {
    for (var k in o) print(k);
    return k; //! var from a branch
  }
  var closures = [];
  for (let i = 0; i < 3; i++) closures.push(() => i); //! loop variable in a closure
  for (const v of closures) closures.push(function () { return v; }); //! loop variable in a closure
  for (let k in table) closures.push(() => k); //! loop variable in a closure
  print(writesOuter, branch, tried, counted, keys);
})();
