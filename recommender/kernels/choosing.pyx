# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Score the candidates of each row and choose the best: `scoring.Scorer.best` and `variety.choose_rows`, row by row."""

import numpy as np

from libc.stdint cimport INT32_MAX, INT32_MIN, INT64_MIN, int32_t, int64_t

from recommender.kernels.adding cimport Said, add_up, finish, whole
from recommender.kernels.pairs cimport Meeting, lay
from recommender.kernels.rows cimport check, check_rows, ints, slim_ints

cdef enum:
    BLOCK = 16  # candidates whose maximum is kept, so that the next best is found among few
    STEPS = 256  # grid of what is lost to variety

cdef struct World:  # what `Chooser` is given
    Said said
    Py_ssize_t blocks, most
    const int64_t *items
    const int64_t *barred_first
    const int64_t *barred
    const int64_t *near
    const int64_t *takes
    double step

cdef struct Work:  # room for one row; cells: candidates, up to whole blocks
    int32_t *slim_scores  # (cells,)
    int32_t *slim_tops  # (blocks,)
    int32_t *silence  # (cells,), zeros
    int64_t *scores  # (cells,)
    int64_t *tops  # (blocks,)
    int64_t *lost  # (cells,), zeros between rows: what candidates have lost to those chosen
    int64_t *late  # (cells,): those that have lost and would have been next
    int64_t *late_scores  # (cells,)
    int64_t *chosen  # (n,)
    int64_t *members  # (longest row,)


cdef whole top_of(const whole *scores) noexcept nogil:
    """Return the largest of a block."""
    cdef Py_ssize_t at
    cdef whole top = scores[0]
    for at in range(1, BLOCK):
        top = scores[at] if scores[at] > top else top
    return top


cdef Py_ssize_t highest(const whole *scores, const whole *tops, Py_ssize_t blocks, whole least) noexcept nogil:
    """Return the first place of the largest score, -1 where nothing is left."""
    cdef Py_ssize_t block, at
    cdef whole top = least
    for block in range(blocks):
        top = tops[block] if tops[block] > top else top
    if top == least:
        return -1
    block = 0
    while tops[block] != top:
        block += 1
    at = block * BLOCK
    while scores[at] != top:
        at += 1
    return at


