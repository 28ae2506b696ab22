/** An amount of the three resources that every host has. All amounts are integers. */
export interface Demand {
  /** Thousandths of a virtual CPU. */
  readonly milliVcpu: number;
  readonly memoryMib: number;
  readonly diskMib: number;
}

export const NO_DEMAND: Demand = { milliVcpu: 0, memoryMib: 0, diskMib: 0 };

export function addDemand(left: Demand, right: Demand): Demand {
  return {
    milliVcpu: left.milliVcpu + right.milliVcpu,
    memoryMib: left.memoryMib + right.memoryMib,
    diskMib: left.diskMib + right.diskMib,
  };
}

/** Whether no amount of `left` is larger than that of `right`. */
export function isAtMost(left: Demand, right: Demand): boolean {
  return left.milliVcpu <= right.milliVcpu && left.memoryMib <= right.memoryMib &&
    left.diskMib <= right.diskMib;
}
