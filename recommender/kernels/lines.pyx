# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Write columns of text as the lines of a CSV file, each byte looked at once and copied once."""

from libc.stdint cimport int32_t, uint8_t
from libc.stdlib cimport free, malloc
from libc.string cimport memchr, memcpy

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize

from recommender.kernels.rows cimport check_bounds

cdef uint8_t QUOTE = 34


cdef Py_ssize_t marked(const uint8_t* text, Py_ssize_t size, uint8_t delimiter) noexcept nogil:
    """Count the quotes of a cell, plus one if it holds any sign that needs them, quotes among these."""
    cdef Py_ssize_t at, quotes = 0
    cdef uint8_t found = 0
    for at in range(size):  # without branches, so that compilers look at many bytes at once
        found |= (text[at] == delimiter) | (text[at] == QUOTE) | (text[at] == 10) | (text[at] == 13)
    if found and memchr(text, QUOTE, size) != NULL:
        for at in range(size):
            quotes += text[at] == QUOTE
    return quotes + 1 if found else 0


cdef uint8_t* written(uint8_t* out, const uint8_t* text, Py_ssize_t size, bint quoted) noexcept nogil:
    """Write one cell, in quotes and with its own doubled if it is to be; give where the next byte goes."""
    cdef const uint8_t* end = text + size
    cdef const uint8_t* quote
    if not quoted:
        memcpy(out, text, size)
        return out + size
    out[0] = QUOTE
    out += 1
    while True:
        quote = <const uint8_t*> memchr(text, QUOTE, end - text)
        if quote == NULL:
            break
        memcpy(out, text, quote - text + 1)
        out += quote - text + 1
        out[0] = QUOTE
        out += 1
        text = quote + 1
    memcpy(out, text, end - text)
    out += end - text
    out[0] = QUOTE
    return out + 1


def csv_lines(list bounds, list texts, str delimiter):
    """Return the lines of a table of text, without a header, as bytes.

    ``bounds`` holds for each column int32 (rows + 1,), where its cells begin and end in its bytes, ascending from 0 on;
    ``texts`` the bytes of each, uint8. A cell that holds the delimiter (one ASCII sign), a quote or a line's end is put
    in quotes, and its own are doubled (RFC 4180). Raises `ValueError` where columns are of different lengths,
    bounds fall or lie outside their bytes, or the delimiter is another.
    """
    cdef Py_ssize_t columns = len(bounds), rows, row, column, size = 0, found
    cdef uint8_t mark
    cdef const int32_t[::1] of_bounds
    cdef const uint8_t[::1] of_text
    if len(delimiter) != 1 or not delimiter.isascii():
        raise ValueError("the delimiter must be one ASCII sign")
    mark = ord(delimiter)
    if not columns or len(texts) != columns:
        raise ValueError("a table needs columns, and each its text")
    rows = len(bounds[0]) - 1
    cdef const int32_t** cells = <const int32_t**> malloc(columns * sizeof(void*))
    cdef const uint8_t** data = <const uint8_t**> malloc(columns * sizeof(void*))
    cdef uint8_t* quoted = <uint8_t*> malloc(max(columns * rows, 1))
    cdef uint8_t* out
    try:
        if cells == NULL or data == NULL or quoted == NULL:
            raise MemoryError
        for column in range(columns):
            of_bounds, of_text = bounds[column], texts[column]
            check_bounds(of_bounds, of_text.shape[0])
            if of_bounds.shape[0] != rows + 1 or of_bounds[0] != 0:
                raise ValueError("columns of different lengths, or cells that do not begin at 0")
            cells[column] = &of_bounds[0]
            data[column] = &of_text[0] if of_text.shape[0] else NULL
        with nogil:
            for column in range(columns):
                for row in range(rows):
                    found = marked(data[column] + cells[column][row], cells[column][row + 1] - cells[column][row], mark)
                    quoted[row * columns + column] = found > 0
                    size += cells[column][row + 1] - cells[column][row] + 1 + (found + 1 if found else 0)
        lines = PyBytes_FromStringAndSize(NULL, size)
        out = <uint8_t*> PyBytes_AS_STRING(lines)
        with nogil:
            for row in range(rows):
                for column in range(columns):
                    out = written(
                        out, data[column] + cells[column][row], cells[column][row + 1] - cells[column][row],
                        quoted[row * columns + column],
                    )
                    out[0] = mark if column + 1 < columns else 10
                    out += 1
        return lines
    finally:
        free(cells)
        free(data)
        free(quoted)
