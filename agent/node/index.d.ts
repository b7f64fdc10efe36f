export interface Agent {
    /** Runs fn as a job: its duration and the live heap it leaves are reported under that name. Returns
     * what fn returns; a promise is a job until it is settled. */
    job<T>(name: string, fn: () => T): T;
    /** Names this isolate. */
    name(name: string): void;
    /** The collector asks for this isolate to be replaced. */
    on(event: 'recycle', listener: () => void): void;
    off(event: 'recycle', listener: () => void): void;
}
declare const agent: Agent;
export default agent;
export const job: Agent['job'];
export const name: Agent['name'];
export const on: Agent['on'];
export const off: Agent['off'];
