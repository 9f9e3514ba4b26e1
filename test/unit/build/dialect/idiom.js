// What Espruino accepts and does differently.
(function () {
  var list = [1, 2];
  var o = { a: 1 };
  var a = 1, b = 2;
  list.length = 0; //! assignment to length
  list.length--; //! assignment to length
  function count() { return arguments.length; } //! arguments
  for (var k in o) delete o[k]; //! delete inside for-in
  list && list.some((each) => this.has(each)); //! arrow with this, where it is skipped
  list ? 1 : list.some((each) => [this, each]); //! arrow with this, where it is skipped
  if (list) list.some((each) => this.has(each)); //! arrow with this, where it is skipped
  for (var i in o) list.some((each) => this.has(each)); //! arrow with this, where it is skipped
  list.forEach(function (each) { list.push(each); }); //! change inside forEach
  o.a; //! getter as a statement
  try { count(); } catch (e) { print(e instanceof TypeError); } //! instanceof Error
  function nothing() {
    /*! newline after return */ return
    5;
  }
  var c = a
  ++b; //! ++ after a newline
  var d = a
  --b; //! -- after a newline
  /*! line continuation */ print("a\
b");
  var ssl = 1; //! the name ssl
  print(c, d, nothing, ssl);
})();
