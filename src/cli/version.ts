import manifest from "../../deno.json" with { type: "json" };

/** What the build script puts into the executable beside the program. */
const BUILD_FILE = new URL("../../dist/build.json", import.meta.url);

/** Version, commit and build date; a program that was not built is called development. */
export function version(): string {
  const { commit, date } = builtFrom() ?? {};
  return commit && date
    ? `${manifest.version} (commit ${commit}, built ${date})`
    : `${manifest.version} (development)`;
}

function builtFrom(): { readonly commit?: string; readonly date?: string } | null {
  return Deno.build.standalone ? JSON.parse(Deno.readTextFileSync(BUILD_FILE)) : null;
}
