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
/* Between these a number and its inverse are normal floats. What is NEAR the best so far is divided out. */
#define TINY 0x1p-125
#define LARGE 0x1p125
#define NEAR 0.999999999999

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
    int64_t first, width; /* the flat index of the first element in the whole output, and the columns of that */
};

enum { ABSOLUTE, RELATIVE, ULPS, RATIO, Z, PEAKS };
#define EDGES 11
#define Z_EDGES 11
/* Elements go through so many lanes in turn; of each: the elements that err, Σz, Σz·sign(y), Σz². */
#define LANES 8
enum { ERRING, MEAN, GAIN, SQUARE, LANE_SUMS };

struct output {
    double peak[PEAKS];
    int64_t at[PEAKS];
    double sum_abs, sum_rel, sum_ulps, sum_seen, e_e, a_a, y_y, z_z, y_low, y_high;
    double lanes[LANE_SUMS][LANES];
    int64_t larger, smaller, a_zero, y_zero, a_subnormal, y_subnormal, within[EDGES], beyond[Z_EDGES];
};

static const double edges[EDGES] = {0, 0.5, 1, 2, 4, 8, 16, 64, 1024, 65536, INFINITY};
static const double z_edges[Z_EDGES] = {2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 10, 12};

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

/* 1/v to 2^-47, for TINY ≤ v ≤ LARGE: a float's division, several times faster than a double's, and one Newton step. */
static inline double reciprocal(double v) {
    double x = 1.0f / (float)v;
    return x * (2 - v * x);
}

/* 2^-k of the binade 2^k of v, or of that of the smallest normal number if it is larger; exact: the exponent fields of
 * 2^k and 2^-k add up to 2 · 1023. */
static inline double below(double v, int64_t least_power) {
    int64_t power;
    double inverse;
    memcpy(&power, &v, 8);
    power &= EXPONENT;
    power = power > least_power ? power : least_power;
    power = (2046LL << 52) - power;
    memcpy(&inverse, &power, 8);
    return inverse;
}

/* Add one element to the sums of its lane: |z| of the error e. */
static inline void add_lane(double sums[LANE_SUMS][LANES], int64_t lane, double z, double e, double y) {
    double v = copysign(z, e);
    sums[ERRING][lane] += v != 0;
    sums[MEAN][lane] += v;
    sums[GAIN][lane] += y < 0 ? -v : v;
    sums[SQUARE][lane] += v * v;
}

/* Add what the z of a run of elements, z[i]·scale, are to the lanes, of which the first element is in `start`. */
CLONES static void add_lanes(struct output *out, const double *a, const double *y, const double *z, double scale,
                             int64_t n, int64_t start) {
    double sums[LANE_SUMS][LANES] = {{0}};
    int64_t whole = n - n % LANES;
    for (int64_t i = 0; i < whole; i += LANES)
#pragma omp simd
        for (int64_t j = 0; j < LANES; j++) add_lane(sums, j, z[i + j], a[i + j] - y[i + j], y[i + j]);
    for (int64_t i = whole; i < n; i++) add_lane(sums, i - whole, z[i], a[i] - y[i], y[i]);
    for (int64_t j = 0; j < LANES; j++) {
        int64_t lane = (start + j) % LANES;
        out->lanes[ERRING][lane] += sums[ERRING][j];
        out->lanes[MEAN][lane] += sums[MEAN][j] * scale;
        out->lanes[GAIN][lane] += sums[GAIN][j] * scale;
        out->lanes[SQUARE][lane] += sums[SQUARE][j] * scale * scale;
    }
}

