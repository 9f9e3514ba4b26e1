import http from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadPage } from "../../../demo/page.js";
import { Stage } from "../../../demo/stage.js";
import { type Web, createApp, listen } from "../../../demo/web.js";

let stage: Stage;
let web: Web;
beforeAll(async () => {
  stage = new Stage();
  const [page] = await Promise.all([loadPage(), stage.open()]);
  web = await listen(createApp(stage, page), 0);
});
afterAll(async () => {
  web.close();
  await stage.close();
});

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** With headers that fetch would not let us forge. */
function ask(method: string, path: string, headers: Record<string, string> = {}, body = "",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(web.url + path, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => { text += part; });
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers,
        body: text }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** The first bulletin of the feed. */
function firstBulletin(): Promise<{ type: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${web.url}/events`, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        const found = /^data: (.*)$/m.exec(text);
        if (!found || !text.endsWith("\n\n")) return;
        resolve(JSON.parse(found[1]!) as { type: string });
        request.destroy();
      });
    });
    request.on("error", reject);
  });
}

describe("the page", () => {
  test("is whole: it names nothing that is not served here", async () => {
    const { status, headers, body } = await ask("GET", "/");
    expect(status).toBe(200);
    expect(headers["content-security-policy"]).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    const paths = [...body.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map((found) => found[1]!);
    expect(paths.sort()).toEqual(["/icon.svg", "/script.js", "/style.css"]);
    for (const path of paths) {
      const file = await ask("GET", path);
      expect(file.status).toBe(200);
      expect(file.headers["x-content-type-options"]).toBe("nosniff");
      expect(file.body).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    }
  });

  test("gets everything at once by the feed", async () => {
    expect(await firstBulletin()).toMatchObject({ type: "hello",
      state: { board: { isPowered: true }, authority: { isOn: true } } });
  });
});

describe("other pages in the same browser", () => {
  test("have another origin, and are refused", async () => {
    const { host } = new URL(web.url);
    for (const origin of ["http://evil.example", "null", `https://${host}`, "http://127.0.0.1:1"]) {
      expect((await ask("POST", "/act/befriend", { origin })).status, origin).toBe(403);
      expect((await ask("GET", "/state", { origin })).status, origin).toBe(403);
    }
    expect((await ask("GET", "/state", { origin: web.url })).status).toBe(200);
  });

  test("may have a name that points here, and are refused", async () => {
    const { port } = new URL(web.url);
    for (const path of ["/", "/state", "/events", "/script.js", "/nowhere"]) {
      const { status } = await ask("GET", path, { host: `evil.example:${port}` });
      expect(status, path).toBe(403);
    }
    const evil = { host: `evil.example:${port}`, origin: `http://evil.example:${port}` };
    expect((await ask("POST", "/act/befriend", evil)).status).toBe(403);
    for (const host of [`localhost:${port}`, `[::1]:${port}`]) {
      expect((await ask("GET", "/state", { host })).status, host).toBe(200);
    }
    expect(stage.state().authority.isAsking).toBe(false);
  });
});

test("what is no order is refused with a reason, and nothing breaks", async () => {
  const cases: [string, string, string, number][] = [
    ["GET", "/nowhere", "", 404], ["POST", "/state", "", 404], ["GET", "/act/befriend", "", 404],
    ["POST", "/act/__proto__", "", 404], ["POST", "/act/power", "{", 400],
    ["POST", "/act/power", "[]", 400], ["POST", "/act/power", "null", 400],
    ["POST", "/act/power", '{"on":1}', 400], ["POST", "/act/right", '{"__proto__":{"read":"all"}}', 409],
    ["POST", "/act/power", `{"on":"${"x".repeat(5000)}"}`, 413],
  ];
  for (const [method, path, body, status] of cases) {
    const answer = await ask(method, path, {}, body);
    expect(answer.status, `${method} ${path} ${body.slice(0, 30)}`).toBe(status);
  }
  expect((await ask("POST", "/act/sensor", {}, '{"name":"Humidity","value":50}')).status).toBe(200);
  expect(stage.state().board.sensors["Humidity"]).toBe(50);
});

test("a port that is taken is told to be taken", async () => {
  const port = Number(new URL(web.url).port);
  await expect(listen(createApp(stage, {}), port)).rejects.toMatchObject({ code: "EADDRINUSE" });
});
