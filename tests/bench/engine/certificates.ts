import { without } from "../../../src/engine/explain/causes.ts";
import { engineFor, request } from "../../support/engine_site.ts";
import { IMPOSSIBLE, type Impossible, named, restOf } from "../../support/impossible_requests.ts";
import type { Figure } from "../load/figures.ts";

/** A9: for each cause of a refusal whether it is told, and whether the rest can be placed without any part of it. */
export function measureCertificates(): Figure[] {
  return Object.entries(IMPOSSIBLE).map(([name, impossible]) => {
    const { told, minimal } = certify(impossible);
    return {
      what: `engine: A9, ${name}`,
      wanted: "the right conflict, minimal when solved anew",
      measured: `${told ? "the right" : "another"} conflict, ${minimal ? "minimal" : "not minimal"}`,
      met: told && minimal,
    };
  });
}

function certify({ dataCenter, application, conflict: wanted }: Impossible) {
  const asked = request([], [], { application });
  const { placeable, proven, conflict } = engineFor(dataCenter).explain(asked);
  const alone = without(asked, restOf(asked, conflict));
  const isPlaced = (asked: typeof alone) => engineFor(dataCenter).place(asked).kind === "placed";
  return {
    told: !placeable && proven && conflict.map(named).join() === wanted.join(),
    minimal: !isPlaced(alone) && conflict.every((cause) => isPlaced(without(alone, [cause]))),
  };
}
