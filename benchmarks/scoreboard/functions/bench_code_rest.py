"""Parts of programs as users of PyTorch write them, of given tensors only: science, finance, statistics, geometry.

None of them is in an earlier file; twelfth.py gives them their inputs, bench_code.py and bench_code_more.py have
the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- physics, chemistry and biology


def thermostatted_steps(place: Tensor, speed: Tensor) -> Tensor:
    """Nosé and Hoover: eight steps of oscillators whose friction follows their heat."""
    drag = torch.zeros_like(place[:, :1])
    for _ in range(8):
        speed = speed - 0.05 * (place + drag * speed)
        place = place + 0.05 * speed
        drag = drag + 0.05 * (speed.square().mean(-1, keepdim=True) - 1)
    return torch.cat([place, speed, drag], -1)


def solvation_energy(place: Tensor, charge: Tensor, radius: Tensor) -> Tensor:
    """Still's generalised Born energy of each atom in water."""
    d2 = (place[:, None] - place).square().sum(-1)
    product = radius[:, None] * radius
    reach = torch.sqrt(d2 + product * torch.exp(-d2 / (4 * product)))
    return -0.5 * (1 - 1 / 78.5) * charge * (charge / reach).sum(-1)


def triple_dipole_energy(place: Tensor) -> Tensor:
    """Axilrod and Teller's energy of three atoms at a time."""
    a, b, c = place.unbind(-2)
    x, y, z = (t.square().sum(-1) + 0.2 for t in (b - c, c - a, a - b))
    cosines = (y + z - x) * (z + x - y) * (x + y - z)
    return (1 + 0.375 * cosines / (x * y * z)) / (x * y * z).pow(1.5)


def acceptance_ratio(forth: Tensor, back: Tensor) -> Tensor:
    """Bennett: a free energy from work done both ways, by six fixed-point rounds."""
    free = 0.5 * (forth.mean(-1) - back.mean(-1))
    for _ in range(6):
        up = torch.logsumexp(F.logsigmoid(free[:, None] - forth), -1)
        down = torch.logsumexp(F.logsigmoid(-free[:, None] - back), -1)
        free = free + down - up
    return free


def fock_matrix(density: Tensor, core: Tensor, integral: Tensor) -> Tensor:
    """Hartree and Fock: a core with Coulomb's and half of the exchange's contractions."""
    density = 0.5 * (density + density.mT)
    coulomb = torch.einsum("ijkl,bkl->bij", integral, density)
    return core + coulomb - 0.5 * torch.einsum("ikjl,bkl->bij", integral, density)


def purified_density(h: Tensor) -> Tensor:
    """McWeeny: a projector of electrons by four cubic steps from a shifted Hamiltonian."""
    eye = torch.eye(h.shape[-1], dtype=h.dtype, device=h.device)
    p = 0.5 * eye - 0.2 * (h - h.diagonal(dim1=-2, dim2=-1).mean(-1)[:, None, None] * eye)
    for _ in range(4):
        square = p @ p
        p = 3 * square - 2 * square @ p
    return p


def orbital_amplitude(place: Tensor, centre: Tensor, decay: Tensor) -> Tensor:
    """A wave function's logarithm: a determinant of Slater's orbitals and a factor for each pair."""
    d = torch.sqrt((place[:, :, None] - centre).square().sum(-1) + 1e-2)
    log = torch.linalg.slogdet(torch.exp(-decay * d) + 0.2 * torch.eye(len(centre), device=d.device, dtype=d.dtype))[1]
    i, j = torch.triu_indices(place.shape[1], place.shape[1], 1, device=place.device)
    r = torch.sqrt((place[:, i] - place[:, j]).square().sum(-1) + 1e-2)
    return log + (0.5 * r / (1 + 0.7 * r)).sum(-1)


