import manifest from "../../deno.json" with { type: "json" };

/** What the build script puts into the executable beside the program, whose modules it has joined. */
const BUILD_FILE = new URL("./build.json", import.meta.url);

/** Version, commit and build date; a program that the build script did not make is called development. */
export function version(): string {
  const { commit, date } = builtFrom() ?? {};
  return commit && date
    ? `${manifest.version} (commit ${commit}, built ${date})`
    : `${manifest.version} (development)`;
}

function builtFrom(): { readonly commit?: string; readonly date?: string } | null {
  if (!Deno.build.standalone) return null;
  try {
    return JSON.parse(Deno.readTextFileSync(BUILD_FILE));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
