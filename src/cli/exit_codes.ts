/** What a command tells its caller; 77 and 78 are sysexits.h's EX_NOPERM and EX_CONFIG. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  schemaDiffers: 3,
  unsafeFile: 77,
  badConfig: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
