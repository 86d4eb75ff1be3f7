/* The pass of sums.py in one compiled loop. Built on demand by kernel.py; every figure is tested equal to NumPy's.
 *
 * Elements go through in blocks that stay in the first-level cache. A largest value is reduced without its index; the
 * index is looked up only where a block beats the best so far, which happens a handful of times.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define BLOCK 512
#define SQRT12 3.4641016151377544
#define EXPONENT 0x7FF0000000000000LL

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

/* What the pass reads. Strides are in elements and the same for every array; NULL cap or sigma: the scalar holds, and a
 * negative scalar means none. ulp_scale: 2^(1-p), or 0 for integers, whose ulp is 1. */
struct input {
    const void *a, *y;
    const double *cap, *sigma;
    int64_t rows, columns, a_stride, y_stride, cap_stride, sigma_stride;
    double cap_scalar, sigma_scalar, min_normal, ulp_scale;
    int64_t a_double, y_double, block_rows, block_columns, bands, stripes, blocks_stride;
    double *blocks;
};

enum { ABSOLUTE, RELATIVE, ULPS, RATIO, Z, PEAKS };
#define EDGES 11

struct output {
    double peak[PEAKS];
    int64_t at[PEAKS];
    double sum_abs, sum_rel, sum_ulps, sum_seen, e_e, a_a, y_y, z_z, y_low, y_high;
    int64_t larger, smaller, a_zero, y_zero, a_subnormal, y_subnormal, within[EDGES];
};

static const double edges[EDGES] = {0, 0.5, 1, 2, 4, 8, 16, 64, 1024, 65536, INFINITY};

/* Keep the largest value of a block and the flat index of the first element that has it. */
static inline void see(struct output *out, int which, double largest, const double *values, int64_t n, int64_t base) {
    if (!(largest > out->peak[which])) return;
    out->peak[which] = largest;
    for (int64_t i = 0; i < n; i++)
        if (values[i] == largest) {
            out->at[which] = base + i;
            return;
        }
}

