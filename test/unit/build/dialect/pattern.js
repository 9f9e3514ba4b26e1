// Regular expressions that Espruino's engine gets wrong, mostly without a word.
(function () {
  var s = "text";
  print(/colou?r/.test(s)); //! pattern
  print(/a{2}/.test(s)); //! pattern
  print(/a+?/.test(s)); //! pattern
  print(/a*?/.test(s)); //! pattern
  print(/(ab)+/.test(s)); //! pattern
  print(/(ab)*/.test(s)); //! pattern
  print(/(a)?/.test(s)); //! pattern
  print(/(?:ab)/.test(s)); //! pattern
  print(/(?=ab)/.test(s)); //! pattern
  print(/(?!ab)/.test(s)); //! pattern
  print(/(?<=ab)c/.test(s)); //! pattern
  print(/\bword/.test(s)); //! pattern
  print(/[\b]/.test(s)); //! pattern
  print(/((a)b)/.test(s)); //! pattern
  print(/^(a|b)c$/.test(s)); //! pattern
  print(/(a)\1/.test(s)); //! pattern
  print(/\u00e9/.test(s)); //! pattern
  print(/\cA/.test(s)); //! pattern
  print(/[/]/.test(s)); //! pattern
  print(/a/m.test(s), /a/u.test(s), /a/y.test(s)); //! pattern + pattern + pattern
  print(/(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)/.test(s)); //! pattern
  print(s.split(/(x)/)); //! pattern
  if (s) /a/.test(s); //! pattern after )
  for (; ;) /a/.exec(s); //! pattern after )
})();
