import { output, programPath } from "./machine.ts";

/** What the scripts of a package find in the root that it is installed into. */
const PROGRAMS = [
  "sh",
  "cat",
  "chmod",
  "chown",
  "dpkg-statoverride",
  "getent",
  "groupadd",
  "groupdel",
  "mkdir",
  "rm",
  "useradd",
  "userdel",
] as const;

/** Libraries that are opened by name, not linked. */
const NAME_SERVICE = ["/etc/nsswitch.conf", "/etc/login.defs"] as const;

const ACCOUNTS: Readonly<Record<string, string>> = {
  "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
  "etc/group": "root:x:0:\n",
  "etc/shadow": "root:*:19000:0:99999:7:::\n",
  "etc/gshadow": "root:*::\n",
};

/** Packages that count as installed there, because the test's machine has what is in them. */
const INSTALLED = ["libc6", "libgcc-s1", "passwd"] as const;

/** A root folder with just enough in it for dpkg to install a package, removed at the end. */
export class ScratchRoot implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "valet-root-" });

  /** A root in which `program` finds its libraries, besides the programs that scripts of packages use. */
  static async create(program: string): Promise<ScratchRoot> {
    const root = new ScratchRoot();
    Deno.chmodSync(root.path, 0o755);
    root.#makeFolders();
    for (const name of PROGRAMS) {
      const path = programPath(name)!;
      Deno.copyFileSync(Deno.realPathSync(path), `${root.path}/usr/bin/${name}`);
      await root.#copyLibraries(path);
    }
    await root.#copyLibraries(program);
    for (const file of NAME_SERVICE) root.#copy(file);
    for (const [file, text] of Object.entries(ACCOUNTS)) root.#write(file, text);
    const status = INSTALLED.map((name) =>
      `Package: ${name}\nStatus: install ok installed\nVersion: 99\nArchitecture: amd64\nMaintainer: x\nDescription: x\n`
    );
    root.#write("var/lib/dpkg/status", status.join("\n"));
    return root;
  }

  /** Runs dpkg on this root. */
  dpkg(...args: readonly string[]): Promise<string> {
    const command = [
      "dpkg",
      `--root=${this.path}`,
      "--force-confold",
      "--path-include=/usr/share/doc/*",
      ...args,
    ];
    return output(command, { variables: { DEBIAN_FRONTEND: "noninteractive" } });
  }

  /** Runs a program of this root inside of it, with nothing of the machine's but the kernel. */
  inside(...command: readonly string[]): Promise<string> {
    const alone = ["--mount", "--pid", "--fork", "--mount-proc", `--root=${this.path}`];
    return output(["unshare", ...alone, ...command]);
  }

  read(path: string): string {
    return Deno.readTextFileSync(`${this.path}${path}`);
  }

  write(path: string, text: string): void {
    this.#write(path.slice(1), text);
  }

  /** Owner, group and mode of a file as this root's accounts name them: `root:valet 640`; null without the file. */
  owner(path: string): string | null {
    try {
      const { uid, gid, mode } = Deno.statSync(`${this.path}${path}`);
      const name = (file: string, id: number | null) =>
        this.read(file).split("\n").map((line) => line.split(":")).find((entry) => entry[2] === String(id))
          ?.[0];
      return `${name("/etc/passwd", uid)}:${name("/etc/group", gid)} ${(mode! & 0o7777).toString(8)}`;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }

  #makeFolders(): void {
    for (const folder of ["usr/bin", "usr/lib", "usr/lib64"]) {
      Deno.mkdirSync(`${this.path}/${folder}`, { recursive: true });
    }
    const links = { bin: "usr/bin", sbin: "usr/bin", lib: "usr/lib", lib64: "usr/lib64" };
    for (const [name, target] of Object.entries(links)) Deno.symlinkSync(target, `${this.path}/${name}`);
    for (const folder of ["var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log", "tmp", "dev", "proc"]) {
      Deno.mkdirSync(`${this.path}/${folder}`, { recursive: true });
    }
    this.#write("dev/null", "");
  }

  async #copyLibraries(program: string): Promise<void> {
    for (const [, library] of (await output(["ldd", program])).matchAll(/(\/\S+) \(0x/g)) this.#copy(library);
  }

  #exists(path: string): boolean {
    try {
      return Deno.lstatSync(`${this.path}${path}`) !== null;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  #copy(path: string): void {
    if (this.#exists(path)) return;
    Deno.mkdirSync(`${this.path}${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
    Deno.copyFileSync(path, `${this.path}${path}`);
  }

  #write(path: string, text: string): void {
    const target = `${this.path}/${path}`;
    Deno.mkdirSync(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(target, text);
  }
}