CLONES static void block(const struct input *in, struct output *out, const double *a, const double *y,
                         const double *cap, const double *sigma, int64_t n, int64_t base, int64_t start,
                         double a_least, double y_least) {
    double size[BLOCK], q[BLOCK], work[BLOCK];
    double sum_abs = 0, e_e = 0, a_a = 0, y_y = 0, top = 0, low = out->y_low, high = out->y_high;
    double sum_rel = 0, sum_ulps = 0, most_rel = 0, most_ulps = 0, scale = in->ulp_scale > 0 ? 1 / in->ulp_scale : 1;
    int64_t larger = 0, smaller = 0, least_power;
    memcpy(&least_power, &in->min_normal, 8);
    int plain = y_least >= TINY && high <= LARGE && low >= -LARGE && in->ulp_scale > 0;
    if (plain) {
        /* All in one loop: no sum waits for the one before it. */
#pragma omp simd reduction(+ : sum_abs, e_e, a_a, y_y, larger, smaller, sum_rel, sum_ulps) reduction(max : top, most_rel, most_ulps)
        for (int64_t i = 0; i < n; i++) {
            double e = a[i] - y[i], s = fabs(e), p = e * y[i];
            size[i] = s;
            sum_abs += s;
            e_e += e * e;
            a_a += a[i] * a[i];
            y_y += y[i] * y[i];
            larger += p > 0;
            smaller += p < 0;
            top = s > top ? s : top;
            double r = s * reciprocal(fabs(y[i]));
            sum_rel += r;
            most_rel = r > most_rel ? r : most_rel;
            double v = s * below(y[i], least_power) * scale;
            q[i] = v;
            sum_ulps += v;
            most_ulps = v > most_ulps ? v : most_ulps;
        }
    } else {
#pragma omp simd reduction(+ : sum_abs, e_e, a_a, y_y, larger, smaller) reduction(max : top)
        for (int64_t i = 0; i < n; i++) {
            double e = a[i] - y[i], s = fabs(e), p = e * y[i];
            size[i] = s;
            sum_abs += s;
            e_e += e * e;
            a_a += a[i] * a[i];
            y_y += y[i] * y[i];
            larger += p > 0;
            smaller += p < 0;
            top = s > top ? s : top;
        }
        if (in->ulp_scale > 0) {
#pragma omp simd reduction(+ : sum_ulps) reduction(max : most_ulps)
            for (int64_t i = 0; i < n; i++) {
                double v = size[i] * below(y[i], least_power) * scale;
                q[i] = v;
                sum_ulps += v;
                most_ulps = v > most_ulps ? v : most_ulps;
            }
        } else {
            memcpy(q, size, n * sizeof(double));
            sum_ulps = sum_abs;
            most_ulps = top;
        }
    }
    out->sum_abs += sum_abs;
    out->e_e += e_e;
    out->a_a += a_a;
    out->y_y += y_y;
    out->larger += larger;
    out->smaller += smaller;
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

    /* The largest is wanted to the last bit: divide, but only where the block can beat the best so far. */
    if (!plain || (most_rel > 0 && most_rel >= out->peak[RELATIVE] * NEAR)) {
        double sum = 0;
        most_rel = 0;
        for (int64_t i = 0; i < n; i++) {
            double r = y[i] == 0 ? 0 : size[i] / fabs(y[i]);
            work[i] = r;
            sum += r;
            most_rel = r > most_rel ? r : most_rel;
        }
        if (!plain) sum_rel = sum;
        see(out, RELATIVE, most_rel, work, n, base);
    }
    out->sum_rel += sum_rel;
    out->sum_ulps += sum_ulps;
    see(out, ULPS, most_ulps, q, n, base);
    /* Floats that differ have a product e·y that is not 0: those exactly right need no pass of their own. */
    int counted = plain && !in->a_double && !in->y_double && sum_abs == sum_abs;
    if (counted) out->within[0] += n - larger - smaller;
    for (int k = counted; k < EDGES; k++) {
        if (edges[k] >= most_ulps) {
            for (; k < EDGES; k++) out->within[k] += n;
            break;
        }
        int64_t count = 0;
        double edge = edges[k];
#pragma omp simd reduction(+ : count)
        for (int64_t i = 0; i < n; i++) count += q[i] <= edge;
        out->within[k] += count;
    }

    double largest;
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
        double z_z = 0, scalar = in->sigma_scalar, factor = 1;
        const double *z = work;
        largest = 0;
        if (sigma) {
#pragma omp simd reduction(max : largest)
            for (int64_t i = 0; i < n; i++) {
                double v = sigma[i] > 0 ? size[i] / sigma[i] : q[i] * SQRT12;
                work[i] = v;
                largest = v > largest ? v : largest;
            }
            see(out, Z, largest, work, n, base);
        } else if (scalar >= TINY && scalar <= LARGE && top <= LARGE) {
            /* Division keeps the order: the largest quotient is that of the largest error. */
            z = size;
            factor = 1 / scalar / scalar;
            largest = top / scalar;
            for (int64_t i = 0; largest > out->peak[Z]; i++)
                if (size[i] / scalar == largest) {
                    out->peak[Z] = largest;
                    out->at[Z] = base + i;
                }
        } else {
#pragma omp simd reduction(max : largest)
            for (int64_t i = 0; i < n; i++) {
                double v = scalar > 0 ? size[i] / scalar : q[i] * SQRT12;
                work[i] = v;
                largest = v > largest ? v : largest;
            }
            see(out, Z, largest, work, n, base);
        }
        for (int k = 0; k < Z_EDGES && largest > z_edges[k]; k++) {
            int64_t count = 0;
            double edge = z_edges[k];
            if (z == size) { /* where nothing was divided yet */
#pragma omp simd reduction(+ : count)
                for (int64_t i = 0; i < n; i++) count += z[i] / scalar > edge;
            } else {
#pragma omp simd reduction(+ : count)
                for (int64_t i = 0; i < n; i++) count += z[i] > edge;
            }
            out->beyond[k] += count;
        }
        add_lanes(out, a, y, z, z == size ? 1 / scalar : 1, n, start);
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
                    for (int64_t j = 0; j < 16; j++) part += z[i + j] * z[i + j];
                } else {
#pragma omp simd reduction(+ : part)
                    for (int64_t j = i; j < stop; j++) part += z[j] * z[j];
                }
                part *= factor;
                sums[stripe] += part;
                z_z += part;
                i = stop;
            }
        }
        out->z_z += z_z;
    }
}

