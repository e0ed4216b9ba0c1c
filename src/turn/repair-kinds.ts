/** What a repaired request lost or changed, as far as the person who asked can tell. */

export type RepairKind =
  | { kind: "temperature" | "no-effort" | "tools" | "output-limit" | "system" | "form" }
  | { kind: "effort"; level: string };

/** Of each repair that `detail` of the notice `repaired` joins; each kind once. */
export function repairKinds(detail: string): RepairKind[] {
  const kinds = detail.split(", ").map(kindOf);
  return kinds.filter((each, at) => kinds.findIndex(({ kind }) => kind === each.kind) === at);
}

function kindOf(repair: string): RepairKind {
  if (repair.startsWith("effort=")) return { kind: "effort", level: repair.slice("effort=".length) };
  if (/^(no_)?max_(output_)?tokens/.test(repair)) return { kind: "output-limit" };
  switch (repair) {
    case "temperature":
    case "tools":
      return { kind: repair };
    case "no_effort":
    case "no_effort_with_tools":
    case "thinkingConfig":
      return { kind: "no-effort" };
    case "system":
    case "instructions":
    case "systemInstruction":
      return { kind: "system" };
    default:
      return { kind: "form" };
  }
}
