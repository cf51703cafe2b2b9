import { constants } from "node:os";

/** Returns the name, which must be one of this system's signals: the configuration checked it. */
export function requireSignal(name: string): NodeJS.Signals {
  if (!isSignal(name)) throw new RangeError(`unknown signal ${name}`);
  return name;
}

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name);
}