def flash_fraction(feed: Tensor, ratio: Tensor) -> Tensor:
    """Rachford and Rice: how much of a mixture boils, by six of Newton's steps, and what the vapour holds."""
    feed, v = feed / feed.sum(-1, keepdim=True), torch.full_like(feed[:, :1], 0.5)
    for _ in range(6):
        part = (ratio - 1) / (1 + v * (ratio - 1))
        v = (v + (feed * part).sum(-1, keepdim=True) / (feed * part.square()).sum(-1, keepdim=True)).clamp(0.05, 0.95)
    return torch.cat([v, feed * ratio / (1 + v * (ratio - 1))], -1)


def red_black_rounds(x: Tensor, source: Tensor) -> Tensor:
    """Gauss and Seidel on a torus in two colours, over-relaxed, three rounds."""
    i = torch.arange(x.shape[-2], device=x.device)[:, None] + torch.arange(x.shape[-1], device=x.device)
    for colour in (0, 1) * 3:
        near = x.roll(1, -1) + x.roll(-1, -1) + x.roll(1, -2) + x.roll(-1, -2)
        x = torch.where(i % 2 == colour, x + 1.2 * (0.25 * (near - source) - x), x)
    return x


def limited_advection(u: Tensor, speed: Tensor) -> Tensor:
    """Van Leer's limiter: four steps of a profile carried along a ring."""
    for _ in range(4):
        a, b = u - u.roll(1, -1), u.roll(-1, -1) - u
        slope = (a * b.abs() + a.abs() * b) / (a.abs() + b.abs() + 1e-2)
        flux = speed * (u + 0.5 * (1 - 0.4 * speed) * slope)
        u = u - 0.4 * (flux - flux.roll(1, -1))
    return u


def phase_separation(x: Tensor) -> Tensor:
    """Cahn and Hilliard: a mixture that parts, two half implicit steps in Fourier space."""
    h, n = x.shape[-2:]
    ky = torch.fft.fftfreq(h, 1 / h, dtype=x.dtype, device=x.device)[:, None]
    k2 = ky.square() + torch.fft.rfftfreq(n, 1 / n, dtype=x.dtype, device=x.device).square()
    for _ in range(2):
        hat = torch.fft.rfft2(x) - 0.05 * k2 * torch.fft.rfft2(x**3 - 3 * x)
        x = torch.fft.irfft2(hat / (1 + 0.05 * k2 * (2 + 0.1 * k2)), s=(h, n))
    return x


def chaotic_ring(x: Tensor) -> Tensor:
    """Lorenz's model of 1996: two steps of order four."""

    def slope(u: Tensor) -> Tensor:
        return (u.roll(-1, -1) - u.roll(2, -1)) * u.roll(1, -1) - u + 2

    for _ in range(2):
        a = slope(x)
        b = slope(x + 0.025 * a)
        c = slope(x + 0.025 * b)
        x = x + 0.05 / 6 * (a + 2 * b + 2 * c + slope(x + 0.05 * c))
    return x


def spiking_layer(x: Tensor, weight: Tensor) -> Tensor:
    """Leaky neurons over time: voltages, a soft step at their threshold, and a reset by what was fired."""
    v, out = torch.zeros_like(x[:, 0] @ weight), []
    for now in x.unbind(1):
        v = 0.8 * v + now @ weight
        spike = torch.sigmoid(4 * (v - 1))
        v = v - spike
        out.append(spike)
    return torch.stack(out, 1)


def repressing_genes(x: Tensor, strength: Tensor) -> Tensor:
    """Three genes in a ring that repress each other by Hill's function, six steps."""
    for _ in range(6):
        other = x.roll(1, -1)
        x = x + 0.2 * (strength[:, None] / (1 + other.pow(2.5)) + 0.1 - x)
    return x


def soft_alignment(score: Tensor) -> Tensor:
    """Needleman and Wunsch: the log-sum over all alignments with a price of gaps, cell by cell."""
    n, m = score.shape[-2:]
    above = [score.new_zeros(len(score)) - 0.5 * j for j in range(m + 1)]
    for i in range(n):
        row = [above[0] - 0.5]
        for j in range(m):
            gap = torch.logaddexp(above[j + 1], row[-1]) - 0.5
            row.append(torch.logaddexp(above[j] + score[:, i, j], gap))
        above = row
    return torch.stack(above, -1)


