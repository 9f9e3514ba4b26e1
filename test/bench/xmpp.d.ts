/** The parser of xmpp.js, which carries no declarations of its own. */
declare module "@xmpp/xml/lib/Parser.js" {
  export default class Parser {
    on(event: string, run: (value: any) => void): void;
    write(text: string): void;
  }
}
