import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { BlockList, isIP } from "node:net";
import { isInNetwork, parseIpAddress } from "../../lib/bytes/ip_address.ts";

Deno.test("parseIpAddress() takes what node:net takes, and nothing else", () => {
  const texts = [
    ..."10.0.0.1 255.255.255.255 0.0.0.0 256.0.0.1 01.2.3.4 1.2.3 1.2.3.4.5"
      .split(" "),
    ...":: ::1 fe80::1 FE80::A ::ffff:10.0.0.1 1:2:3:4:5:6:7:8 1::2::3 :::"
      .split(" "),
    ...["", "host", "1:2:3", "g::", "a.b.c.d", "::1]", "1:2:3:4:5:6:7:8:9"],
  ];
  for (const text of texts) {
    const bits = { 0: null, 4: 32, 6: 128 }[isIP(text)];
    assertEquals(parseIpAddress(text)?.bitCount ?? null, bits, text);
  }
});

Deno.test("isInNetwork() answers as node:net does, for any network", () => {
  const family = (bitCount: number) => (bitCount === 32 ? "ipv4" : "ipv6");
  fc.assert(
    fc.property(
      fc.constantFrom(fc.ipV4(), fc.ipV6()).chain((ip) => fc.tuple(ip, ip)),
      fc.nat(32),
      ([text, other], prefixBits) => {
        const address = parseIpAddress(text);
        const base = parseIpAddress(other);
        if (address === null || base === null) {
          throw new Error(`${text}, ${other}`);
        }
        const list = new BlockList();
        list.addSubnet(other, prefixBits, family(base.bitCount));
        assertEquals(
          isInNetwork(address, `${other}/${prefixBits}`),
          list.check(text, family(address.bitCount)),
        );
        assertEquals(isInNetwork(address, text), true);
      },
    ),
    { seed: 7, numRuns: 2000 },
  );
});

Deno.test("isInNetwork() takes no other prefix than one of the address", () => {
  const address = parseIpAddress("10.1.2.3");
  if (address === null) throw new Error("10.1.2.3");
  const wrong = "10.1.2.3/33 10.1.2.3/-1 10.1.2.3/ 10.1.2.3/8/8 ::/0 x/8 10/8";
  for (const network of wrong.split(" ")) {
    assertEquals(isInNetwork(address, network), false, network);
  }
  assertEquals(isInNetwork(address, "0.0.0.0/0"), true);
});