def two_compartments(dose: Tensor, clear: Tensor, forth: Tensor, back: Tensor) -> Tensor:
    """A drug's concentration in blood after a shot, by both exponentials, at twelve times."""
    t = torch.linspace(0, 6, 12, dtype=dose.dtype, device=dose.device)
    whole = clear + forth + back
    root = torch.sqrt(whole.square() - 4 * clear * back + 1e-3)
    fast, slow = (0.5 * (whole + s * root)[:, None] for s in (1, -1))
    k = back[:, None]
    return dose[:, None] * ((fast - k) * torch.exp(-fast * t) + (k - slow) * torch.exp(-slow * t)) / (fast - slow)


def reference_evaporation(heat: Tensor, sun: Tensor, wind: Tensor, moist: Tensor) -> Tensor:
    """Penman and Monteith: how much water a meadow gives off in a day."""
    full = 0.6108 * torch.exp(17.27 * heat / (heat + 237.3))
    slope = 4098 * full / (heat + 237.3).square()
    dry = 0.066 * 900 / (heat + 273) * wind * full * (1 - moist)
    return (0.408 * slope * sun + dry) / (slope + 0.066 * (1 + 0.34 * wind))


def soil_water(head: Tensor, scale: Tensor, shape: Tensor) -> Tensor:
    """Van Genuchten and Mualem: how full a soil's pores are, and how well they conduct."""
    m = 1 - 1 / shape
    full = (1 + (scale * head).pow(shape)).pow(-m)
    return torch.stack([full, full.sqrt() * (1 - (1 - full.pow(1 / m)).clamp_min(0).pow(m)).square()], -1)


def unwrapped_phase(phase: Tensor) -> Tensor:
    """An interferometer's phase along a row, jumps of whole turns taken out."""
    turn = torch.diff(phase, dim=-1)
    turn = turn - 2 * math.pi * torch.floor(turn / (2 * math.pi) + 0.5)
    return torch.cat([phase[..., :1], phase[..., :1] + turn.cumsum(-1)], -1)


def point_spread(coefficient: Tensor) -> Tensor:
    """A telescope's image of a star from defocus, astigmatism and coma: a pupil's transform, squared."""
    at = torch.linspace(-1, 1, 12, dtype=coefficient.dtype, device=coefficient.device)
    y, x = at[:, None], at
    r2 = x.square() + y.square()
    mode = torch.stack([2 * r2 - 1, x.square() - y.square(), (3 * r2 - 2) * x])
    wave = torch.einsum("nk,kyx->nyx", coefficient, mode)
    field = torch.fft.fft2(torch.polar((r2 <= 1).to(wave.dtype).expand_as(wave), wave), norm="ortho")
    return torch.fft.fftshift(field.abs().square(), dim=(-2, -1))


def matrix_product_amplitude(core: Tensor, site: Tensor) -> Tensor:
    """A matrix product state: amplitudes of configurations, chains of small products."""
    left = core[0, site[:, 0], :1]
    for t in range(1, site.shape[1]):
        left = left @ core[t, site[:, t]]
    return left.sum((-2, -1))


def circuit_probabilities(angle: Tensor) -> Tensor:
    """Three qubits: turns around y and z, controlled flips along the chain, and how likely each outcome is."""
    zero = torch.zeros_like(angle[:, 0, 0, 0])
    state = torch.complex(torch.stack([zero + 1, *[zero] * 7], -1), torch.zeros(8, dtype=zero.dtype)).view(-1, 2, 2, 2)
    for layer in angle.unbind(1):
        for i in range(3):
            a, b = state.unbind(i + 1)
            c, s = ((0.5 * layer[:, i, 0]).view(-1, 1, 1).cos(), (0.5 * layer[:, i, 0]).view(-1, 1, 1).sin())
            turn = torch.polar(torch.ones_like(c), 0.5 * layer[:, i, 1].view(-1, 1, 1))
            state = torch.stack([turn.conj() * (c * a - s * b), turn * (s * a + c * b)], i + 1)
        for i in range(2):
            a, b = state.unbind(i + 1)
            state = torch.stack([a, b.flip(i + 1)], i + 1)
    return state.flatten(1).abs().square()