/* Some elements as doubles; their least size, and the range of the values so far. Extremes are taken in the elements'
 * own format, of which twice as many floats go through at once. */
#define LOAD(NAME, TYPE, ABS)                                                                                        \
    CLONES static double NAME(double *to, const TYPE *from, int64_t n, double *lowest, double *highest) {            \
        TYPE least = INFINITY, low = INFINITY, high = -INFINITY;                                                     \
        _Pragma("omp simd reduction(min : least, low) reduction(max : high)") for (int64_t i = 0; i < n; i++) {      \
            TYPE v = from[i], s = ABS(v);                                                                            \
            to[i] = v;                                                                                               \
            least = s < least ? s : least;                                                                           \
            low = v < low ? v : low;                                                                                 \
            high = v > high ? v : high;                                                                              \
        }                                                                                                            \
        *lowest = low < *lowest ? low : *lowest;                                                                     \
        *highest = high > *highest ? high : *highest;                                                                \
        return least;                                                                                                \
    }
LOAD(load_floats, float, fabsf)
LOAD(load_doubles, double, fabs)

static double load(double *to, const void *from, int64_t first, int64_t n, int64_t is_double, double *low,
                   double *high) {
    return is_double ? load_doubles(to, (const double *)from + first, n, low, high)
                     : load_floats(to, (const float *)from + first, n, low, high);
}

void lockstep_totals(const struct input *in, struct output *out) {
    double a[BLOCK], y[BLOCK], a_low = INFINITY, a_high = -INFINITY;
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
            double a_least = load(a, in->a, row * in->a_stride + column, n, in->a_double, &a_low, &a_high);
            double y_least = load(y, in->y, row * in->y_stride + column, n, in->y_double, &out->y_low, &out->y_high);
            block(in, out, a, y, in->cap ? in->cap + row * in->cap_stride + column : 0,
                  in->sigma ? in->sigma + row * in->sigma_stride + column : 0, n, row * columns + column,
                  in->first + row * in->width + column, a_least, y_least);
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
