import { assertEquals } from "@std/assert";
import { formatOrigin, type Origin } from "../../lib/config/origins.ts";

Deno.test("formatOrigin() says every kind of origin", () => {
  const cases: [Origin, string][] = [
    [{ kind: "default" }, "default"],
    [{ kind: "auto" }, "auto"],
    [{ kind: "auto", reason: "8 CPUs" }, "auto: 8 CPUs"],
    [{ kind: "derived", key: "framework" }, "derived from framework"],
    [{ kind: "environment", name: "AWS_REGION" }, "env AWS_REGION"],
    [{ kind: "dotenv", name: "AWS_REGION" }, ".env AWS_REGION"],
    [{ kind: "file", path: "w.yaml", line: 12 }, "file w.yaml:12"],
    [{ kind: "file", path: "w.yaml", line: null }, "file w.yaml"],
    [{ kind: "override", text: "++a.b=c" }, "++a.b=c"],
  ];
  for (const [origin, text] of cases) {
    assertEquals(formatOrigin(origin), text);
  }
});
