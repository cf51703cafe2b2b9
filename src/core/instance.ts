import type { Fleet, Instance, State } from "./state.ts";
import type { Address, Version } from "./version.ts";

/** The version whose process is ready, if there is one. */
export function servingVersion(fleet: Fleet): Version | null {
  return servingInstance(fleet)?.target.version ?? null;
}

export function servingInstance(fleet: Fleet): Instance | null {
  return fleet.instances.find((instance) => instance.status.type === "ready") ?? null;
}

export function patchInstance(
  state: State,
  id: number,
  patch: (instance: Instance) => Instance,
): State {
  const instances = state.fleet.instances.map((one) => (one.id === id ? patch(one) : one));
  return { ...state, fleet: { ...state.fleet, instances } };
}

export function findInstance(state: State, id: number): Instance | null {
  return state.fleet.instances.find((instance) => instance.id === id) ?? null;
}

/** Addresses of the first list that the second lacks. */
export function lacking(wanted: readonly Address[], have: readonly Address[]): readonly Address[] {
  return wanted.filter((one) => !have.some((other) => sameAddress(one, other)));
}

function sameAddress(a: Address, b: Address): boolean {
  return a.network === b.network && a.address === b.address;
}
