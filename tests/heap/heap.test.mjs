// A snapshot in the eyes of memlab: as many nodes and edges as it says, and a planted leak whose
// retained size is what the program measured.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'node:test';

// The table of strings grows with them, and belongs to nobody.
const TOLERANCE = 0.05;
const { analysis, config, utils } = createRequire(resolve('build/npm/heap/package.json'))('@memlab/core');

function head(file) {
    return JSON.parse(/"node_count":\d+,"edge_count":\d+/.exec(readFileSync(file, 'utf8').slice(0, 4096))[0]
        .replace(/^/, '{').concat('}'));
}

function reachable(heap) {
    const seen = new Set([heap.nodes.get(0).id]);
    for (const waiting = [heap.nodes.get(0)]; waiting.length > 0;) {
        for (const edge of waiting.pop().references) {
            if (!seen.has(edge.toNode.id)) {
                seen.add(edge.toNode.id);
                waiting.push(edge.toNode);
            }
        }
    }
    return seen.size;
}

test('memlab reads a snapshot and finds the planted leak', async (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'isoscope-heap.'));
    t.after(() => rmSync(dir, { recursive: true }));
    const file = join(dir, 'planted.heapsnapshot');
    const run = spawnSync(process.env.ISORUN, ['--collector', 'none', '--expose-gc', 'tests/heap/plant.js', file],
        { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    const planted = JSON.parse(run.stdout);
    config.muteConsole = true;

    const heap = await utils.getSnapshotFromFile(file, { buildNodeIdIndex: true });
    analysis.preparePathFinder(heap);
    const { node_count: nodes, edge_count: edges } = head(file);
    let counted = 0;
    const leaks = [];
    heap.nodes.forEach((node) => {
        counted += node.edge_count;
        if (node.name === 'PlantedLeak' && node.type === 'object') {
            leaks.push(node);
        }
    });
    assert.equal(heap.nodes.length, nodes);
    assert.equal(heap.edges.length, edges);
    assert.equal(counted, edges);
    assert.equal(reachable(heap), nodes, 'all nodes have a path from the root');
    assert.equal(leaks.length, 1);
    assert.equal(leaks[0].pathEdge.name_or_index, 'leak');
    const truth = planted.heap + planted.external;
    const error = Math.abs(leaks[0].retainedSize - truth) / truth;
    t.diagnostic(`retained ${leaks[0].retainedSize} of ${truth} bytes, off by ${(100 * error).toFixed(2)} %`);
    assert.ok(error < TOLERANCE, `retained ${leaks[0].retainedSize}, planted ${truth}`);
});
