import { assertEquals } from "@std/assert";
import { allocationRatios, capacityOf, parseRatio } from "../../src/domain/capacity.ts";

const NONE = { cpu: 0, memory: 0, disk: 0 };
const DEFAULTS = { cpu: 16, memory: 1.5, disk: 1 };
const PHYSICAL = { milliVcpu: 32_000, memoryMib: 131_072, diskMib: 2_048_000 };

Deno.test("capacityOf multiplies the hardware by the ratio and takes off the standby", () => {
  const capacity = capacityOf(PHYSICAL, {
    ratios: DEFAULTS,
    standbyPercent: { cpu: 20, memory: 0, disk: 50 },
  });
  assertEquals(capacity, { milliVcpu: 409_600, memoryMib: 196_608, diskMib: 1_024_000 });
});

Deno.test("capacityOf rounds down to whole units", () => {
  const physical = { milliVcpu: 1001, memoryMib: 333, diskMib: 7 };
  const capacity = capacityOf(physical, {
    ratios: { cpu: 1.5, memory: 0.1, disk: 0.9 },
    standbyPercent: { cpu: 0, memory: 0, disk: 10 },
  });
  assertEquals(capacity, { milliVcpu: 1501, memoryMib: 33, diskMib: 5 });
});

Deno.test("capacityOf loses no unit to binary fractions", () => {
  for (
    const [amount, ratio, wanted] of [[100, 1.15, 115], [100, 0.57, 57], [1000, 4.35, 4350], [10, 1.1, 11]]
  ) {
    const physical = { milliVcpu: amount, memoryMib: amount, diskMib: amount };
    const ratios = { cpu: ratio, memory: ratio, disk: ratio };
    assertEquals(
      capacityOf(physical, { ratios, standbyPercent: NONE }).diskMib,
      wanted,
      `${amount} × ${ratio}`,
    );
  }
});

Deno.test("capacityOf gives nothing at a standby of 100 per cent", () => {
  const standbyPercent = { cpu: 100, memory: 100, disk: 100 };
  assertEquals(capacityOf(PHYSICAL, { ratios: DEFAULTS, standbyPercent }), {
    milliVcpu: 0,
    memoryMib: 0,
    diskMib: 0,
  });
});

Deno.test("allocationRatios takes the smallest of the host's aggregates, resource by resource", () => {
  const metadata: readonly Record<string, string>[] = [
    { cpu_allocation_ratio: "8.0", ssd: "true" },
    { cpu_allocation_ratio: "4", ram_allocation_ratio: "1.2" },
  ];
  assertEquals(allocationRatios(metadata, DEFAULTS), { cpu: 4, memory: 1.2, disk: 1 });
});

Deno.test("allocationRatios falls back where no aggregate gives a ratio above 0", () => {
  assertEquals(allocationRatios([], DEFAULTS), DEFAULTS);
  assertEquals(
    allocationRatios([{ disk_allocation_ratio: "0.0" }, { cpu_allocation_ratio: "" }], DEFAULTS),
    DEFAULTS,
  );
});

Deno.test("parseRatio reads numbers above 0 and nothing else", () => {
  assertEquals(["16", " 1.5 ", "1e1", "0", "-1", "", " ", "many", "Infinity", "1,5"].map(parseRatio), [
    16,
    1.5,
    10,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});
