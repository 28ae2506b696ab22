/*
 * The demonstration: an invented data centre, tokens that everybody knows, and so nothing but loopback.
 * State is kept in the user's state folder; remove `valet/demo.db` there to start afresh.
 */

const home = Deno.env.get("HOME");
const given = Deno.env.get("XDG_STATE_HOME");
const state = given?.startsWith("/") ? given : home && `${home}/.local/state`;
if (!state) throw new Error("Set HOME or XDG_STATE_HOME, the demo keeps its plans there");

/** Refuses to listen on anything but loopback, and tells how to try it when it starts. */
export const demo = true;

export const server = { host: "127.0.0.1", port: 8090 };

export const identity = {
  driver: "static",
  policy: "rbac",
  tokens: [
    {
      token: "demo-admin",
      user_id: "demo-admin-user",
      project_id: "demo",
      project_name: "demo",
      roles: ["admin", "member", "reader"],
    },
    {
      token: "demo-member",
      user_id: "demo-member-user",
      project_id: "demo",
      project_name: "demo",
      roles: ["member", "reader"],
    },
    {
      token: "demo-reader",
      user_id: "demo-reader-user",
      project_id: "demo",
      project_name: "demo",
      roles: ["reader"],
    },
  ],
  projects: [
    { id: "demo", name: "demo" },
    { id: "blue", name: "blue" },
    { id: "green", name: "green" },
  ],
};

export const music = { driver: "sqlite", path: `${state}/valet/demo.db` };

export const inventory = { driver: "file", path: "demo_datacenter.json" };

export const engine = { datacenter_name: "demo", ip: "127.0.0.1" };
