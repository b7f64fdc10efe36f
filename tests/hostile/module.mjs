import { readFileSync } from 'fs';
export const value = typeof readFileSync;