# -- finance


def views_blended(cov: Tensor, prior: Tensor, pick: Tensor, view: Tensor) -> Tensor:
    """Black and Litterman: expected returns drawn towards an investor's views."""
    near = 0.2 * cov @ pick.mT
    doubt = pick @ near
    doubt = doubt + torch.diag_embed(doubt.diagonal(dim1=-2, dim2=-1)) + 1e-2 * torch.eye(view.shape[-1])
    miss = view - (pick @ prior[..., None]).squeeze(-1)
    return prior + (near @ torch.linalg.solve(doubt, miss[..., None])).squeeze(-1)


def range_volatility(opening: Tensor, high: Tensor, low: Tensor, close: Tensor) -> Tensor:
    """Yang and Zhang: volatility from nights, days and their ranges, over a window of days."""
    day, up, down = close, torch.maximum(close, high), torch.minimum(close, -low)
    range_ = (up * (up - day) + down * (down - day)).mean(-1)
    n = day.shape[-1]
    k = 0.34 / (1.34 + (n + 1) / (n - 1))
    return torch.sqrt(opening.var(-1) + k * day.var(-1) + (1 - k) * range_)


def momentum_indicators(price: Tensor) -> Tensor:
    """RSI by Wilder's averages, and the difference of a quick and a slow mean, day by day."""
    up = down = torch.zeros_like(price[:, 0])
    quick, slow, out = price[:, 0], price[:, 0], []
    for t in range(1, price.shape[1]):
        step = price[:, t] - price[:, t - 1]
        up, down = up + (torch.relu(step) - up) / 7, down + (torch.relu(-step) - down) / 7
        quick, slow = torch.lerp(quick, price[:, t], 0.3), torch.lerp(slow, price[:, t], 0.1)
        out.append(torch.stack([up / (up + down + 1e-2), quick - slow], -1))
    return torch.stack(out, 1)


# -- statistics and learning


def mixed_counts_likelihood(count: Tensor, size: Tensor) -> Tensor:
    """The Dirichlet-multinomial log-likelihood of rows of counts."""
    total, whole = count.sum(-1), size.sum(-1)
    rest = (torch.lgamma(count + size) - torch.lgamma(size) - torch.lgamma(count + 1)).sum(-1)
    return torch.lgamma(whole) + torch.lgamma(total + 1) - torch.lgamma(total + whole) + rest


def truncated_log_density(x: Tensor, mean: Tensor, scale: Tensor) -> Tensor:
    """A normal distribution cut to [-2, 2]: log-density by differences of logarithms of its tails."""
    a, b = (-2 - mean) / scale, (2 - mean) / scale
    mass = torch.log(torch.special.ndtr(b) - torch.special.ndtr(a))
    return -0.5 * ((x - mean) / scale).square() - scale.log() - 0.5 * math.log(2 * math.pi) - mass


def ordered_categories_loss(score: Tensor, cut: Tensor, label: Tensor) -> Tensor:
    """Ordinal regression: log-likelihood between cumulative logits, whose cuts only rise."""
    edge = torch.cat([cut[:1], cut[:1] + F.softplus(cut[1:]).cumsum(0)])
    below = F.pad(torch.sigmoid(edge - score[:, None]), (1, 0))
    share = torch.diff(F.pad(below, (0, 1), value=1.0), dim=-1)
    return -torch.log(share.gather(-1, label[:, None]).squeeze(-1) + 1e-3)


def extreme_value_loss(x: Tensor, place: Tensor, scale: Tensor, shape: Tensor) -> Tensor:
    """Negative log-likelihood of the generalised extreme value distribution."""
    t = (1 + shape * (x - place) / scale).clamp_min(0.05)
    return scale.log() + (1 + 1 / shape) * t.log() + t.pow(-1 / shape)


