import { names, oneOf } from "../fields.ts";
import { POLICIES, UNOWNED_VISIBILITIES } from "../settings.ts";

/** What every driver of the block knows. */
export const COMMON_IDENTITY = {
  policy: oneOf(POLICIES).default("admin"),
  admin_roles: names("names of roles").default(["admin"]),
  unowned: oneOf(UNOWNED_VISIBILITIES).default("admin"),
};
