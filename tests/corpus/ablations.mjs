// What can be taken out of the detector, as sed expressions on a copy of detect/; each has to change
// something (variant.sh). The last ones are what an ablation took out for good.
export const ablations = [
  { name: 'nothing', changes: ['s/BEND_T +\\(-1.5\\)/BEND_T (-1.50)/'] },
  { name: 'median of three samples', changes: ['s/median_of_three\\(series.*\\);/value;/'] },
  { name: 'levels seen before the rise', changes: ['s/rise->past.is_known \\? fmax\\(rise->past.max, rise->first\\) : rise->first/rise->first/'] },
  { name: 'levels seen before, on coarser rings', changes: ['s/coarser <= ring \\+ 2/coarser <= ring/'] },
  { name: 'flat history counting for a rise', changes: ['s/SHARE_YOUNG - \\(SHARE_YOUNG - least\\).*/SHARE_YOUNG;/'] },
  { name: 'more gain needed while history is short', changes: ['s/SHARE_YOUNG +0.17/SHARE_YOUNG SHARE_KNOWN/'] },
  { name: 'less gain needed on the finest ring', changes: ['s/SHARE_SUDDEN +0.05/SHARE_SUDDEN SHARE_KNOWN/'] },
  { name: 'exception for fast rises', changes: ['s/FAST_GAIN +1.0/FAST_GAIN 1000.0/'] },
  { name: 'three constants', changes: ['s/pieces_steps_sse\\(pieces, enough\\) >= enough/true/'] },
  { name: 'stairs one ring finer', changes: ['s/!is_stairs\\(series, ring, rise\\)/true/'] },
  { name: 'bending down', changes: ['s/return !is_bending\\(rise\\)/return true/'] },
  { name: 'gain above the noise', changes: ['s/GAIN_SIGMA 5.0/GAIN_SIGMA 0.0/'] },
  { name: 'gain above the band', changes: ['s/GAIN_LEVEL 0.08/GAIN_LEVEL 0.0/'] },
  { name: 'votes of ended lives', changes: ['s/VOTES_NEEDED    3/VOTES_NEEDED    3000/'] },
  { name: 'the ceiling of harmless rises', changes: ['s/judge->ceiling = fmax\\(.*/judge->ceiling = 0;/'] },
];