def topic_update(count: Tensor, topic: Tensor, share: Tensor) -> Tensor:
    """Latent Dirichlet allocation: three variational rounds of documents' topics."""
    for _ in range(3):
        weight = torch.exp(torch.digamma(share) - torch.digamma(share.sum(-1, keepdim=True)))
        share = 0.3 + weight * ((count / (weight @ topic + 1e-3)) @ topic.T)
    return share


def broken_stick(x: Tensor) -> tuple[Tensor, Tensor]:
    """Real numbers onto a simplex by breaking off parts of what is left, and the logarithm of the slope."""
    n = x.shape[-1]
    offset = torch.arange(n, 0, -1, dtype=x.dtype, device=x.device).log()
    z = torch.sigmoid(x - offset)
    left = F.pad(torch.cumprod(1 - z, -1), (1, 0), value=1.0)
    log = F.logsigmoid(x - offset) + F.logsigmoid(offset - x) + left[..., :-1].log()
    return F.pad(z, (0, 1), value=1.0) * left, log.sum(-1)


def importance_weighted_bound(mean: Tensor, log_scale: Tensor, noise: Tensor, x: Tensor) -> Tensor:
    """IWAE: a bound by the log-mean of several samples' weights."""
    z = mean + torch.exp(log_scale) * noise
    prior, posterior = -0.5 * z.square(), -0.5 * noise.square() - log_scale
    weight = (prior - posterior - 0.5 * (x - torch.tanh(z)).square() / 0.25).sum(-1)
    return torch.logsumexp(weight, 0) - math.log(len(weight))


def sliced_distance(x: Tensor, y: Tensor, direction: Tensor) -> Tensor:
    """Wasserstein's distance along several directions, by sorted projections."""
    direction = F.normalize(direction, dim=-1)
    a, b = (torch.sort(t @ direction.T, -2).values for t in (x, y))
    return torch.sqrt((a - b).square().mean(-2) + 1e-3)


def inducing_points(x: Tensor, y: Tensor, few: Tensor, at: Tensor) -> Tensor:
    """A sparse Gaussian process: means at new places through a few inducing ones."""

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return torch.exp(-0.5 * (a[:, None] - b).square().sum(-1))

    kmn = kernel(few, x)
    inner = kernel(few, few) + 0.1 * torch.eye(len(few), dtype=x.dtype, device=x.device)
    return kernel(at, few) @ torch.linalg.solve(0.2 * inner + kmn @ kmn.T, kmn @ y)


def spectral_mixture_kernel(x: Tensor, weight: Tensor, mean: Tensor, scale: Tensor) -> Tensor:
    """Wilson and Adams: a kernel of cosines under Gaussians of the distance."""
    apart = (x[:, None] - x)[..., None]
    wave = torch.cos(2 * math.pi * apart * mean) * torch.exp(-2 * math.pi**2 * apart.square() * scale.square())
    return (weight * wave).sum(-1)


def trend_filter(x: Tensor, stiff: Tensor) -> Tensor:
    """Hodrick and Prescott: a smooth trend, by one system of second differences."""
    eye = torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
    bend = torch.diff(eye, n=2, dim=0)
    return torch.linalg.solve(eye + stiff[:, None, None] * (bend.T @ bend), x[..., None]).squeeze(-1)


