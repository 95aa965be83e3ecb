# cython: language_level=3
"""What kernels share that read rows, or cells by their bounds: a look at what they are given.

Included where it is cimported, no module.
"""

from libc.stdint cimport int32_t, int64_t

ctypedef fused Bounds:
    int32_t
    int64_t


cdef inline int check(right, what) except -1:
    """Raise ValueError with what is wrong, unless it is right."""
    if not right:
        raise ValueError(f"{what} do not fit together")
    return 0


cdef inline const int64_t *ints(const int64_t[::1] array) noexcept:
    """Return where the numbers of an array lie; whoever keeps the address keeps the array."""
    return &array[0] if array.shape[0] else NULL


cdef inline const int32_t *slim_ints(const int32_t[::1] array) noexcept:
    """Return where the numbers of 32 bits lie, as `ints` does."""
    return &array[0] if array.shape[0] else NULL


cdef inline Py_ssize_t check_rows(
    const int64_t[::1] indptr, const int64_t[::1] numbers, int64_t least, int64_t size
) except -1:
    """Return the length of the longest row; refuse rows that leave ``numbers``, and those outside least..size - 1."""
    cdef Py_ssize_t row, at, longest = 0, rows = indptr.shape[0] - 1
    cdef const int64_t *ends = ints(indptr)
    cdef const int64_t *held = ints(numbers)
    cdef bint right = rows >= 0 and ends[0] >= 0 and ends[rows] <= numbers.shape[0]
    with nogil:
        for row in range(rows):
            right = right and ends[row] <= ends[row + 1]
            longest = max(longest, ends[row + 1] - ends[row])
        if right:
            for at in range(ends[0], ends[rows]):
                right = right and least <= held[at] < size
    check(right, "rows")
    return longest


cdef inline int check_bounds(const Bounds[::1] bounds, Py_ssize_t size) except -1:
    """Refuse bounds that do not ascend, each of them, within what has that size."""
    cdef Py_ssize_t at, last = bounds.shape[0] - 1
    cdef const Bounds *ends = &bounds[0] if last >= 0 else NULL
    cdef bint right = last >= 0 and ends[0] >= 0 and ends[last] <= size
    for at in range(last):
        right &= ends[at] <= ends[at + 1]
    if not right:
        raise ValueError("bounds must ascend within what they bound")
    return 0
