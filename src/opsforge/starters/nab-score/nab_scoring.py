"""The scoring of the Numenta Anomaly Benchmark, standard profile.

After A. Lavin and S. Ahmad, "Evaluating Real-time Anomaly Detection Algorithms – the Numenta Anomaly
Benchmark", ICMLA 2015 (arXiv:1510.03336), and the white paper of NAB 1.0. Written anew; the tests of
the platform compare it with the benchmark's published results, file by file.

- The first 15 % of a file (of at most 5,000 points) are for learning and not scored.
- The first alarm in a labelled window earns up to 1, the more the earlier; a window without an alarm
  costs 1; each alarm outside costs 0.11, a little less right behind a window.
- One threshold holds for all files: the one that earns the most.
- 0 is a detector that never alarms, 100 one that alarms at the beginning of every window.
"""

from dataclasses import dataclass

import numpy as np

FALSE_ALARM_WEIGHT = 0.11
PROBATION, PROBATION_POINTS = 0.15, 5000


@dataclass
class Scored:
    """What each point of one file would earn, were it an alarm."""

    scores: np.ndarray
    """Of the detector, without the probation."""
    earned: np.ndarray
    window: np.ndarray
    """Number of the window that each point is in; -1 outside."""


def scaled_sigmoid(position):
    """1 at the left edge of a window (-1), 0 at its right edge (0), -1 far behind it."""
    position = np.asarray(position, dtype=float)
    return np.where(position > 3, -1.0, 2 / (1 + np.exp(5 * np.minimum(position, 3))) - 1)


def prepare(times, scores, windows):
    """A file's points.

    Args:
        times: Moments, in order.
        scores: Of the detector, from 0 to 1, each from what came before only.
        windows: Pairs of first and last moment, both in `times`.
    """
    times, scores = np.asarray(times, dtype="datetime64[ns]"), np.asarray(scores, dtype=float)
    count = len(times)
    position = np.arange(count)
    earned = np.full(count, -FALSE_ALARM_WEIGHT)
    window = np.full(count, -1)
    for number, (first, last) in enumerate(windows):
        left, right = (np.flatnonzero(times == np.datetime64(at))[0] for at in (first, last))
        width = right - left + 1
        inside = slice(left, right + 1)
        earned[inside] = scaled_sigmoid(-(right - position[inside] + 1) / width)
        earned[inside] /= scaled_sigmoid(-1)
        window[inside] = number
        behind = slice(right + 1, count)
        past = (position[behind] - right) / (width - 1)
        earned[behind] = FALSE_ALARM_WEIGHT * scaled_sigmoid(past)
    start = int(min(np.floor(PROBATION * count), PROBATION * PROBATION_POINTS))
    return Scored(scores[start:], earned[start:], window[start:])


def score_file(file, threshold):
    """What all alarms of a file earn: its raw score."""
    alarm = file.scores >= threshold
    total = file.earned[alarm & (file.window < 0)].sum()
    for number in np.unique(file.window[file.window >= 0]):
        best = file.earned[alarm & (file.window == number)]
        total += best.max() if len(best) else -1.0
    return float(total)


def count_windows(file):
    return len(np.unique(file.window[file.window >= 0]))


def best_threshold(files):
    """The threshold that earns most over all files, tried at every score that there is."""
    scores, steps = [], []
    for file in files:
        order = np.argsort(-file.scores, kind="stable")
        step = np.where(file.window < 0, file.earned, 0.0)[order]
        for number in np.unique(file.window[file.window >= 0]):
            there = np.flatnonzero(file.window[order] == number)
            reached = np.maximum.accumulate(file.earned[order][there])
            step[there] = np.diff(np.concatenate([[-1.0], reached]))
        scores.append(file.scores[order])
        steps.append(step)
    scores, steps = np.concatenate(scores), np.concatenate(steps)
    order = np.argsort(-scores, kind="stable")
    scores, total = scores[order], np.cumsum(steps[order])
    ends = np.flatnonzero(np.append(np.diff(scores) != 0, True))
    best = ends[np.argmax(total[ends])]
    return float(scores[best]) if total[best] > 0 else float("inf")


def normalise(raw, windows):
    """From a sum of raw scores to the benchmark's 0 (no alarm at all) to 100 (perfect)."""
    return 100 * (raw + windows) / (2 * windows)
