import agent from './index.js';

export const { job, name, on, off } = agent;
export default agent;
