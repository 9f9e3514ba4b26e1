import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { settle, share } from "../../../build/pass/constant.js";

test("a constant that only rare code uses is written there, and its name goes", () => {
  expect(settle("let a=/x/g,b=\"rare\",c=\"hot\";let f=s=>/*@f*/a.test(s)&&b,g=()=>/*@g*/c;f(b);",
    { g: 1 })).toBe(
    "let c=\"hot\",f=s=>/*@f*/\/x\/g.test(s)&&\"rare\",g=()=>/*@g*/c;f(\"rare\");");
});

test("what is put together from others takes their names along, unless a local hides them", () => {
  const code = "let a=\"1\",b=a+\"2\",c=a+\"3\",h=()=>/*@h*/a;"
    + "let f=()=>/*@f*/b,g=a=>/*@g*/{return c+a};f()+g(0);";
  const settled = settle(code, { h: 1 });
  expect(settled).toBe("let a=\"1\",c=a+\"3\",h=()=>/*@h*/a,f=()=>/*@f*/(a+\"2\"),"
    + "g=a=>/*@g*/{return c+a};f()+g(0);");
  expect(runInNewContext(settled)).toBe(runInNewContext(code));
});

test.each([
  ["a list that is handed on", "let a=[1,2],f=()=>/*@f*/go(a)"],
  ["a list that is written to", "let a=[1,2],f=()=>{/*@f*/a[0]=3}"],
  ["a variable", "let a=\"\",f=()=>{/*@f*/a+=1}"],
  ["a counter", "let a=0,f=()=>{/*@f*/a++}"],
  ["an empty list", "let a=[],f=()=>/*@f*/a.length"],
  ["what is made by a call", "let a=go(),f=()=>/*@f*/a"],
  ["a pattern that hot code uses, too", "let a=/x/,f=()=>/*@f*/a,h=()=>/*@h*/a"],
  ["a text that hot code uses", "let a=\"x\",h=()=>/*@h*/a"],
  ["a long text that is used often", `let a="${"x".repeat(80)}",f=()=>/*@f*/a+a+a`],
])("%s stays", (_, code) => {
  expect(settle(code, { h: 1 })).toBe(code);
});

test("a pattern that is used in one place is written there, hot or not", () => {
  expect(settle("let a=/x/,h=s=>/*@h*/a.test(s);", { h: 1 })).toBe("let h=s=>/*@h*//x/.test(s);");
});

test("a list that is only read is made where it is read", () => {
  expect(settle("let a=[\"x\",\"y\"],f=i=>{/*@f*/for(let e of a)if(a[i]===e)return a.join()}", {}))
    .toBe("let f=i=>{/*@f*/for(let e of [\"x\",\"y\"])if([\"x\",\"y\"][i]===e)"
      + "return [\"x\",\"y\"].join()};");
});

test("rare code refers to shared values where it writes a field", () => {
  const code = "class A{constructor(){/*@A.constructor*/let n=null;this.x=this.y=null,this.b=!1;"
    + "this.s=n||\"\"}m(){/*@A.m*/this.x=null}}";
  expect(share(code, { "A.m": 2 })).toBe("let $u=null,$f=!1;"
    + "class A{constructor(){/*@A.constructor*/let n=null;this.x=this.y=$u,this.b=$f;"
    + "this.s=n||\"\"}m(){/*@A.m*/this.x=null}}");
});