CLONES static void block(const struct input *in, struct output *out, const double *a, const double *y,
                         const double *cap, const double *sigma, int64_t n, int64_t base) {
    double size[BLOCK], q[BLOCK], work[BLOCK];
    double sum_abs = 0, e_e = 0, a_a = 0, y_y = 0, top = 0, low = out->y_low, high = out->y_high;
    double a_least = INFINITY, y_least = INFINITY;
    int64_t larger = 0, smaller = 0;
#pragma omp simd reduction(+ : sum_abs, e_e, a_a, y_y, larger, smaller) reduction(max : top, high) reduction(min : low, a_least, y_least)
    for (int64_t i = 0; i < n; i++) {
        double e = a[i] - y[i], s = fabs(e), p = e * y[i], am = fabs(a[i]), ym = fabs(y[i]);
        size[i] = s;
        sum_abs += s;
        e_e += e * e;
        a_a += a[i] * a[i];
        y_y += y[i] * y[i];
        larger += p > 0;
        smaller += p < 0;
        top = s > top ? s : top;
        high = y[i] > high ? y[i] : high;
        low = y[i] < low ? y[i] : low;
        a_least = am < a_least ? am : a_least;
        y_least = ym < y_least ? ym : y_least;
    }
    out->sum_abs += sum_abs;
    out->e_e += e_e;
    out->a_a += a_a;
    out->y_y += y_y;
    out->larger += larger;
    out->smaller += smaller;
    out->y_low = low;
    out->y_high = high;
    see(out, ABSOLUTE, top, size, n, base);
    if (a_least < in->min_normal)
        for (int64_t i = 0; i < n; i++) {
            out->a_zero += a[i] == 0;
            out->a_subnormal += a[i] != 0 && fabs(a[i]) < in->min_normal;
        }
    if (y_least < in->min_normal)
        for (int64_t i = 0; i < n; i++) {
            out->y_zero += y[i] == 0;
            out->y_subnormal += y[i] != 0 && fabs(y[i]) < in->min_normal;
        }

    double sum = 0, largest = 0;
    if (y_least > 0) {
#pragma omp simd reduction(+ : sum) reduction(max : largest)
        for (int64_t i = 0; i < n; i++) {
            double r = size[i] / fabs(y[i]);
            work[i] = r;
            sum += r;
            largest = r > largest ? r : largest;
        }
    } else {
        for (int64_t i = 0; i < n; i++) {
            double r = y[i] == 0 ? 0 : size[i] / fabs(y[i]);
            work[i] = r;
            sum += r;
            largest = r > largest ? r : largest;
        }
    }
    out->sum_rel += sum;
    see(out, RELATIVE, largest, work, n, base);

    sum = 0, largest = 0;
    if (in->ulp_scale > 0) {
        int64_t least;
        memcpy(&least, &in->min_normal, 8);
        double scale = 1 / in->ulp_scale;
#pragma omp simd reduction(+ : sum) reduction(max : largest)
        for (int64_t i = 0; i < n; i++) {
            int64_t power;
            double inverse;
            memcpy(&power, &y[i], 8);
            power &= EXPONENT;
            power = power > least ? power : least;
            /* 1 / 2^k, exact: the exponent fields of 2^k and 2^-k add up to 2 · 1023. */
            power = (2046LL << 52) - power;
            memcpy(&inverse, &power, 8);
            double v = size[i] * inverse * scale;
            q[i] = v;
            sum += v;
            largest = v > largest ? v : largest;
        }
    } else {
        memcpy(q, size, n * sizeof(double));
        sum = sum_abs;
        largest = top;
    }
    out->sum_ulps += sum;
    see(out, ULPS, largest, q, n, base);
    for (int k = 0; k < EDGES; k++) {
        if (edges[k] >= largest) {
            for (; k < EDGES; k++) out->within[k] += n;
            break;
        }
        int64_t count = 0;
        double edge = edges[k];
#pragma omp simd reduction(+ : count)
        for (int64_t i = 0; i < n; i++) count += q[i] <= edge;
        out->within[k] += count;
    }

    if (cap) {
        int bad = 0;
        double seen = 0, best = out->peak[RATIO];
        if (sigma) {
#pragma omp simd reduction(+ : seen)
            for (int64_t i = 0; i < n; i++) seen += cap[i] < 16 * sigma[i] ? cap[i] : 16 * sigma[i];
        } else if (in->sigma_scalar >= 0) {
            double s = 16 * in->sigma_scalar;
            for (int64_t i = 0; i < n; i++) seen += cap[i] < s ? cap[i] : s;
        } else {
#pragma omp simd reduction(+ : seen)
            for (int64_t i = 0; i < n; i++) seen += cap[i];
        }
        out->sum_seen += seen;
        /* Divide only where the block can beat the best so far. */
#pragma omp simd reduction(| : bad)
        for (int64_t i = 0; i < n; i++) bad |= !(size[i] <= best * cap[i]) | !(cap[i] > 0);
        if (bad) {
            largest = 0;
            for (int64_t i = 0; i < n; i++) {
                double m = cap[i] > 0 ? size[i] / cap[i] : size[i] > 0 ? 1 + q[i] : 0;
                work[i] = m;
                largest = m > largest ? m : largest;
            }
            see(out, RATIO, largest, work, n, base);
        }
    } else if (in->cap_scalar >= 0) {
        double c = in->cap_scalar;
        if (sigma) {
            for (int64_t i = 0; i < n; i++) out->sum_seen += c < 16 * sigma[i] ? c : 16 * sigma[i];
        } else {
            double s = in->sigma_scalar >= 0 && 16 * in->sigma_scalar < c ? 16 * in->sigma_scalar : c;
            out->sum_seen += s * (double)n;
        }
    }

    if (sigma || in->sigma_scalar >= 0) {
        double z_z = 0;
        largest = 0;
        double scalar = in->sigma_scalar;
        if (sigma) {
#pragma omp simd reduction(max : largest)
            for (int64_t i = 0; i < n; i++) {
                double z = sigma[i] > 0 ? size[i] / sigma[i] : q[i] * SQRT12;
                work[i] = z;
                largest = z > largest ? z : largest;
            }
        } else {
#pragma omp simd reduction(max : largest)
            for (int64_t i = 0; i < n; i++) {
                double z = scalar > 0 ? size[i] / scalar : q[i] * SQRT12;
                work[i] = z;
                largest = z > largest ? z : largest;
            }
        }
        see(out, Z, largest, work, n, base);
        /* Σz² of the part of each block that lies in this run of elements, one row after the other. */
        int64_t row = base / in->columns, column = base - row * in->columns, width = in->block_columns;
        for (int64_t i = 0; i < n; row++, column = 0) {
            int64_t band = row / in->block_rows < in->bands ? row / in->block_rows : in->bands - 1;
            double *sums = in->blocks + band * in->blocks_stride;
            int64_t end = i + in->columns - column < n ? i + in->columns - column : n;
            int64_t stripe = column / width < in->stripes ? column / width : in->stripes - 1;
            int64_t border = i + (stripe + 1) * width - column;
            for (; i < end; stripe++, border += width) {
                int64_t stop = stripe < in->stripes - 1 && border < end ? border : end;
                double part = 0;
                if (stop - i == 16) {
#pragma omp simd reduction(+ : part)
                    for (int64_t j = 0; j < 16; j++) part += work[i + j] * work[i + j];
                } else {
#pragma omp simd reduction(+ : part)
                    for (int64_t j = i; j < stop; j++) part += work[j] * work[j];
                }
                sums[stripe] += part;
                z_z += part;
                i = stop;
            }
        }
        out->z_z += z_z;
    }
}

