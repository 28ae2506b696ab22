import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { objection } from "./rooms.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/** Rooms that decide alike whenever and wherever they run. */
const PURE_ROOMS = /^src\/(domain|engine)\//;

/** Where time, chance and the outside come in. */
const IMPURE_NAMES = new Set([
  "console",
  "crypto",
  "Date",
  "Deno",
  "fetch",
  "performance",
  "queueMicrotask",
  "setInterval",
  "setTimeout",
  "Worker",
]);

/** Rules of this project's own, run by `deno lint`. */
export default {
  name: "valet",
  rules: {
    /** Rooms import each other as the table of rooms says. */
    "rooms": {
      create(context) {
        const from = projectPath(context.filename);
        const check = (node: Deno.lint.Node, specifier: string, typeOnly: boolean) => {
          const isFile = specifier.startsWith(".");
          const to = isFile ? projectPath(resolve(dirname(resolve(PROJECT, from)), specifier)) : specifier;
          const message = objection({ from, to, isFile, typeOnly });
          if (message !== null) context.report({ node, message });
        };
        return {
          ImportDeclaration: (node) => check(node, node.source.value, importsTypes(node)),
          ExportNamedDeclaration: (node) => {
            if (node.source) check(node, node.source.value, node.exportKind === "type");
          },
          ExportAllDeclaration: (node) => check(node, node.source.value, node.exportKind === "type"),
          ImportExpression: (node) => {
            if (node.source.type === "Literal") check(node, String(node.source.value), false);
          },
        };
      },
    },
    /** The engine and what it is about are functions of their arguments. */
    "pure": {
      create(context) {
        if (!PURE_ROOMS.test(projectPath(context.filename))) return {};
        const report = (node: Deno.lint.Node, name: string) =>
          context.report({ node, message: `"${name}" makes this room depend on more than its arguments` });
        return {
          Identifier(node) {
            if (IMPURE_NAMES.has(node.name) && !isMemberName(node)) report(node, node.name);
          },
          "MemberExpression[object.name='Math'][property.name='random']": (
            node: Deno.lint.MemberExpression,
          ) => report(node, "Math.random"),
        };
      },
    },
  },
} satisfies Deno.lint.Plugin;

function importsTypes({ importKind, specifiers }: Deno.lint.ImportDeclaration): boolean {
  if (importKind === "type") return true;
  const inline = specifiers.map((specifier) => specifier.type === "ImportSpecifier" && specifier.importKind);
  return inline.length > 0 && inline.every((kind) => kind === "type");
}

/** Whether an identifier names a property, as in `limits.fetch` or `{ fetch: 1 }`. */
function isMemberName(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  if (parent.type === "MemberExpression") return parent.property === node && !parent.computed;
  return parent.type === "Property" && parent.key === node && !parent.computed && !parent.shorthand;
}

/** A path as the table writes it, whatever the machine's separator. */
function projectPath(file: string): string {
  const path = resolve(PROJECT, file);
  return path.slice(PROJECT.length).replaceAll("\\", "/");
}
