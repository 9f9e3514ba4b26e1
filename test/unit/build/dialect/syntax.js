// What Espruino does not parse. A line names the complaints it must draw after its `//!`.
(function () {
  var a = { b: 1, list: [1, 2] };
  var { b } = a; //! destructuring
  var [first] = a.list; //! destructuring
  for (const [k] of a.list) print(k); //! destructuring
  function given(x = 1) { return x; } //! default value
  function rest(...all) { return all; } //! rest parameter
  given(...a.list); //! spread
  print([...a.list], { ...a }); //! spread + spread
  print(a?.b); //! optional chaining
  print(2 ** 3); //! exponent
  a.b **= 2; //! exponent
  a.b ??= 1; //! logical assignment
  a.b ||= 1; //! logical assignment
  a.b &&= 1; //! logical assignment
  outer: for (;;) { //! label
    break outer;
  }
  print({ [first]: b }); //! computed key
  async function later() { //! async
    await given(1); //! async
  }
  function* many() { //! generator
    yield 1; //! generator
  }
  class Field {
    x = 1; //! class field
    #hidden = 2; //! class field + private name
    static s = 3; //! class field
    [first]() { return 1; } //! computed key
    delete() { return 2; } //! method named delete
    peek() { return this.#hidden; } //! private name
  }
  class Child extends Field { //! extends
    constructor() {
      super(); //! super
      print(new.target); //! new.target
    }
  }
  var own = class Own { who() { return 1; } }; //! named class expression
  print(given`text`); //! tagged template
  print(10n); //! bigint
  switch (b) { //! default not last
    default: print(0); break;
    case 1: print(1);
  }
  with (a) print(b); //! with
  debugger; //! debugger
  function comma(x, y,) { return x + y; } //! comma after parameters
  print("é"); //! not ASCII
  print("\u20ac"); //! character above FF
  print(`\u20ac`); //! character above FF
  var of = 1; //! the name of
  print(rest, later, many, Child, own, comma);
})();