CLONES static void load(double *to, const void *from, int64_t first, int64_t n, int64_t is_double) {
    if (is_double) {
        memcpy(to, (const double *)from + first, n * sizeof(double));
    } else {
        const float *f = (const float *)from + first;
        for (int64_t i = 0; i < n; i++) to[i] = f[i];
    }
}

void lockstep_totals(const struct input *in, struct output *out) {
    double a[BLOCK], y[BLOCK];
    memset(out, 0, sizeof *out);
    for (int i = 0; i < PEAKS; i++) out->at[i] = -1;
    out->y_low = INFINITY;
    out->y_high = -INFINITY;
    /* Rows that lie one after the other in every array are one long row. */
    int64_t flat = in->a_stride == in->columns && in->y_stride == in->columns &&
                   (!in->cap || in->cap_stride == in->columns) && (!in->sigma || in->sigma_stride == in->columns);
    int64_t rows = flat ? 1 : in->rows, columns = flat ? in->rows * in->columns : in->columns;
    for (int64_t row = 0; row < rows; row++)
        for (int64_t column = 0; column < columns; column += BLOCK) {
            int64_t n = columns - column < BLOCK ? columns - column : BLOCK;
            load(a, in->a, row * in->a_stride + column, n, in->a_double);
            load(y, in->y, row * in->y_stride + column, n, in->y_double);
            block(in, out, a, y, in->cap ? in->cap + row * in->cap_stride + column : 0,
                  in->sigma ? in->sigma + row * in->sigma_stride + column : 0, n, row * columns + column);
        }
    if (isnan(out->sum_abs)) out->peak[ABSOLUTE] = NAN; /* a comparison never keeps a NaN */
    if (!in->cap && in->cap_scalar > 0) {
        out->peak[RATIO] = out->peak[ABSOLUTE] / in->cap_scalar;
        out->at[RATIO] = out->at[ABSOLUTE];
    } else if (!in->cap && in->cap_scalar == 0 && out->peak[ABSOLUTE] > 0) {
        out->peak[RATIO] = 1 + out->peak[ULPS];
        out->at[RATIO] = out->at[ULPS];
    }
}
