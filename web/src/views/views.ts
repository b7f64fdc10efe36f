/*
 * The views beyond the overview, as one file that is fetched after the first picture (later.ts): a file
 * each would be two dozen, because what they share among each other would have to stand apart.
 */
export { AlertsView } from "./alertsview";
export { FlowsView } from "./flowsview";
export { IsolateView } from "./isolateview";
export { ListView } from "./listview";
export { ProcessesView } from "./processesview";
export { StoresView } from "./storesview";
