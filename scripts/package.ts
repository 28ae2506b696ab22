/**
 * Makes `dist/valet_<version>_<architecture>.deb` with dpkg-deb. Builds the executable first, with the arguments that
 * `scripts/build.ts` takes; `--built` takes `dist/valet` as it is.
 */
import { fileURLToPath } from "node:url";
import manifest from "../deno.json" with { type: "json" };

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const EXECUTABLE = "dist/valet";

/** Debian's name of an architecture by the machine number in the head of an ELF file. */
const ARCHITECTURES: ReadonlyMap<number, string> = new Map([[0x3e, "amd64"], [0xb7, "arm64"]]);
const MACHINE_AT = 18;

const DOCUMENTS = "usr/share/doc/valet";

interface PackedFile {
  readonly from: string;
  readonly to: string;
  readonly mode: number;
}

const FILES: readonly PackedFile[] = [
  { from: EXECUTABLE, to: "usr/bin/valet", mode: 0o755 },
  { from: "config/valet.service", to: "lib/systemd/system/valet.service", mode: 0o644 },
  { from: "config/valet.ts", to: "etc/valet/config.ts", mode: 0o640 },
  { from: "config/valet.logrotate", to: "etc/logrotate.d/valet", mode: 0o644 },
  { from: "LICENSE", to: `${DOCUMENTS}/copyright`, mode: 0o644 },
  { from: `${EXECUTABLE}.notices`, to: `${DOCUMENTS}/notices`, mode: 0o644 },
  { from: "README.md", to: `${DOCUMENTS}/README.md`, mode: 0o644 },
  { from: "config/INSTALL.md", to: `${DOCUMENTS}/INSTALL.md`, mode: 0o644 },
  { from: "config/valet.nginx", to: `${DOCUMENTS}/valet.nginx`, mode: 0o644 },
  { from: "config/valet.ts", to: `${DOCUMENTS}/valet.ts`, mode: 0o644 },
  { from: "config/demo_datacenter.json", to: `${DOCUMENTS}/examples/datacenter.json`, mode: 0o644 },
  { from: "scripts/debian/postinst", to: "DEBIAN/postinst", mode: 0o755 },
  { from: "scripts/debian/prerm", to: "DEBIAN/prerm", mode: 0o755 },
  { from: "scripts/debian/postrm", to: "DEBIAN/postrm", mode: 0o755 },
];

function architectureOf(path: string): string {
  using file = Deno.openSync(path);
  const head = new Uint8Array(MACHINE_AT + 2);
  file.readSync(head);
  const machine = new DataView(head.buffer).getUint16(MACHINE_AT, true);
  const name = ARCHITECTURES.get(machine);
  if (name === undefined) throw new Error(`Wanted an ELF file for x86-64 or ARM64, got '${path}'`);
  return name;
}

function control(architecture: string, installedBytes: number): string {
  return `Package: valet
Version: ${manifest.version}
Architecture: ${architecture}
Maintainer: The authors of Valet <valet@example.com>
Installed-Size: ${Math.ceil(installedBytes / 1024)}
Depends: libc6 (>= 2.31), libgcc-s1, passwd
Suggests: logrotate, nginx
Conflicts: aic-valet-core
Section: net
Priority: optional
Description: Placement service for OpenStack
 Valet takes a whole application, all servers of a stack with the rules between
 them, decides every host at once, and holds the capacity until the servers are
 there. It answers Heat and Nova over the REST API of the original Valet.
`;
}

/** Lays out the files of the package in `folder`. */
function layOut(folder: string, architecture: string): void {
  let bytes = 0;
  for (const { from, to, mode } of FILES) {
    const target = `${folder}/${to}`;
    Deno.mkdirSync(target.slice(0, target.lastIndexOf("/")), { recursive: true, mode: 0o755 });
    Deno.copyFileSync(PROJECT + from, target);
    Deno.chmodSync(target, mode);
    bytes += Deno.statSync(target).size;
  }
  const configurations = FILES.filter(({ to }) => to.startsWith("etc/")).map(({ to }) => `/${to}\n`);
  Deno.writeTextFileSync(`${folder}/DEBIAN/conffiles`, configurations.join(""));
  Deno.writeTextFileSync(`${folder}/DEBIAN/control`, control(architecture, bytes));
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { code } = await new Deno.Command(program, { args: [...args], cwd: PROJECT }).spawn().status;
  if (code !== 0) Deno.exit(code);
}

async function pack(): Promise<string> {
  const architecture = architectureOf(PROJECT + EXECUTABLE);
  const output = `dist/valet_${manifest.version}_${architecture}.deb`;
  const folder = Deno.makeTempDirSync({ dir: `${PROJECT}dist` });
  try {
    Deno.chmodSync(folder, 0o755);
    layOut(folder, architecture);
    // gzip is read by every release of Debian and Ubuntu, and takes a quarter of the time that xz takes.
    await run("dpkg-deb", ["--root-owner-group", "-Zgzip", "-z6", "--build", folder, output]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
  return output;
}

if (!Deno.args.includes("--built")) {
  await run(Deno.execPath(), ["run", "--allow-all", "scripts/build.ts", ...Deno.args]);
}
console.log(await pack());