cdef void strike(whole *scores, whole *tops, Py_ssize_t place, whole least) noexcept nogil:
    """Take a candidate out."""
    scores[place] = least
    tops[place // BLOCK] = top_of(scores + place // BLOCK * BLOCK)


cdef void prepare(
    whole *scores, whole *tops, whole least, const World *w, const int64_t *held, Py_ssize_t length
) noexcept nogil:
    """Bar what the row holds, and its twins, and find the largest of each block."""
    cdef Py_ssize_t at, k
    for at in range(length):
        for k in range(w.barred_first[held[at]], w.barred_first[held[at] + 1]):
            scores[w.barred[k]] = least
    for at in range(w.said.width, w.blocks * BLOCK):
        scores[at] = least
    for at in range(w.blocks):
        tops[at] = top_of(scores + at * BLOCK)


cdef void choose(
    whole *scores, whole *tops, whole least, const World *w, Work *work, bint related, int64_t *items, double *values,
    Py_ssize_t n,
) noexcept nogil:
    """Choose the best of a row one by one; where candidates are related, each after what those before take from it.

    Candidates only ever lose. So those that lost nothing keep their order, and one that lost something stands aside
    when its turn comes, until nothing is better than what is left of it.
    """
    cdef Py_ssize_t at, k, lates = 0, head, best, from_late, most = w.most if related else 0
    cdef int64_t value, own, left, other
    for k in range(n):
        head = highest(scores, tops, w.blocks, least)
        while head >= 0 and work.lost[head]:
            work.late[lates], work.late_scores[lates] = head, scores[head]
            lates += 1
            strike(scores, tops, head, least)
            head = highest(scores, tops, w.blocks, least)
        best, from_late = head, -1
        value = <int64_t> scores[head] * STEPS if head >= 0 else INT64_MIN
        for at in range(lates):
            own, other = work.late_scores[at], work.late[at]
            left = own * STEPS - (own if own > 0 else 0) * work.lost[other]
            if left > value or (left == value and other < best):
                best, value, from_late = other, left, at
        if best < 0:
            n = k
            break
        if from_late < 0:
            strike(scores, tops, best, least)
        else:
            lates -= 1
            work.late[from_late], work.late_scores[from_late] = work.late[lates], work.late_scores[lates]
        work.chosen[k], items[k], values[k] = best, w.items[best], <double> value * w.step
        for at in range(best * most, (best + 1) * most):
            work.lost[w.near[at]] = max(work.lost[w.near[at]], w.takes[at])
    for k in range(n):
        for at in range(work.chosen[k] * most, (work.chosen[k] + 1) * most):
            work.lost[w.near[at]] = 0


cdef void best_of(
    const World *w, Work *work, const int64_t *held, Py_ssize_t length, int64_t scale, int64_t *items, double *values,
    Py_ssize_t n,
) noexcept nogil:
    """Score and choose for one row; nothing is taken from what a row without skills gets."""
    cdef Meeting m
    m.members = work.members
    if add_up(work.slim_scores, &w.said, work.silence, &m, held, length, scale):
        finish(work.slim_scores, &w.said, w.said.slim_demand, w.said.slim_fixed, <int32_t> scale, length > 0)
        prepare(work.slim_scores, work.slim_tops, INT32_MIN, w, held, length)
        choose(work.slim_scores, work.slim_tops, INT32_MIN, w, work, length > 0, items, values, n)
    else:
        add_up(work.scores, &w.said, work.silence, &m, held, length, scale)
        finish(work.scores, &w.said, w.said.demand, w.said.fixed, scale, length > 0)
        prepare(work.scores, work.tops, INT64_MIN, w, held, length)
        choose(work.scores, work.tops, INT64_MIN, w, work, length > 0, items, values, n)


cdef class Chooser:
    """Hold what profiles are scored against, in whole steps; any number of threads may ask.

    Parameters
    ----------
    table : int32 array, shape (size + pairs, width)
        What each skill, then each pair, says for each candidate.
    peaks : int64 array, shape (size + pairs,)
        The largest of each row of the table, without sign.
    items : int64 array, shape (width,)
        The skill that each candidate is.
    pairs : tuple of int64 arrays
        As `pairs.Pairs.laid` gives them.
    barred : (int64 array, shape (size + 1,), int64 array)
        Where the candidates that each skill bars begin; these.
    demand, fixed : int64 arrays, shape (width,)
        As for `scoring.Scorer`.
    families : (int64 array, int64 array), both of shape (width, most)
        Relatives of each candidate, and what it takes from them in 256ths; see `variety.Families.padded`.
    factor, full, shift, bits : int
        The factor that is 1; the relevance from which demand counts in full, and the binary places that it has beyond
        a factor; the binary places of a score.
    """

    cdef World world
    cdef object kept  # the arrays that `world` points into

    def __init__(self, table, peaks, items, pairs, barred, demand, fixed, families, factor, full, shift, bits):
        cdef World *w = &self.world
        cdef Said *said = &w.said
        size, width, most = len(pairs[0]) - 1, len(items), families[0].shape[1]
        peaks, items, demand, fixed, near, takes, starts, places = (
            np.ascontiguousarray(part, np.int64).ravel() for part in (peaks, items, demand, fixed, *families, *barred)
        )
        check(table.shape == (size + len(pairs[1]), width) and len(peaks) == len(table), "table and peaks")
        check(len(demand) == len(fixed) == width and len(near) == len(takes) == width * most, "candidates")
        check(len(starts) == size + 1 and (0 < shift < 62 or not demand.any()), "skills")
        check_rows(starts, places, 0, width)
        check_rows(np.array([0, width], np.int64), items, 0, size)
        check_rows(np.array([0, len(near)], np.int64), near, 0, width)
        slim = table.reshape(-1), demand.astype(np.int32), fixed.astype(np.int32)
        self.kept = lay(&said.pairs, pairs), slim, peaks, items, demand, fixed, near, takes, starts, places
        said.size, said.width, said.table, said.peaks = size, width, slim_ints(slim[0]), ints(peaks)
        said.demand, said.fixed, said.demanded = ints(demand), ints(fixed), demand.any()
        said.slim_demand, said.slim_fixed = slim_ints(slim[1]), slim_ints(slim[2])
        said.full, said.factor, said.shift = full, factor, shift
        standing = int(np.abs(demand).max(initial=0)) * factor + int(np.abs(fixed).max(initial=0))
        said.room = max(0, INT32_MAX - full - standing)
        w.blocks, w.most, w.step = -(-width // BLOCK), most, 2.0**-bits / STEPS
        w.items, w.barred_first, w.barred = ints(items), ints(starts), ints(places)
        w.near, w.takes = ints(near), ints(takes)

    def best(
        self, const int64_t[::1] indptr, const int64_t[::1] held, const int64_t[::1] scales,
        int64_t[:, ::1] items, double[:, ::1] scores,
    ):
        """Write the best candidates of each row, falling, ties by place; what is not filled stays as it was.

        ``indptr`` (rows + 1,) and ``held`` are rows of skills; ``scales`` (rows,) what sums are multiplied by, not
        negative; ``items`` and ``scores`` (rows, n) are written to.
        """
        cdef Py_ssize_t rows = indptr.shape[0] - 1, n = items.shape[1], row
        cdef Py_ssize_t longest = check_rows(indptr, held, 0, self.world.said.size)
        cdef Py_ssize_t cells = self.world.blocks * BLOCK, blocks = self.world.blocks
        cdef const World *w = &self.world
        cdef Work work
        check(scales.shape[0] == items.shape[0] == scores.shape[0] == rows and scores.shape[1] == n, "rows")
        cdef int32_t[::1] slim = np.zeros(2 * cells + blocks, np.int32)
        cdef int64_t[::1] wide = np.zeros(4 * cells + blocks + n + longest, np.int64)
        work.slim_scores, work.silence, work.slim_tops = &slim[0], &slim[cells], &slim[2 * cells]
        work.scores, work.lost, work.late = &wide[0], &wide[cells], &wide[2 * cells]
        work.late_scores, work.tops = &wide[3 * cells], &wide[4 * cells]
        work.chosen = work.tops + blocks
        work.members = work.chosen + n
        with nogil:
            for row in range(rows if n else 0):
                best_of(
                    w, &work, &held[indptr[row]], indptr[row + 1] - indptr[row], scales[row], &items[row, 0],
                    &scores[row, 0], n,
                )
