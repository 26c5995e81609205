/** Tests of lib/report/html/quantity_html.ts. */
import { assertEquals } from "@std/assert";
import {
  bytesHtml,
  numberHtml,
  threeDigits,
} from "../../../lib/report/html/quantity_html.ts";

Deno.test("threeDigits() keeps three digits, whatever the size", () => {
  const texts: readonly (readonly [number | null, string])[] = [
    [0, "0"],
    [93.44, "93.4"],
    [9.999, "10.0"],
    [99.99, "100"],
    [999.6, "1,000"],
    [1529.6, "1,530"],
    [123456789, "123,000,000"],
    [0.5, "0.500"],
    [0.00071234, "0.000712"],
    [4.2e-7, "4.20e-7"],
    [-12.345, "-12.3"],
    [null, "n/a"],
    [NaN, "n/a"],
  ];
  for (const [value, text] of texts) assertEquals(threeDigits(value), text);
});

Deno.test("numberHtml() and bytesHtml() have the exact value in their title", () => {
  assertEquals(
    String(numberHtml(93.4361, "%")),
    '<span title="93.4361 %">93.4 %</span>',
  );
  assertEquals(
    String(bytesHtml(1536)),
    '<span title="1536 bytes">1.50 KiB</span>',
  );
  assertEquals(String(bytesHtml(null)), '<span title="not known">n/a</span>');
});