def planar_flow(x: Tensor, u: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Three planar layers of a flow, and the logarithm of their slope beside what comes out."""
    log = torch.zeros_like(x[:, :1])
    for ui, wi, bi in zip(u, w, b, strict=True):
        inner = (wi * ui).sum()
        ui = ui + (F.softplus(inner) - 1 - inner) * wi / (wi.square().sum() + 1e-2)
        t = torch.tanh(x @ wi + bi)[:, None]
        log = log + torch.log((1 + (1 - t.square()) * (wi * ui).sum()).abs() + 1e-2)
        x = x + t * ui
    return torch.cat([x, log], -1)


# -- geometry and graphics


def screw_motion(twist: Tensor, point: Tensor) -> Tensor:
    """Points moved by the exponential of a twist, its series safe for small angles."""
    w, v = twist[:, :3], twist[:, 3:]
    angle = torch.sqrt(w.square().sum(-1, keepdim=True) + 1e-4)
    a, b = angle.sin() / angle, (1 - angle.cos()) / angle.square()
    c = (1 - a) / angle.square()
    once, shift = torch.linalg.cross(w, point), torch.linalg.cross(w, v)
    turned = point + a * once + b * torch.linalg.cross(w, once)
    return turned + v + b * shift + c * torch.linalg.cross(w, shift)


def mesh_figures(vertex: Tensor, face: Tensor) -> Tensor:
    """Each triangle's area, signed volume to the origin and perimeter."""
    a, b, c = vertex[face].unbind(-2)
    normal = torch.linalg.cross(b - a, c - a)
    volume = (a * torch.linalg.cross(b, c)).sum(-1) / 6
    around = sum(torch.sqrt((p - q).square().sum(-1) + 1e-3) for p, q in ((a, b), (b, c), (c, a)))
    return torch.stack([0.5 * torch.sqrt(normal.square().sum(-1) + 1e-3), volume, around], -1)


def sphere_traced(origin: Tensor, ray: Tensor) -> Tensor:
    """Rays marched by the signed distance of a torus, ten steps."""
    ray, t = F.normalize(ray, dim=-1), torch.zeros_like(origin[:, :1])
    for _ in range(10):
        x, y, z = (origin + t * ray).split(1, -1)
        ring = torch.sqrt(x.square() + z.square() + 1e-3) - 1
        t = (t + torch.sqrt(ring.square() + y.square() + 1e-3) - 0.3).clamp_max(6)
    return t.squeeze(-1)


def rough_diffuse(normal: Tensor, light: Tensor, view: Tensor, rough: Tensor) -> Tensor:
    """Oren and Nayar's shading in Fujii's form."""
    n, l, v = (F.normalize(t, dim=-1) for t in (normal, light, view))  # noqa: E741
    nl, nv, lv = (n * l).sum(-1), (n * v).sum(-1), (l * v).sum(-1)
    s = lv - nl * nv
    t = torch.where(s > 0, torch.maximum(nl, nv).clamp_min(0.1), torch.ones_like(s))
    a = 1 / (math.pi + (math.pi / 2 - 2 / 3) * rough)
    return torch.relu(nl) * (a + a * rough * s / t)


def dielectric_reflectance(cosine: Tensor, index: Tensor) -> Tensor:
    """Fresnel's equations for glass: both polarisations' mean, and the refracted cosine."""
    inner = torch.sqrt(1 - (1 - cosine.square()) / index.square())
    s = (cosine - index * inner) / (cosine + index * inner)
    p = (index * cosine - inner) / (index * cosine + inner)
    return torch.stack([0.5 * (s.square() + p.square()), inner], -1)


def polyline_curvature(x: Tensor) -> Tensor:
    """Curvature of a closed line by the circle through three neighbours, and its arc length so far."""
    a, b = x - x.roll(1, -2), x.roll(-1, -2) - x
    c = torch.sqrt((a + b).square().sum(-1) + 1e-2)
    la, lb = (torch.sqrt(t.square().sum(-1) + 1e-2) for t in (a, b))
    bend = 2 * (a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]) / (la * lb * c)
    return torch.stack([bend, la.cumsum(-1)], -1)


def hyperbolic_sum(x: Tensor, y: Tensor) -> Tensor:
    """Möbius addition in Poincaré's ball, and back to the tangent space."""
    xy, xx, yy = ((a * b).sum(-1, keepdim=True) for a, b in ((x, y), (x, x), (y, y)))
    z = ((1 + 2 * xy + yy) * x + (1 - xx) * y) / (1 + 2 * xy + xx * yy)
    size = torch.sqrt(z.square().sum(-1, keepdim=True) + 1e-3).clamp_max(0.95)
    return torch.atanh(size) * z / size
